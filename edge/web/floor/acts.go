package floor

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/page"
)

// actor is who acts on this page, as the ledger knows the place.
const actor = "floor"

// whys are the reasons for closing a desk, a line or the day, as texts know them.
func whys() []string { return []string{"evening", "full", "no-staff", "machine", "power", "security"} }

// facts are what somebody can see of a person, and the class that follows from it: those of the door.
func facts() []fact {
	return []fact{
		{"pregnant", "infant"}, {"with-infant", "infant"}, {"disability-seen", "disability"}, {"over-60", "elder"}, {"emergency-seen", "emergency"},
	}
}

type fact struct{ Code, class string }

// lasts are for how many minutes something can be said to the hall.
func lasts() []int { return []int{5, 15, 60, 240} }

// act is one press of the manager.
func (d *Pages) act(w http.ResponseWriter, r *http.Request) {
	if !d.kit.Form(w, r) {
		return
	}
	do := d.press(r.PostForm)
	if do == nil {
		d.kit.Sorry(w, r, http.StatusBadRequest, "sorry.form", "/floor")
		return
	}
	d.kit.Done(w, r, do(r.Context()), "/floor?lang="+string(page.LangOf(r)), func(refused *page.Refusal, status int) {
		d.writeFloor(w, r, status, refused)
	})
}

// press is what a form stands for; nil for nothing that this page has.
func (d *Pages) press(f url.Values) func(context.Context) error {
	name := f.Get("act")
	switch kind, _, _ := strings.Cut(name, "-"); kind {
	case "desk":
		return d.deskPress(name, id.Desk(f.Get("desk")), f)
	case "line":
		return d.linePress(name, id.Service(f.Get("service")), f)
	case "day":
		return d.dayPress(name, f)
	case "visit":
		return d.visitPress(name, id.Visit(f.Get("visit")), f)
	case "say":
		return d.sayPress(f)
	case "clock":
		return d.clockPress(f)
	}
	seq, err := strconv.ParseUint(f.Get("seq"), 10, 64)
	switch {
	case err != nil:
	case name == "silence":
		return func(ctx context.Context) error { return d.Floor.Silence(ctx, actor, seq) }
	case name == "seen":
		return func(ctx context.Context) error { return d.Floor.SawGlass(ctx, actor, seq) }
	}
	return nil
}

func (d *Pages) deskPress(name string, at id.Desk, f url.Values) func(context.Context) error {
	set := func(s visit.DeskState, why string) func(context.Context) error {
		return func(ctx context.Context) error { return d.Floor.SetDesk(ctx, actor, at, s, why) }
	}
	switch {
	case at.Check() != nil:
		return nil
	case name == "desk-open":
		return set(visit.DeskOpen, "")
	case name == "desk-pause":
		return set(visit.DeskPaused, chosen(desk.Pauses(), f.Get("pause")))
	case name == "desk-close":
		return set(visit.DeskClosed, chosen(whys(), f.Get("why")))
	case name == "desk-dismiss":
		return func(ctx context.Context) error { return d.Floor.Dismiss(ctx, actor, at) }
	}
	return nil
}

func (d *Pages) linePress(name string, s id.Service, f url.Values) func(context.Context) error {
	switch {
	case s.Check() != nil:
		return nil
	case name == "line-open":
		return func(ctx context.Context) error { return d.Floor.OpenLine(ctx, actor, s) }
	case name == "line-close":
		return func(ctx context.Context) error { return d.Floor.CloseLine(ctx, actor, s, chosen(whys(), f.Get("why"))) }
	}
	return nil
}

func (d *Pages) dayPress(name string, f url.Values) func(context.Context) error {
	switch name {
	case "day-open":
		return func(ctx context.Context) error { return d.Floor.OpenDay(ctx, actor) }
	case "day-close":
		return func(ctx context.Context) error {
			return d.Floor.CloseDay(ctx, actor, chosen(whys(), f.Get("why")), f.Get("carry") == "1")
		}
	}
	return nil
}

func (d *Pages) visitPress(name string, v id.Visit, f url.Values) func(context.Context) error {
	switch {
	case v.Check() != nil:
		return nil
	case name == "visit-reprint":
		return func(ctx context.Context) error { return d.Floor.Reprint(ctx, actor, v) }
	case name == "visit-renew":
		return func(ctx context.Context) error { return d.Floor.Renew(ctx, actor, v) }
	case name == "visit-class":
		i := slices.IndexFunc(facts(), func(of fact) bool { return of.Code == f.Get("fact") })
		if i < 0 {
			return func(context.Context) error { return desk.Refuse(desk.BadClass) }
		}
		return func(ctx context.Context) error {
			return d.Floor.SetClass(ctx, actor, v, facts()[i].class, facts()[i].Code)
		}
	}
	return nil
}

func (d *Pages) sayPress(f url.Values) func(context.Context) error {
	minutes, err := strconv.Atoi(f.Get("minutes"))
	if err != nil || !slices.Contains(lasts(), minutes) {
		return nil
	}
	text, room := strings.TrimSpace(f.Get("text")), f.Get("room")
	return func(ctx context.Context) error {
		return d.Floor.Announce(ctx, actor, text, room, time.Duration(minutes)*time.Minute)
	}
}

// typedTime is how browsers give date and time of day.
const typedTime = "2006-01-02T15:04"

func (d *Pages) clockPress(f url.Values) func(context.Context) error {
	t, err := time.ParseInLocation(typedTime, f.Get("time"), d.Zone)
	if err != nil || d.SetTime == nil {
		return nil
	}
	return func(ctx context.Context) error { return d.SetTime(ctx, t) }
}

// chosen is a code of a list; empty, which the floor refuses in words, for any other.
func chosen(list []string, code string) string {
	if slices.Contains(list, code) {
		return code
	}
	return ""
}
