package floor

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"sync"
	"time"

	"markaz.example/edge/book/diagnosis"
	"markaz.example/edge/book/lease"
	"markaz.example/edge/book/pack"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/health"
	"markaz.example/edge/id"
	"markaz.example/edge/report"
	"markaz.example/edge/web/live"
	"markaz.example/edge/web/page"
)

//go:embed *.tmpl
var templates embed.FS

// Floor is what the manager may do and see.
type Floor interface {
	HallBoard(context.Context) (desk.HallBoard, error)
	Desks(context.Context) ([]desk.DeskBoard, error)
	ByToken(context.Context, id.Token) (desk.Place, error)
	SetDesk(ctx context.Context, actor string, d id.Desk, s visit.DeskState, reason string) error
	Dismiss(ctx context.Context, actor string, d id.Desk) error
	CloseLine(ctx context.Context, actor string, s id.Service, reason string) error
	OpenLine(ctx context.Context, actor string, s id.Service) error
	OpenDay(ctx context.Context, actor string) error
	CloseDay(ctx context.Context, actor, reason string, carry bool) error
	Announce(ctx context.Context, actor, text, room string, lasts time.Duration) error
	Silence(ctx context.Context, actor string, seq uint64) error
	SetClass(ctx context.Context, actor string, v id.Visit, class, fact string) error
	Reprint(ctx context.Context, actor string, v id.Visit) error
	Renew(ctx context.Context, actor string, v id.Visit) error
	Days(context.Context) ([]string, error)
	Report(ctx context.Context, day string) (report.Report, error)
	PrintReport(ctx context.Context, actor, day string) error
	PaperBook(context.Context) (desk.PaperBook, error)
	SetPaperBook(ctx context.Context, actor string, open bool) error
	Enter(ctx context.Context, actor string, e desk.Entry) (id.Visit, error)
	Today() time.Time // now, as clocks on the wall show it
	Figures(context.Context) (desk.Figures, error)
	Slip(context.Context, id.Visit) (desk.Slip, error)
	PrintAgain(ctx context.Context, actor string, v id.Visit) error
	Papers(ctx context.Context, limit int) ([]desk.Paper, error)
	PrintPaper(ctx context.Context, actor string, job id.Job) error
	Wishes(context.Context) ([]diagnosis.Wish, error)
	GiveDiagnosis(ctx context.Context, actor string, g diagnosis.Given) error
	RefuseDiagnosis(ctx context.Context, actor string, wish id.Errand) error
	Packs(context.Context) ([]pack.Series, error)
	Checks(context.Context) (desk.Checks, error)
	Lent(context.Context) ([]lease.Lease, error)
	Glasses(context.Context) ([]desk.GlassTaken, error)
	SawGlass(ctx context.Context, actor string, seq uint64) error
}

// Config is what the screens of the floor need.
type Config struct {
	Floor     Floor
	Catalogue desk.Catalogue
	NotInHand func(ctx context.Context, limit int) ([]id.Visit, error) // made, paper not confirmed, oldest first
	Health    func() []health.Condition                                // worst first
	Road      func() Road
	Zone      *time.Location
	// Diagnose composes what headquarters is given when it may look into the box; nil means that nobody can allow it.
	Diagnose func(context.Context) (diagnosis.Given, error)
	// SetTime tells the box the time that somebody typed. Refusals: desk.TimeKnown, desk.TimePast. Nil means that nobody can.
	SetTime func(context.Context, time.Time) error
}

// Road is how the ledger gets to headquarters.
type Road struct {
	Up     bool
	Known  bool   // false before the first attempt
	Behind uint64 // records that headquarters does not hold yet
}

// Pages serves the screens of the floor. Any goroutine may call it.
type Pages struct {
	Config
	kit *page.Kit
	hub *live.Hub

	floor, report, book, sheet *page.Screen

	mu    sync.Mutex
	later map[id.Errand]time.Time // guarded by mu: wishes that were put off, and until when
	told  chan struct{}           // guarded by mu: closed and replaced when later changes
}

// New reads the templates.
func New(kit *page.Kit, hub *live.Hub, c Config) (*Pages, error) {
	d := &Pages{Config: c, kit: kit, hub: hub, later: map[id.Errand]time.Time{}, told: make(chan struct{})}
	for _, own := range []struct {
		name   string
		screen **page.Screen
	}{{"floor", &d.floor}, {"report", &d.report}, {"book", &d.book}, {"sheet", &d.sheet}} {
		s, err := kit.Screen(templates, own.name)
		if err != nil {
			return nil, err
		}
		*own.screen = s
	}
	return d, nil
}

// Routes adds the pages.
func (d *Pages) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /floor", d.showFloor)
	mux.HandleFunc("POST /floor", d.print)
	mux.HandleFunc("POST /floor/diagnosis", d.answerWish)
	mux.HandleFunc("GET /floor/live", d.watchFloor)
	mux.HandleFunc("POST /floor/act", d.act)
	mux.HandleFunc("GET /floor/report", d.showReport)
	mux.HandleFunc("POST /floor/report", d.printReport)
	mux.HandleFunc("GET /floor/report.csv", d.downloadReport)
	mux.HandleFunc("GET /floor/book", d.showBook)
	mux.HandleFunc("POST /floor/book", d.enter)
	mux.HandleFunc("POST /floor/book/open", d.setBook)
	mux.HandleFunc("GET /floor/book/sheet", d.showSheet)
}

// bare is a page's address without its query: the language switch adds its own.
func bare(u *url.URL) *url.URL { return &url.URL{Path: u.Path} }

// waitSeconds is when a page without its state tries again.
const waitSeconds = 3
