// Package play is the page of `make run`: a centre to play with, its printer, its screens and its cable on one sheet.
package play

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"image/png"
	"io/fs"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"markaz.example/cmd/markaz-sim/cable"
	"markaz.example/cmd/markaz-sim/stage"
)

//go:embed assets
var assets embed.FS

// Page serves the sheet of one stage. It is for one machine: it listens on loopback, and its switches are public.
type Page struct {
	Stage     *stage.Stage
	Addresses map[string]string // of the screens, by name
}

// Addresses is where the screens of a stage are, by name.
func Addresses(s *stage.Stage) map[string]string {
	return map[string]string{
		"kiosk": s.BoxURL("/kiosk?k=1"), "desk": s.BoxURL("/desk/A"), "hall": s.BoxURL("/hall"),
		"floor": s.BoxURL("/floor"), "hq": s.HQURL("/"),
	}
}

// state is what the page asks for a few times a second.
type state struct {
	Pages     int               `json:"pages"`
	Paper     bool              `json:"paper"`
	Cover     bool              `json:"cover"`
	Plugged   bool              `json:"plugged"`
	Cable     bool              `json:"cable"`
	Addresses map[string]string `json:"addresses"`
}

// Handler is the page and its switches.
func (p *Page) Handler() (http.Handler, error) {
	page, err := assets.ReadFile("assets/play.html")
	if err != nil {
		return nil, err
	}
	static, err := fs.Sub(assets, "assets")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page)
	})
	mux.Handle("GET /assets/", http.StripPrefix("/assets/", http.FileServerFS(static)))
	mux.HandleFunc("GET /state", p.state)
	mux.HandleFunc("GET /paper/{number}", p.paper)
	mux.HandleFunc("POST /switch/{name}", p.toggle)
	return http.NewCrossOriginProtection().Handler(mux), nil
}

func (p *Page) state(w http.ResponseWriter, _ *http.Request) {
	printer := p.Stage.Printer
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(state{
		Pages: len(printer.Pages()), Paper: printer.Paper(), Cover: printer.Cover(), Plugged: printer.Plugged(),
		Cable: p.Stage.Cable.State() == cable.Whole, Addresses: p.Addresses,
	})
}

// paper draws a page from the dots that the printer's head burnt.
func (p *Page) paper(w http.ResponseWriter, r *http.Request) {
	pages := p.Stage.Printer.Pages()
	n, err := strconv.Atoi(strings.TrimSuffix(r.PathValue("number"), ".png"))
	if err != nil || n < 1 || n > len(pages) {
		http.Error(w, fmt.Sprintf("there are papers 1 to %d", len(pages)), http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	_ = png.Encode(w, pages[n-1].Bitmap)
}

func (p *Page) toggle(w http.ResponseWriter, r *http.Request) {
	printer := p.Stage.Printer
	switch r.PathValue("name") {
	case "paper":
		printer.SetPaper(!printer.Paper())
	case "cover":
		printer.SetCover(!printer.Cover())
	case "plug":
		printer.Plug(!printer.Plugged())
	case "cable":
		next := cable.Cut
		if p.Stage.Cable.State() == cable.Cut {
			next = cable.Whole
		}
		p.Stage.Cable.Set(next)
	default:
		http.Error(w, "the switches are paper, cover, plug and cable", http.StatusNotFound)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

const (
	headerWait   = 5 * time.Second
	shutdownWait = 2 * time.Second
)

// Serve answers on the listener until the context ends.
func (p *Page) Serve(ctx context.Context, l net.Listener) error {
	h, err := p.Handler()
	if err != nil {
		return err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: headerWait}
	stop := context.AfterFunc(ctx, func() {
		late, cancel := context.WithTimeout(context.Background(), shutdownWait)
		defer cancel()
		_ = server.Shutdown(late)
	})
	defer stop()
	if err := server.Serve(l); ctx.Err() == nil {
		return err
	}
	return nil
}
