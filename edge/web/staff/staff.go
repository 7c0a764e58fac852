package staff

import (
	"context"
	"embed"
	"net/http"
	"sync"
	"time"

	"markaz.example/edge/book/staff"
	"markaz.example/edge/clock"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/page"
)

//go:embed *.tmpl
var templates embed.FS

// Floor is what these pages ask and record.
type Floor interface {
	Standing(context.Context, staff.Place, staff.Console) (desk.Standing, error)
	SignIn(ctx context.Context, s desk.Seat, pin string, takeOver bool) error
	SignOut(context.Context) error
	Pause(ctx context.Context, d id.Desk, reason string) error
	Resume(context.Context, id.Desk) error
	HandOver(ctx context.Context, to id.Staff, pin string) error
	OwnPin(ctx context.Context, old, fresh string) error
	Approve(ctx context.Context, w desk.Wanted, by id.Staff, pin string) (context.Context, error)
	People(ctx context.Context, about id.Staff) (desk.People, error)
	Enrol(ctx context.Context, actor string, e staff.Enrolled, pin string) (id.Staff, error)
	Change(ctx context.Context, actor string, s id.Staff, e staff.Changed) error
	End(ctx context.Context, actor string, s id.Staff, reason string) error
	SetPin(ctx context.Context, actor string, s id.Staff, pin string) error
	Unlock(ctx context.Context, actor string, s id.Staff) error
	Dismiss(ctx context.Context, actor string, d id.Desk) error
	GlassAt(context.Context) ([]desk.GlassChoice, error)
	BreakGlass(ctx context.Context, r desk.Right, about id.Visit, reason string) error
	Changed() <-chan struct{}
}

// Config is what these pages need.
type Config struct {
	Floor     Floor
	Catalogue desk.Catalogue
	Zone      *time.Location
}

// Staff serves these pages and guards others. Any goroutine may call it.
type Staff struct {
	Config
	kit  *page.Kit
	next http.Handler // what is guarded; set by Guard

	signIn, me, second, people, glass *page.Screen

	mu      sync.Mutex
	pending map[staff.Console]pending // guarded by mu: acts that wait for a second person
}

// New reads the templates.
func New(kit *page.Kit, c Config) (*Staff, error) {
	s := &Staff{Config: c, kit: kit, pending: map[staff.Console]pending{}}
	for _, own := range []struct {
		name   string
		screen **page.Screen
	}{{"signin", &s.signIn}, {"me", &s.me}, {"second", &s.second}, {"people", &s.people}, {"glass", &s.glass}} {
		screen, err := kit.Screen(templates, own.name)
		if err != nil {
			return nil, err
		}
		*own.screen = screen
	}
	return s, nil
}

// Routes adds the pages.
func (s *Staff) Routes(mux *http.ServeMux) {
	for _, at := range []string{"/desk/{desk}", "/floor", "/door"} {
		mux.HandleFunc("POST "+at+"/sign-in", s.doSignIn)
		mux.HandleFunc("GET "+at+"/me", s.showMe)
		mux.HandleFunc("POST "+at+"/me", s.actMe)
		mux.HandleFunc("GET "+at+"/second", s.showSecond)
		mux.HandleFunc("POST "+at+"/second", s.doSecond)
	}
	mux.HandleFunc("GET /desk/{desk}/glass", s.showGlass)
	mux.HandleFunc("POST /desk/{desk}/glass", s.doGlass)
	mux.HandleFunc("GET /floor/staff", s.showPeople)
	mux.HandleFunc("POST /floor/staff", s.actPeople)
}

func (s *Staff) hasDesk(d id.Desk) bool {
	for _, own := range s.Catalogue.Desks {
		if own.Code == d {
			return true
		}
	}
	return false
}

// hour is a time on the wall of the hall; nothing when the box does not know the time.
func (s *Staff) hour(at clock.Stamp) string { return s.moment(at, "15:04") }

func (s *Staff) moment(at clock.Stamp, layout string) string {
	if at.Grade == clock.Unset {
		return ""
	}
	return time.UnixMilli(at.Wall).In(s.Zone).Format(layout)
}
