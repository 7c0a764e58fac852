package floor

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"markaz.example/edge/clock"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/live"
	"markaz.example/edge/web/page"
)

// floorPage is the struct of floor.tmpl.
type floorPage struct {
	Who       string // is looking; empty while nobody has to sign in
	Books     bool   // the centre takes appointments
	Figures   []figure
	Unprinted []unprinted
	Health    []condition
	Lines     []lineRow
	Desks     []deskRow
	Said      []said // to the hall, newest first
	Closed    bool   // the day is
	Book      bool   // numbers are written by hand
	Offer     bool   // the paper book is the next thing to do: numbers are made and none comes out
	Place     *place // of the number that was asked for; nil for none
	Sought    string // that number, as typed
	Choices   choices
	Road      road
	Glass     []glassRow
	Wish      *wish // the newest that waits for an answer; nil when none does
	PutOff    int   // wishes that somebody put off
	Packs     []packRow
	Checks    []checkRow
	Lent      []lentRow
	Refusal   *page.Refusal
}

type figure struct {
	Code  string // of its text
	Value int
}

// unprinted is a number whose paper is not in hand.
type unprinted struct {
	Paper   string // what to print: a visit's token by its visit, another paper by its job
	Form    string // "token", "receipt"; names its text
	Token   string
	State   string // as desk.SlipState
	Problem string // key of why; empty when nothing is wrong
}

type condition struct {
	What     string
	Remedy   string
	Severity string // as health.Severity
	Dev      string
	Detail   string // what to read to the technician, in his words; of a device the page of machines has it
	Since    string // "09:05"; empty when the box does not know the time
}

type road struct {
	State  string // "up", "down", "unknown"
	Behind uint64
}

// unprintedMax is how many numbers without paper the page lists: staff can carry no more to the printer at once.
const unprintedMax = 40

func (d *Pages) floorPage(ctx context.Context, lang page.Lang) (floorPage, error) {
	p := floorPage{Health: d.conditions(lang), Road: roadOf(d.Road()), Books: len(d.Catalogue.Slots) > 0}
	f, err := d.Floor.Figures(ctx)
	if err != nil {
		return p, err
	}
	p.Figures = figuresOf(f)
	if p.Unprinted, err = d.unprinted(ctx); err != nil {
		return p, err
	}
	hall, err := d.Floor.HallBoard(ctx)
	if err != nil {
		return p, err
	}
	p.Closed = hall.DayOver
	p.Lines, p.Said = lineRows(hall.Lines, d.why(lang)), d.saidRows(hall.Announced)
	boards, err := d.Floor.Desks(ctx)
	if err != nil {
		return p, err
	}
	p.Desks = deskRows(boards, d.why(lang))
	book, err := d.Floor.PaperBook(ctx)
	if err != nil {
		return p, err
	}
	p.Book = book.Open
	p.Offer = !p.Book && slices.ContainsFunc(p.Unprinted, func(u unprinted) bool { return u.State == string(desk.SlipHeld) })
	if p.Glass, err = d.glassRows(ctx); err != nil {
		return p, err
	}
	p.Choices = d.choices()
	return p, d.errands(ctx, &p)
}

func figuresOf(f desk.Figures) []figure {
	return []figure{
		{"asked", f.Asked}, {"issued", f.Issued}, {"not-in-hand", f.NotInHand}, {"waiting", f.Waiting},
		{"called", f.Called}, {"serving", f.Serving}, {"done", f.Done}, {"no-show", f.NoShow}, {"left", f.Left},
		{"quick", f.Quick},
	}
}

func (d *Pages) unprinted(ctx context.Context) ([]unprinted, error) {
	visits, err := d.NotInHand(ctx, unprintedMax)
	if err != nil {
		return nil, err
	}
	var out []unprinted
	for _, v := range visits {
		s, err := d.Floor.Slip(ctx, v)
		if err != nil {
			return nil, err
		}
		if s.State == desk.SlipInHand || s.State == desk.SlipOver {
			continue // came out since the list was read
		}
		out = append(out, unprinted{string(v), desk.FormToken, string(s.Token), string(s.State), page.PaperProblem(s.Reason)})
	}
	others, err := d.Floor.Papers(ctx, unprintedMax)
	for _, p := range others {
		out = append(out, unprinted{"job/" + string(p.Job), p.Form, string(p.Token), string(p.State), page.PaperProblem(p.Reason)})
	}
	return out, err
}

// conditions puts what is wrong into words. Codes without a text are shown as they are: better odd than hidden.
func (d *Pages) conditions(lang page.Lang) []condition {
	var out []condition
	for _, c := range d.Health() {
		shown := condition{
			What: c.Code, Remedy: c.Detail, Severity: c.Severity.String(), Dev: c.Dev, Since: d.hour(c.Since),
		}
		if key := "condition." + c.Code; d.kit.Has(lang, key) {
			shown.What = d.kit.Text(lang, key)
		}
		if d.kit.Has(lang, c.Remedy()) {
			shown.Remedy = d.kit.Text(lang, c.Remedy())
			if c.Dev == "" {
				shown.Detail = c.Detail
			}
		}
		out = append(out, shown)
	}
	return out
}

// hour is a time on the wall of the hall; nothing when the box does not know the time.
func (d *Pages) hour(s clock.Stamp) string {
	if s.Grade == clock.Unset {
		return ""
	}
	return time.UnixMilli(s.Wall).In(d.Zone).Format("15:04")
}

func roadOf(r Road) road {
	switch {
	case !r.Known:
		return road{"unknown", r.Behind}
	case r.Up:
		return road{"up", r.Behind}
	}
	return road{"down", r.Behind}
}

func (d *Pages) showFloor(w http.ResponseWriter, r *http.Request) {
	d.writeFloor(w, r, http.StatusOK, nil)
}

func (d *Pages) writeFloor(w http.ResponseWriter, r *http.Request, status int, refused *page.Refusal) {
	lang := page.LangOf(r)
	p, err := d.floorPage(r.Context(), lang)
	if err != nil {
		d.kit.Wait(w, r, "sorry.broken", "", waitSeconds)
		return
	}
	p.Refusal, p.Who = refused, desk.SeatOf(r.Context()).Name
	d.seek(r, &p)
	d.floor.Write(w, status, page.Frame{
		Lang: lang, Title: "floor.title", Self: bare(r.URL), Data: p, Live: "/floor/live?lang=" + string(lang),
		Script: "floor.js",
	})
}

func (d *Pages) watchFloor(w http.ResponseWriter, r *http.Request) {
	lang := page.LangOf(r)
	d.hub.Serve(w, r, live.Topic{Key: "floor/" + string(lang), Also: d.putOffChanged, Render: func(ctx context.Context) (live.Parts, error) {
		p, err := d.floorPage(ctx, lang)
		if err != nil {
			return nil, err
		}
		return d.floor.Parts(lang, p)
	}})
}

// print prints a paper that is not in hand.
func (d *Pages) print(w http.ResponseWriter, r *http.Request) {
	if !d.kit.Form(w, r) {
		return
	}
	var err error
	name := r.PostForm.Get("print")
	job, other := strings.CutPrefix(name, "job/")
	switch {
	case other && id.Job(job).Check() == nil:
		err = d.Floor.PrintPaper(r.Context(), "floor", id.Job(job))
	case id.Visit(name).Check() == nil:
		err = d.Floor.PrintAgain(r.Context(), "floor", id.Visit(name))
	default:
		d.kit.Sorry(w, r, http.StatusBadRequest, "sorry.form", "/floor")
		return
	}
	d.kit.Done(w, r, err, "/floor?lang="+string(page.LangOf(r)), func(refused *page.Refusal, status int) {
		d.writeFloor(w, r, status, refused)
	})
}
