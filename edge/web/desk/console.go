package desk

import (
	"context"
	"net/http"
	"time"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/clock"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/live"
	"markaz.example/edge/web/page"
)

// consolePage is the struct of console.tmpl.
type consolePage struct {
	Desk     string
	Who      string // has the desk; empty while nobody has to sign in
	State    state
	Undo     word  // the press that can be taken back; zero for none
	UndoBy   int64 // until then by the desk alone, wall milliseconds since 1970 UTC; 0 when it is too late for that
	LateBy   int64 // until then by two people; 0 when there is no second
	Hand     *hand // nil when nobody is at the desk
	Can      can
	Outcomes []outcome
	More     *more // nil unless somebody is served
	Pauses   []word
	Quick    []quick // who is served without a number, by service
	Aside    aside
	Tools    []tool
	Refusal  *page.Refusal
	Errands  *errands // of the one who is being served; nil when nobody is
}

// quick is how many were served without a number today.
type quick struct {
	page.Service
	Count int
}

func quickOf(lines []desk.QuickLine) (out []quick) {
	for _, l := range lines {
		out = append(out, quick{page.ServiceOf(l.Service), l.Count})
	}
	return out
}

// state is whether the desk calls people.
type state struct {
	Name    string // "open", "paused", "closed"
	Reason  word
	Since   string // "12:30"
	DayOver bool
}

// tool is what the desk can do for whoever it serves, by its instruments, on a page of that name: "finger".
type tool struct{ Name, Key string }

// toolKeys are letters that no act has while somebody is served: R is "call again" before, C is "call this one" at a free desk.
var toolKeys = map[string]string{"finger": "I", "measure": "W", "household": "Y", "growth": "C", "booking": "R"}

func toolsOf(names []string) (out []tool) {
	for _, n := range names {
		out = append(out, tool{n, toolKeys[n]})
	}
	return out
}

// can is which acts make sense now. The floor decides again when one is pressed.
type can struct{ Next, Confirm, Recall, NoShow, Finish, Resume, Pause bool }

func (d *Desk) consolePage(ctx context.Context, at id.Desk) (consolePage, error) {
	board, err := d.Floor.DeskBoard(ctx, at)
	if err != nil {
		return consolePage{}, err
	}
	p := consolePage{
		Desk: string(at), State: d.stateOf(board), Hand: d.hand(board.Current), Can: canDo(board),
		Aside: d.aside(board), Pauses: d.words("pause", desk.Pauses()), Quick: quickOf(board.Quick),
	}
	if board.Undo != "" {
		p.Undo, p.UndoBy, p.LateBy = d.word("undo", board.Undo), board.UndoBy, board.UndoLateBy
	}
	if !p.Can.Finish {
		return p, nil
	}
	p.Outcomes, p.Tools = d.outcomes(board.Current.Outcomes), toolsOf(d.Tools(at))
	if p.More, err = d.more(ctx, board); err != nil {
		return p, err
	}
	p.Errands, err = d.errandsOf(ctx, board.Current.Visit)
	return p, err
}

func (d *Desk) stateOf(b desk.DeskBoard) state {
	s := state{Name: string(b.State), Since: d.hour(b.Since), DayOver: b.DayOver}
	if b.Reason != "" {
		s.Reason = d.word("pause", b.Reason)
	}
	return s
}

// hour is a time on the wall of the hall; nothing when the box does not know the time.
func (d *Desk) hour(s clock.Stamp) string {
	if s.Grade == clock.Unset {
		return ""
	}
	return time.UnixMilli(s.Wall).In(d.Zone).Format("15:04")
}

func canDo(b desk.DeskBoard) can {
	open := b.State != visit.DeskPaused && b.State != visit.DeskClosed
	c := can{Resume: !open, Pause: open}
	switch {
	case b.Current == nil:
		c.Next = open && !b.DayOver
	case b.Current.State == visit.StateServing:
		c.Finish = true
	default:
		c.Confirm, c.Recall, c.NoShow = true, true, true
	}
	return c
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
		Lang: lang, Title: "console.title", Self: bare(r.URL), Data: p, Script: "console.js",
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
	o, ok := readOrder(r.PostForm)
	if !ok || (o.Verb == "finish" || o.Verb == "then") && !d.ends(o.Word) {
		d.kit.Sorry(w, r, http.StatusBadRequest, "sorry.form", "/desk")
		return
	}
	back := "/desk/" + string(at) + "?lang=" + string(page.LangOf(r))
	d.kit.Done(w, r, d.press(r.Context(), at, o), back, func(refused *page.Refusal, status int) {
		d.writeConsole(w, r, status, refused)
	})
}
