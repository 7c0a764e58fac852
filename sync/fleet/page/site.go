package page

import (
	"bytes"
	"crypto/rand"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"markaz.example/edge/id"
	"markaz.example/edge/screen"
	"markaz.example/sync/fleet"
)

//go:embed assets
var assetFiles embed.FS

func assets() fs.FS {
	files, err := fs.Sub(assetFiles, "assets")
	if err != nil {
		panic("BUG: embedded files: " + err.Error())
	}
	return files
}

//go:embed *.tmpl
var templateFiles embed.FS

// Config is what the pages need besides the fleet.
type Config struct {
	Fonts  fs.FS            // the files named in fleet.css; nil leaves the choice to the browser
	Frames []string         // origins that may show the pages inside theirs; usually none
	Zone   *time.Location   // of times on the pages; UTC when nil
	Now    func() time.Time // time.Now when nil
	Log    *slog.Logger
}

// Site serves the pages. They are live once Run runs.
type Site struct {
	Config
	fleet     *fleet.Fleet
	log       *slog.Logger
	now       func() time.Time
	texts     map[Lang]texts
	templates map[Lang]*template.Template
	hub       *hub
	build     string // names assets, texts and templates
	epoch     string // names this process
}

// New parses what is compiled in.
func New(f *fleet.Fleet, c Config) *Site {
	s := &Site{Config: c, fleet: f, log: c.Log, now: c.Now, texts: map[Lang]texts{}, templates: map[Lang]*template.Template{}}
	if s.now == nil {
		s.now = time.Now
	}
	if s.Zone == nil {
		s.Zone = time.UTC
	}
	for _, l := range screen.Full() {
		t, err := readTexts(l)
		if err != nil {
			panic("BUG: embedded texts: " + err.Error())
		}
		s.texts[l] = t
		s.templates[l] = template.Must(template.New("").Funcs(s.funcs(l)).ParseFS(templateFiles, "*.tmpl"))
	}
	build, err := screen.BuildOf("", assetFiles, textFiles, templateFiles)
	if err != nil {
		panic("BUG: embedded files: " + err.Error())
	}
	s.build, s.epoch = build, rand.Text()
	s.hub = newHub(s)
	return s
}

// Handler serves the map at /, a centre at /centre/CODE, the socket at /live, and the fleet as data at /fleet.json.
func (s *Site) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.overview)
	mux.HandleFunc("GET /centre/{code}", s.centre)
	mux.HandleFunc("GET /live", s.live)
	mux.HandleFunc("GET /fleet.json", s.data)
	mux.Handle("GET /assets/", screen.Assets{Files: assets(), Fonts: s.Fonts})
	policy := screen.Policy(s.Frames)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		screen.Guard(w.Header(), policy)
		w.Header().Set("Cache-Control", "no-store")
		mux.ServeHTTP(w, r)
	})
}

func (s *Site) data(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(s.fleet.Report()); err != nil {
		s.log.Debug("send fleet.json", "err", err)
	}
}

// newBoard is a screen's board: of the map when centre is empty.
func (s *Site) newBoard(l Lang, centre id.Centre) *board {
	if centre == "" {
		m := memo{}
		return newBoard(s.now, func() (map[string]string, error) { return s.overviewParts(l, m) })
	}
	return newBoard(s.now, func() (map[string]string, error) { return s.centreParts(l, centre) })
}

// frame is what a whole page needs besides its own struct.
type frame struct {
	Lang  Lang
	Title string // a text in the page's language
	Build string
	Epoch string
	// Version is what the page shows of its board; 0 makes the socket begin with all of it.
	Version uint64
	Live    string // of the socket: its address with what it is about
	Switch  string // this page in the other language
	Now     int64  // ms since 1970 UTC
}

func (s *Site) frame(l Lang, title string) frame {
	return frame{Lang: l, Title: title, Build: s.build, Epoch: s.epoch, Now: s.now().UnixMilli()}
}

// write sends a whole page.
func (s *Site) write(w http.ResponseWriter, l Lang, status int, name string, page any) {
	var b bytes.Buffer
	if err := s.templates[l].ExecuteTemplate(&b, name, page); err != nil {
		s.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(b.Bytes()) // a reader that has gone is nobody's fault
}

func (s *Site) fail(w http.ResponseWriter, err error) {
	s.log.Error("render the fleet page", "err", err)
	http.Error(w, "the page cannot be shown; the log says why", http.StatusInternalServerError)
}

// part renders one named part.
func (s *Site) part(l Lang, name string, data any) (string, error) {
	var b strings.Builder
	if err := s.templates[l].ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("part %s: %w", name, err)
	}
	return strings.TrimSpace(b.String()), nil
}
