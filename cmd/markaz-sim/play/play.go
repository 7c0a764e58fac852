// Package play is the page of `make run`: a centre to play with, its devices, its screens and its cable on one sheet.
package play

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"io"
	"io/fs"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"markaz.example/cmd/markaz-sim/cable"
	"markaz.example/cmd/markaz-sim/machine"
	"markaz.example/cmd/markaz-sim/stage"
	"markaz.example/devices/fault"
)

//go:embed assets
var assets embed.FS

// Page serves the sheet of one stage. It is for one machine: it listens on loopback, and its switches are public.
type Page struct {
	Stage     *stage.Stage
	Addresses map[string]string // of the screens, by name

	mu      sync.Mutex
	scripts map[string]<-chan struct{} // guarded by mu: at work on a machine, until closed
}

// Addresses is where the screens of a stage are, by name.
func Addresses(s *stage.Stage) map[string]string {
	return map[string]string{
		"kiosk": s.BoxURL("/kiosk?k=1"), "hall": s.BoxURL("/hall/main"), "hq": s.HQURL("/"), "floor": s.BoxURL("/floor"),
		"trust": s.BoxURL("/trust"), "desk": s.BoxURL("/desk/A"), "finger": s.BoxURL("/desk/A/finger"),
		"desk-b": s.BoxURL("/desk/B"), "family-b": s.BoxURL("/desk/B/household"), "growth-b": s.BoxURL("/desk/B/growth"),
		"desk-c": s.BoxURL("/desk/C"), "measure-c": s.BoxURL("/desk/C/measure"),
		"machines": s.BoxURL("/floor/devices"),
	}
}

// state is what the page asks for a few times a second.
type state struct {
	Machines  map[string]seen   `json:"machines"`
	Cable     bool              `json:"cable"` // whole
	Addresses map[string]string `json:"addresses"`
}

// seen is one machine.
type seen struct {
	machine.Sight
	Pages  int  `json:"pages,omitempty"`  // that came out of a printer
	Script bool `json:"script,omitempty"` // a fault script is at work on it
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
	mux.HandleFunc("GET /paper/{machine}/{number}", p.paper)
	mux.HandleFunc("POST /cable", p.cable)
	mux.HandleFunc("POST /do/{machine}/{act}", p.do)
	mux.HandleFunc("POST /script/{machine}", p.script)
	return http.NewCrossOriginProtection().Handler(mux), nil
}

func (p *Page) state(w http.ResponseWriter, _ *http.Request) {
	s := state{Machines: map[string]seen{}, Cable: p.Stage.Cable.State() == cable.Whole, Addresses: p.Addresses}
	for name, m := range p.Stage.Machines {
		v := seen{Sight: m.See(), Script: p.befallen(name)}
		if printer, ok := m.(*machine.Printer); ok {
			v.Pages = len(printer.Pages())
		}
		s.Machines[name] = v
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(s)
}

// paper draws a page from the dots that the printer's head burnt.
func (p *Page) paper(w http.ResponseWriter, r *http.Request) {
	printer, ok := p.Stage.Machines[r.PathValue("machine")].(*machine.Printer)
	if !ok {
		http.Error(w, "there is no such printer", http.StatusNotFound)
		return
	}
	pages := printer.Pages()
	n, err := strconv.Atoi(strings.TrimSuffix(r.PathValue("number"), ".png"))
	if err != nil || n < 1 || n > len(pages) {
		http.Error(w, fmt.Sprintf("there are papers 1 to %d", len(pages)), http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	_ = png.Encode(w, pages[n-1].Bitmap)
}

// cable cuts the line to headquarters, or mends it.
func (p *Page) cable(w http.ResponseWriter, _ *http.Request) {
	next := cable.Cut
	if p.Stage.Cable.State() == cable.Cut {
		next = cable.Whole
	}
	p.Stage.Cable.Set(next)
	w.WriteHeader(http.StatusNoContent)
}

// do is one act of a person or of fate.
func (p *Page) do(w http.ResponseWriter, r *http.Request) {
	m, ok := p.Stage.Machines[r.PathValue("machine")]
	if !ok {
		http.Error(w, "there is no such machine", http.StatusNotFound)
		return
	}
	if err := m.Do(r.PathValue("act")); err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// script lets the fault script in the body befall a machine; an empty one ends what is at work. What is wrong with it is
// answered in words.
func (p *Page) script(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("machine")
	m, ok := p.Stage.Machines[name].(machine.Scripted)
	if !ok {
		http.Error(w, "scripts befall machines on a cable", http.StatusNotFound)
		return
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyBytesMax))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	script, err := fault.Parse(string(text))
	if errors.Is(err, fault.ErrScript) {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.scripts == nil {
		p.scripts = map[string]<-chan struct{}{}
	}
	p.scripts[name] = m.Befall(script)
	w.WriteHeader(http.StatusNoContent)
}

// befallen reports whether a script is at work on a machine.
func (p *Page) befallen(name string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	done, ok := p.scripts[name]
	if !ok {
		return false
	}
	select {
	case <-done:
		return false
	default:
		return true
	}
}

const (
	headerWait   = 5 * time.Second
	shutdownWait = 2 * time.Second

	// bodyBytesMax is more than the longest script.
	bodyBytesMax = 128 << 10
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
