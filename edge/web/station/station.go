package station

import (
	"context"
	"embed"
	"net/http"
	"net/url"

	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/station"
	"markaz.example/edge/web/live"
	"markaz.example/edge/web/page"
)

//go:embed *.tmpl
var templates embed.FS

// Floor is what these pages record and show.
type Floor interface {
	Identity(context.Context, id.Desk) (desk.Identity, error)
	Except(ctx context.Context, d id.Desk, reason string) error
	FileCase(ctx context.Context, d id.Desk, reason string) (id.Case, error)
	Readings(context.Context, id.Desk) (desk.Readings, error)
	PrintResult(context.Context, id.Desk) error
}

// Station serves the pages. Any goroutine may call it.
type Station struct {
	kit   *page.Kit
	hub   *live.Hub
	floor Floor
	at    *station.Station

	finger, measure *page.Screen
}

// New reads the templates.
func New(kit *page.Kit, hub *live.Hub, floor Floor, at *station.Station) (*Station, error) {
	s := &Station{kit: kit, hub: hub, floor: floor, at: at}
	var err error
	if s.finger, err = kit.Screen(templates, "finger"); err != nil {
		return nil, err
	}
	s.measure, err = kit.Screen(templates, "measure")
	return s, err
}

// Routes adds the pages.
func (s *Station) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /desk/{desk}/finger", s.showFinger)
	mux.HandleFunc("POST /desk/{desk}/finger", s.actFinger)
	mux.HandleFunc("GET /desk/{desk}/finger/live", s.watchFinger)
	mux.HandleFunc("GET /desk/{desk}/measure", s.showMeasure)
	mux.HandleFunc("POST /desk/{desk}/measure", s.actMeasure)
	mux.HandleFunc("GET /desk/{desk}/measure/live", s.watchMeasure)
}

// bare is a page's address without its query: the language switch adds its own.
func bare(u *url.URL) *url.URL { return &url.URL{Path: u.Path} }

// back is the console of a desk.
func back(d id.Desk, lang page.Lang) string { return "/desk/" + string(d) + "?lang=" + string(lang) }

// sorry answers with why a page cannot be shown, and the way to the console.
func (s *Station) sorry(w http.ResponseWriter, r *http.Request, err error) {
	refused, status := s.kit.Refusal(page.LangOf(r), err)
	if status == http.StatusNotFound {
		s.kit.Sorry(w, r, status, "refusal."+desk.NoSuchDesk+".what", "/desk")
		return
	}
	s.kit.Wait(w, r, "sorry.broken", refused.What, waitSeconds)
}

// waitSeconds is when a page without its state tries again.
const waitSeconds = 3
