package desk

import (
	"context"
	"net/http"
	"strings"
	"time"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/clock"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/letter"
	"markaz.example/edge/web/live"
	"markaz.example/edge/web/page"
)

// consolePage is the struct of console.tmpl.
type consolePage struct {
	Desk     string
	Who      string // has the desk; empty while nobody has to sign in
	Hand     *hand  // nil when nobody is at the desk
	Can      can
	Outcomes []outcome
	Waiting  int // over all lines of the desk
	Lines    []page.Line
	Tokens   []string // the next few, in the order of the lines
	Tools    []string // what the desk can do for whoever it serves, by its instruments: "finger"
	Refusal  *page.Refusal
	Errands  *errands // of the one who is being served; nil when nobody is
}

// hand is who the desk has called or serves.
type hand struct {
	Token   string
	State   string // "called", "serving"
	SinceMS int64  // first called, wall milliseconds since 1970 UTC
	Since   string // the same on the clock: "09:05"
	Recalls int
	Stops   []page.Service
}

// can is which acts make sense now. The floor decides again when one is pressed.
type can struct{ Next, Confirm, Recall, NoShow, Finish bool }

// outcome is how a stop may end, and its key.
type outcome struct{ Code, Key, Shown string }

func outcomes() []outcome {
	return []outcome{{"done", "d", "D"}, {"referred", "f", "F"}, {"papers-missing", "m", "M"}}
}

func (d *Desk) consolePage(ctx context.Context, at id.Desk) (consolePage, error) {
	board, err := d.Floor.DeskBoard(ctx, at)
	if err != nil {
		return consolePage{}, err
	}
	p := consolePage{Desk: string(at), Lines: page.LinesOf(board.Lines), Outcomes: outcomes()}
	for _, l := range board.Lines {
		p.Waiting += l.Waiting
		for _, t := range l.Next {
			p.Tokens = append(p.Tokens, string(t))
		}
	}
	p.Hand = d.hand(board.Current)
	p.Can = canDo(board.Current)
	if p.Can.Finish {
		p.Tools = d.Tools(at)
		p.Errands, err = d.errandsOf(ctx, board.Current.Visit)
	}
	return p, err
}

func (d *Desk) hand(c *desk.Call) *hand {
	if c == nil {
		return nil
	}
	return &hand{
		Token: string(c.Token), State: string(c.State), Recalls: c.Recalls, Stops: page.StopsOf(c.Stops),
		SinceMS: c.Called.Wall, Since: d.hour(c.Called),
	}
}

// hour is a time on the wall of the hall; nothing when the box does not know the time.
func (d *Desk) hour(s clock.Stamp) string {
	if s.Grade == clock.Unset {
		return ""
	}
	return time.UnixMilli(s.Wall).In(d.Zone).Format("15:04")
}

func canDo(c *desk.Call) can {
	switch {
	case c == nil:
		return can{Next: true}
	case c.State == visit.StateServing:
		return can{Finish: true}
	}
	return can{Confirm: true, Recall: true, NoShow: true}
}

func (d *Desk) showConsole(w http.ResponseWriter, r *http.Request) {
	d.writeConsole(w, r, http.StatusOK, nil)
}

func (d *Desk) writeConsole(w http.ResponseWriter, r *http.Request, status int, refused *page.Refusal) {
	at, lang := id.Desk(r.PathValue("desk")), page.LangOf(r)
	p, err := d.consolePage(r.Context(), at)
	if err != nil {
		d.sorry(w, r, err, "/desk")
		return
	}
	p.Refusal, p.Who = refused, desk.SeatOf(r.Context()).Name
	d.console.Write(w, status, page.Frame{
		Lang: lang, Title: "console.title", Self: bare(r.URL), Data: p,
		Live: "/desk/" + string(at) + "/live?lang=" + string(lang),
	})
}

// sorry answers with why a page cannot be shown.
func (d *Desk) sorry(w http.ResponseWriter, r *http.Request, err error, home string) {
	if _, status := d.kit.Refusal(page.LangOf(r), err); status == http.StatusNotFound {
		d.kit.Sorry(w, r, status, "refusal."+desk.NoSuchDesk+".what", home)
		return
	}
	d.kit.Wait(w, r, "sorry.broken", "", waitSeconds)
}

func (d *Desk) watchConsole(w http.ResponseWriter, r *http.Request) {
	at, lang := id.Desk(r.PathValue("desk")), page.LangOf(r)
	if _, err := d.Floor.DeskBoard(r.Context(), at); err != nil {
		d.sorry(w, r, err, "/desk")
		return
	}
	key := "desk/" + string(at) + "/" + string(lang)
	d.hub.Serve(w, r, live.Topic{Key: key, Render: func(ctx context.Context) (live.Parts, error) {
		p, err := d.consolePage(ctx, at)
		if err != nil {
			return nil, err
		}
		return d.console.Parts(lang, p)
	}})
}

// act is one press at a desk.
func (d *Desk) act(w http.ResponseWriter, r *http.Request) {
	if !d.kit.Form(w, r) {
		return
	}
	at := id.Desk(r.PathValue("desk"))
	press, ok := d.press(r.PostForm.Get("act"), r.PostForm.Has("receipt"))
	if !ok {
		d.kit.Sorry(w, r, http.StatusBadRequest, "sorry.form", "/desk")
		return
	}
	back := "/desk/" + string(at) + "?lang=" + string(page.LangOf(r))
	d.kit.Done(w, r, press(r.Context(), at), back, func(refused *page.Refusal, status int) {
		d.writeConsole(w, r, status, refused)
	})
}

// press is what a button stands for.
func (d *Desk) press(name string, receipt bool) (func(context.Context, id.Desk) error, bool) {
	if code, ok := strings.CutPrefix(name, "finish-"); ok {
		return func(ctx context.Context, at id.Desk) error { return d.Floor.Finish(ctx, at, code, receipt) }, known(code)
	}
	if what, ok := strings.CutPrefix(name, "draw-"); ok {
		return d.draw(what), letter.CheckWhat(what) == nil
	}
	switch name {
	case "next":
		return d.next, true
	case "ask":
		return d.ask, true
	case "again":
		return d.Floor.Recall, true
	case "present":
		return d.Floor.Confirm, true
	case "absent":
		return d.Floor.NoShow, true
	}
	return nil, false
}

func (d *Desk) next(ctx context.Context, at id.Desk) error {
	_, err := d.Floor.CallNext(ctx, at)
	return err
}

func known(code string) bool {
	for _, o := range outcomes() {
		if o.Code == code {
			return true
		}
	}
	return false
}
