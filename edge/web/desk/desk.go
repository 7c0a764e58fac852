package desk

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"time"

	"markaz.example/edge/book/check"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/live"
	"markaz.example/edge/web/page"
)

//go:embed *.tmpl
var templates embed.FS

// Floor is what staff may do and see.
type Floor interface {
	CallNext(context.Context, id.Desk) (*desk.Call, error)
	Recall(context.Context, id.Desk) error
	Confirm(context.Context, id.Desk) error
	Finish(ctx context.Context, d id.Desk, outcome string, receipt bool) error
	NoShow(context.Context, id.Desk) error
	ConfirmCode(context.Context, id.Desk, id.Code) error
	FinishNext(ctx context.Context, d id.Desk, outcome string, receipt bool) (*desk.Call, error)
	CallThis(ctx context.Context, d id.Desk, v id.Visit, reason string) (*desk.Call, error)
	Hold(ctx context.Context, d id.Desk, reason string) error
	Park(ctx context.Context, d id.Desk, reason string, pool bool) error
	Fail(ctx context.Context, d id.Desk, reason string) error
	Transfer(context.Context, id.Desk, desk.Handing) error
	AddStop(ctx context.Context, d id.Desk, s id.Service, next bool) error
	CancelStop(ctx context.Context, actor string, v id.Visit, index int, reason string) error
	Split(ctx context.Context, actor string, v id.Visit, persons int, services []id.Service) (id.Visit, error)
	Leave(ctx context.Context, actor string, v id.Visit, reason string) error
	Back(ctx context.Context, actor string, v id.Visit) error
	Unpark(ctx context.Context, actor string, v id.Visit) error
	Return(ctx context.Context, actor string, v id.Visit) error
	Undo(context.Context, id.Desk) error
	Pause(ctx context.Context, d id.Desk, reason string) error
	Resume(context.Context, id.Desk) error
	ByToken(context.Context, id.Token) (desk.Place, error)
	Colleagues(context.Context) ([]desk.Colleague, error)
	ServeQuick(ctx context.Context, d id.Desk, s id.Service) error
	DeskBoard(context.Context, id.Desk) (desk.DeskBoard, error)
	ErrandsOf(context.Context, id.Visit) (desk.Errands, error)
	Draw(ctx context.Context, actor, what string, v id.Visit) (desk.Drawn, error)
	AskCheck(ctx context.Context, actor, what string, v id.Visit) (check.Question, error)
}

// Config is what the screens of staff need.
type Config struct {
	Floor     Floor
	Catalogue desk.Catalogue
	Tools     func(id.Desk) []string // what a desk has instruments for: "finger"; each has a page of that name
	Zone      *time.Location
}

// Desk serves the screens of staff. Any goroutine may call it.
type Desk struct {
	Config
	kit *page.Kit
	hub *live.Hub

	choose, console *page.Screen
}

// New reads the templates.
func New(kit *page.Kit, hub *live.Hub, c Config) (*Desk, error) {
	d := &Desk{Config: c, kit: kit, hub: hub}
	for _, own := range []struct {
		name   string
		screen **page.Screen
		with   []string
	}{{"choose", &d.choose, nil}, {"console", &d.console, []string{"hand", "acts", "more", "aside"}}} {
		s, err := kit.Screen(templates, own.name, own.with...)
		if err != nil {
			return nil, err
		}
		*own.screen = s
	}
	return d, nil
}

// Routes adds the pages.
func (d *Desk) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /desk", d.showChoose)
	mux.HandleFunc("GET /desk/{desk}", d.showConsole)
	mux.HandleFunc("POST /desk/{desk}", d.act)
	mux.HandleFunc("GET /desk/{desk}/live", d.watchConsole)
}

// bare is a page's address without its query: the language switch adds its own.
func bare(u *url.URL) *url.URL { return &url.URL{Path: u.Path} }

// waitSeconds is when a page without its state tries again.
const waitSeconds = 3
