package fleet

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

//go:embed assets
var files embed.FS

//go:embed page.tmpl
var pageText string

// policy lets the page use its own style, script and data, and nothing else in the world.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors "

// Handler serves the page at /, its changing part at /fragment, and the same as data at /fleet.json.
// Frames are the origins that may show the page inside theirs; usually none.
func (f *Fleet) Handler(log *slog.Logger, frames ...string) http.Handler {
	ancestors := "'none'"
	if len(frames) > 0 {
		ancestors = strings.Join(frames, " ")
	}
	p := page{fleet: f, log: log, text: template.Must(template.New("page").Funcs(words).Parse(pageText))}
	assets, err := fs.Sub(files, "assets")
	if err != nil {
		panic("BUG: embedded assets: " + err.Error())
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.serve("page"))
	mux.HandleFunc("GET /fragment", p.serve("fragment"))
	mux.HandleFunc("GET /fleet.json", p.data)
	mux.Handle("GET /assets/", http.StripPrefix("/assets/", http.FileServerFS(assets)))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy+ancestors)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		mux.ServeHTTP(w, r)
	})
}

type page struct {
	fleet *Fleet
	log   *slog.Logger
	text  *template.Template
}

func (p page) serve(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var b strings.Builder
		if err := p.text.ExecuteTemplate(&b, name, p.fleet.Report()); err != nil {
			p.log.Error("render the fleet page", "err", err)
			http.Error(w, "the page cannot be shown; the log says why", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, b.String()) // a reader that has gone is nobody's fault
	}
}

func (p page) data(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(p.fleet.Report()); err != nil {
		p.log.Debug("send fleet.json", "err", err)
	}
}

var words = template.FuncMap{
	"number": number,
	"ago":    ago,
	"word":   func(s State) string { return stateWords[s] },
}

var stateWords = map[State]string{
	Forked: "Forked", Refused: "Refused", Silent: "Silent", Away: "Away", Behind: "Catching up", Live: "Live", Never: "Not yet heard",
}

// number groups digits by three: "12,345".
func number(n uint64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// ago is a time in words, in the coarsest unit that says enough.
func ago(now, at time.Time) string {
	d := now.Sub(at)
	switch {
	case at.IsZero():
		return "not since restart"
	case d < 5*time.Second:
		return "just now"
	case d < time.Minute:
		return fmt.Sprintf("%d s ago", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	}
	return fmt.Sprintf("%d days ago", int(d.Hours()/24))
}
