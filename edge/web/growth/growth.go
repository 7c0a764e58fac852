package growth

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"markaz.example/edge/anthropometry"
	book "markaz.example/edge/book/growth"
	"markaz.example/edge/book/reading"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/measure"
	"markaz.example/edge/station"
	"markaz.example/edge/web/live"
	"markaz.example/edge/web/page"
)

//go:embed *.tmpl
var templates embed.FS

// Hall is what the page records and shows.
type Hall interface {
	Desk(context.Context, id.Desk) (anthropometry.Desk, error)
	Child(context.Context, id.Desk, id.Visit, id.Person) (anthropometry.Child, error)
	Weighed(ctx context.Context, v id.Visit, after uint64) (reading.Kept, bool)
	Try(context.Context, id.Desk, id.Visit, id.Person, anthropometry.Entry) (anthropometry.Trial, error)
	Save(context.Context, id.Desk, id.Visit, id.Person, anthropometry.Entry) error
	ScreenWoman(ctx context.Context, d id.Desk, v id.Visit, p id.Person, armsMM []uint32) error
	Withdraw(ctx context.Context, d id.Desk, v id.Visit, p id.Person, seq uint64) error
	Print(context.Context, id.Desk, id.Visit, id.Person) error
}

// Station is the scale beside a desk.
type Station interface {
	Has(id.Desk) station.Instruments
	Measure(context.Context, id.Desk, measure.Plan) error
	Measuring(id.Desk) (station.Measuring, bool)
	Act(ctx context.Context, d id.Desk, act, typed string) error
	Zero(context.Context, id.Desk) error
	Abandon(id.Desk)
	Changed(id.Desk) <-chan struct{}
}

// Growth serves the page. Any goroutine may call it.
type Growth struct {
	kit      *page.Kit
	hub      *live.Hub
	hall     Hall
	station  Station // nil where no desk has a scale
	settings book.Settings
	screen   *page.Screen
}

// New reads the template. Without a station every weight is typed.
func New(kit *page.Kit, hub *live.Hub, hall Hall, at Station, settings book.Settings) (*Growth, error) {
	screen, err := kit.Screen(templates, "growth")
	return &Growth{kit: kit, hub: hub, hall: hall, station: at, settings: settings, screen: screen}, err
}

// Routes adds the page.
func (g *Growth) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /desk/{desk}/growth", g.show)
	mux.HandleFunc("POST /desk/{desk}/growth", g.act)
	mux.HandleFunc("GET /desk/{desk}/growth/live", g.watch)
}

// address is the page with a child in hand.
func address(at id.Desk, lang page.Lang, a asked) string {
	return "/desk/" + string(at) + "/growth?" + a.query(lang)
}

func (a asked) query(lang page.Lang) string {
	q := url.Values{"lang": {string(lang)}}
	if a.Person != "" {
		q.Set("of", string(a.Person))
	}
	if a.From != 0 {
		q.Set("from", fmt.Sprint(a.From))
	}
	if a.Instead != 0 {
		q.Set("instead", fmt.Sprint(a.Instead))
	}
	if a.Tab != "" && a.Tab != tabs[0].code {
		q.Set("tab", a.Tab)
	}
	return q.Encode()
}

// show is the page as a link leads to it.
func (g *Growth) show(w http.ResponseWriter, r *http.Request) {
	a := askedOf(r.URL.Query())
	p, err := g.page(r.Context(), id.Desk(r.PathValue("desk")), page.LangOf(r), a, nil)
	if err != nil {
		g.sorry(w, r, err)
		return
	}
	g.write(w, r, http.StatusOK, p)
}

func (g *Growth) write(w http.ResponseWriter, r *http.Request, status int, p growthPage) {
	at, lang := id.Desk(r.PathValue("desk")), page.LangOf(r)
	g.screen.Write(w, status, page.Frame{
		Lang: lang, Title: "growth.title", Self: &url.URL{Path: r.URL.Path}, Data: p,
		Live: "/desk/" + string(at) + "/growth/live?" + p.asked.query(lang),
	})
}

// watch pushes who is served, the family and the scale; never the form that somebody types in.
func (g *Growth) watch(w http.ResponseWriter, r *http.Request) {
	at, lang, a := id.Desk(r.PathValue("desk")), page.LangOf(r), askedOf(r.URL.Query())
	if _, err := g.page(r.Context(), at, lang, a, nil); err != nil {
		g.sorry(w, r, err)
		return
	}
	seat := desk.SeatOf(r.Context()) // what is shown depends on whose it is
	topic := live.Topic{
		Key: "growth/" + string(at) + "/" + string(seat.Staff) + "/" + a.query(lang),
		Render: func(ctx context.Context) (live.Parts, error) {
			p, err := g.page(desk.From(ctx, seat), at, lang, a, nil)
			if err != nil {
				return nil, err
			}
			return g.screen.Parts(lang, p)
		},
	}
	if g.station != nil {
		topic.Also = func() <-chan struct{} { return g.station.Changed(at) }
	}
	g.hub.Serve(w, r, topic)
}

// sorry answers with why the page cannot be shown, and the way to the desks.
func (g *Growth) sorry(w http.ResponseWriter, r *http.Request, err error) {
	var refused *desk.Refusal
	shown, status := g.kit.Refusal(page.LangOf(r), err)
	if errors.As(err, &refused) && (refused.Code == desk.NoSuchDesk || refused.Code == desk.NotMeasuringDesk) {
		g.kit.Sorry(w, r, http.StatusNotFound, "refusal."+refused.Code+".what", "/desk")
		return
	}
	if errors.As(err, &refused) && refused.Code == desk.FieldHidden {
		g.kit.Sorry(w, r, status, "refusal."+refused.Code+".what", "/desk/"+r.PathValue("desk")+"/glass")
		return
	}
	if status < http.StatusInternalServerError {
		g.kit.Sorry(w, r, status, "sorry.broken", "/desk")
		return
	}
	g.kit.Wait(w, r, "sorry.broken", shown.What, waitSeconds)
}
