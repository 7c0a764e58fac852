package desk

import (
	"context"
	"slices"
	"time"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/staff"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/queue"
)

// DeskBoard is a desk's screen. Refusals: NoSuchDesk.
func (f *Floor) DeskBoard(ctx context.Context, d id.Desk) (b DeskBoard, err error) {
	desk, ok := f.Catalogue.Desk(d)
	if !ok {
		return b, refusal(NoSuchDesk, nil)
	}
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		b = f.deskBoard(snap, desk, f.now(snap))
		return nil
	})
	return b, err
}

func (f *Floor) deskBoard(snap ledger.Snapshot, desk Desk, now moment) DeskBoard {
	status, d := visit.StatusOf(snap, desk.Code), desk.Code
	today, _ := visit.Today(snap)
	b := DeskBoard{
		Seq: snap.Seq(), Desk: desk, State: status.State, Reason: status.Reason, Since: status.Since.Stamp(),
		Staff: f.sitting(snap, d).Staff, DayOver: today.Closed, Next: f.upcoming(snap, desk, now),
		Held:   f.beside(snap, visit.StateHold, now, func(s *visit.Stop) bool { return s.Desk == d }),
		Parked: f.beside(snap, visit.StateParked, now, func(s *visit.Stop) bool { return s.Desk == d || s.Pool && desk.serves(s) }),
		Missed: f.beside(snap, visit.StateNoShow, now, desk.serves),
	}
	slices.Reverse(b.Missed)
	if v, ok := visit.AtDesk(snap, d); ok {
		b.Current = f.call(snap, &v)
	}
	for _, s := range desk.Serves {
		b.Lines = append(b.Lines, f.line(snap, s, now))
	}
	b.Quick = f.quick(snap, desk, today.Date)
	f.undo(snap, &b, now)
	return b
}

// undo says how the desk's last press can be taken back.
func (f *Floor) undo(src ledger.Source, b *DeskBoard, now moment) {
	p, age, ok := lastPress(src, b.Desk.Code, now)
	if !ok {
		return
	}
	patience := f.patience()
	if age <= patience.UndoWithin {
		b.MayUndo, b.Undo, b.UndoBy = true, pressName(p), p.At.Wall+patience.UndoWithin.Milliseconds()
	}
	if age <= patience.UndoLate && staff.Known(src) && couldApprove(src, staff.LateUndo, id.Staff(b.Staff)) {
		b.Undo, b.UndoLateBy = pressName(p), p.At.Wall+patience.UndoLate.Milliseconds()
	}
}

// pressName is what a press was, for the desk's screen.
func pressName(p visit.Press) string {
	return map[string]string{
		"visit.called/1": "called", "visit.called/2": "called", "visit.confirmed/1": "confirmed", "visit.no-show/1": "no-show",
		"visit.finished/1": "finished", "visit.finished/2": "finished", "visit.failed/1": "failed", "visit.held/1": "held",
		"visit.parked/1": "parked", "visit.transferred/1": "transferred", "visit.stop-added/1": "stop-added",
	}[string(p.Kind)]
}

func (d Desk) serves(s *visit.Stop) bool { return slices.Contains(d.Serves, s.Service) }

// upcoming is the first few whom a desk would call, those who let others go first last.
func (f *Floor) upcoming(src ledger.Source, desk Desk, now moment) []Waiting {
	ready, gated := f.reach(src, desk, now)
	place := f.deskNow(src, desk)
	place.Open = true // a desk that is paused sees whom it will call
	var out []Waiting
	for _, l := range []lined{ready, gated} {
		for _, i := range queue.Order(f.rules(), place, l.as, now.axis, nextShown-len(out)) {
			v, _ := visit.Get(src, l.who[i].Visit)
			out = append(out, f.shown(&v, now))
		}
	}
	if len(out) > 0 {
		_, why, _ := queue.Next(f.rules(), place, ready.as, now.axis)
		out[0].Rule = why.Rule
	}
	return out
}

// beside are those on hold, parked or missed that fit, in the order they came to it.
func (f *Floor) beside(src ledger.Source, s visit.State, now moment, fits func(*visit.Stop) bool) []Waiting {
	var out []Waiting
	for _, v := range visit.Aside(src, s) {
		if fits(v.Stop()) && len(out) < asideShown {
			out = append(out, f.shown(&v, now))
		}
	}
	return out
}

func (f *Floor) shown(v *visit.Visit, now moment) Waiting {
	stop := v.Stop()
	service, _ := f.Catalogue.Service(stop.Service)
	w := Waiting{
		Visit: v.ID, Token: v.Token, Service: service, Class: stop.Class, Persons: int(v.Persons), State: stop.State,
		WaitedMs: now.axis - stop.Since.Axis, Since: stop.Since.Stamp(), Reason: stop.Why, Desk: stop.Desk, Pool: stop.Pool, Carried: v.Carried,
	}
	if stop.State == visit.StateWaiting {
		w.Desk, w.Reason = stop.To, ""
	}
	return w
}

func (f *Floor) line(src ledger.Source, code id.Service, now moment) Line {
	service, _ := f.Catalogue.Service(code)
	line := Line{Service: service, Desks: f.open(src, code)}
	line.Reason, line.Closed = visit.LineClosed(src, code)
	for _, w := range visit.Line(src, code) {
		line.Waiting++
		line.LongestMs = max(line.LongestMs, now.axis-w.Since)
	}
	for _, w := range f.order(src, code, now, nextShown) {
		line.Next = append(line.Next, w.Token)
	}
	for _, v := range visit.Aside(src, visit.StateNoShow) {
		if v.Stop().Service == code {
			line.Missed++
		}
	}
	return line
}

// HallBoard is the hall screen.
func (f *Floor) HallBoard(ctx context.Context) (b HallBoard, err error) {
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		now := f.now(snap)
		today, _ := visit.Today(snap)
		b = HallBoard{Seq: snap.Seq(), Day: today.Date, DayOver: today.Closed, Announced: f.announced(snap, now)}
		var calls []HallCall
		for _, c := range visit.LastCalls(snap) {
			calls = append(calls, f.hallCall(snap, c))
		}
		b.Calls = calls[:min(len(calls), callsShown)]
		for _, s := range f.Catalogue.Services {
			b.Lines = append(b.Lines, f.line(snap, s.Code, now))
		}
		b.Rooms = f.rooms(b.Lines, calls)
		return nil
	})
	return b, err
}

func (f *Floor) hallCall(src ledger.Source, c visit.Shown) HallCall {
	desk, _ := f.Catalogue.Desk(c.Desk)
	v, _ := visit.Get(src, c.Visit)
	return HallCall{
		Seq: c.Seq, Token: c.Token, Desk: c.Desk, Room: desk.Room, Recalls: c.Recalls,
		Visit: c.Visit, Lang: c.Lang, Service: c.Service, At: c.At.Stamp(), State: v.State(),
	}
}

// rooms are the desks' rooms with the calls into each.
func (f *Floor) rooms(lines []Line, calls []HallCall) []HallRoom {
	var rooms []HallRoom
	for _, d := range f.Catalogue.Desks {
		if slices.ContainsFunc(rooms, func(r HallRoom) bool { return r.Room == d.Room }) {
			continue
		}
		room := HallRoom{Room: d.Room}
		for _, c := range calls {
			if c.Room == d.Room && len(room.Calls) < callsShown {
				room.Calls = append(room.Calls, c)
			}
		}
		for _, l := range lines {
			if f.inRoom(l.Service.Code, d.Room) {
				room.Waiting += l.Waiting
			}
		}
		rooms = append(rooms, room)
	}
	return rooms
}

func (f *Floor) inRoom(s id.Service, room string) bool {
	return slices.ContainsFunc(f.Catalogue.Desks, func(d Desk) bool { return d.Room == room && slices.Contains(d.Serves, s) })
}

// announced is what is said to the hall at a moment, newest first.
func (f *Floor) announced(src ledger.Source, now moment) []Announcement {
	var out []Announcement
	for _, a := range visit.Announcements(src) {
		lasts := int64(a.Seconds) * time.Second.Milliseconds()
		if now.axis-a.At.Axis >= lasts {
			continue
		}
		until := a.At.Stamp()
		until.Mono, until.Wall = until.Mono+uint64(lasts), until.Wall+lasts
		out = append(out, Announcement{Seq: a.Seq, Text: a.Text, Room: a.Room, Until: until, Actor: a.Actor})
	}
	slices.Reverse(out)
	return out
}

// Figures counts the present business day.
func (f *Floor) Figures(ctx context.Context) (figures Figures, err error) {
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		today, _ := visit.Today(snap)
		t, c := visit.Figures(snap, today.Date), paper.Count(snap)
		figures = Figures{
			Seq: snap.Seq(), Day: t.Day, Asked: t.Asked, Issued: t.Issued,
			NotInHand: t.NotInHand, Waiting: t.Waiting, Called: t.Called, Serving: t.Serving,
			Done: t.Done, NoShow: t.NoShow, Left: t.Left, Hold: t.Hold, Parked: t.Parked,
			Cancelled: t.Cancelled, Failed: t.Failed, Carried: t.Carried,
			Quick: quickTotal(snap, today.Date), Printing: c.Queued + c.Printing, Held: c.Held, Uncertain: c.Uncertain,
		}
		return nil
	})
	return figures, err
}

// Desks is every desk's screen from one moment, in the order of the catalogue: what the manager's floor shows.
func (f *Floor) Desks(ctx context.Context) (boards []DeskBoard, err error) {
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		now := f.now(snap)
		for _, d := range f.Catalogue.Desks {
			boards = append(boards, f.deskBoard(snap, d, now))
		}
		return nil
	})
	return boards, err
}
