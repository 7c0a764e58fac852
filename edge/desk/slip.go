package desk

import (
	"context"
	"time"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Slip is a visit's paper. Refusals: NoSuchVisit.
func (f *Floor) Slip(ctx context.Context, v id.Visit) (s Slip, err error) {
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		got, ok := visit.Get(snap, v)
		if !ok {
			return refusal(NoSuchVisit, nil)
		}
		job, _ := paper.For(snap, string(v))
		s = f.slip(snap, &got, job)
		return nil
	})
	return s, err
}

func (f *Floor) slip(snap ledger.Snapshot, v *visit.Visit, job paper.Job) Slip {
	stops, _ := f.stops(v)
	return Slip{
		Seq: snap.Seq(), Visit: v.ID, Token: v.Token, Code: v.Code, Day: v.Day, Lang: v.Lang, Stops: stops,
		State: slipState(v, job), Reason: job.Reason, Reprint: job.Reprint, Ahead: f.ahead(snap, v, f.now(snap)),
		Opened: v.Opened.Stamp(), Persons: int(v.Persons), Class: v.Class, From: v.From,
	}
}

// slipState: a paper in hand stays in hand, whatever becomes of a reprint.
func slipState(v *visit.Visit, job paper.Job) SlipState {
	switch {
	case v.Over():
		return SlipOver
	case v.InHand:
		return SlipInHand
	case job.State == paper.StateHeld:
		return SlipHeld
	case job.State == paper.StateUncertain:
		return SlipUncertain
	}
	return SlipPrinting
}

// stops are a visit's in the order walked, and where among them it stands.
func (f *Floor) stops(v *visit.Visit) (stops []Stop, at int) {
	for i, index := range v.Path() {
		if index == v.Now {
			at = i
		}
		s := v.Stops[index]
		service, _ := f.Catalogue.Service(s.Service)
		stops = append(stops, Stop{Service: service, State: s.State, Desk: s.Desk, Index: int(index), Outcome: s.Outcome, Note: s.Note})
	}
	return stops, at
}

// ByCode is the place in line of the slip that carries the code. Refusals: NoSuchVisit.
func (f *Floor) ByCode(ctx context.Context, c id.Code) (p Place, err error) {
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		v, ok := visit.ByCode(snap, c)
		if !ok {
			return refusal(NoSuchVisit, nil)
		}
		p = f.place(snap, &v)
		return nil
	})
	return p, err
}

// ByToken is the place in line of a number of the open day, for a person who asks at the kiosk or has lost the slip.
// Refusals: NoSuchVisit.
func (f *Floor) ByToken(ctx context.Context, t id.Token) (p Place, err error) {
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		today, _ := visit.Today(snap)
		v, ok := visit.ByToken(snap, today.Date, t)
		if !ok {
			return refusal(NoSuchVisit, nil)
		}
		p = f.place(snap, &v)
		return nil
	})
	return p, err
}

func (f *Floor) place(snap ledger.Snapshot, v *visit.Visit) Place {
	now := f.now(snap)
	stops, at := f.stops(v)
	stop := v.Stop()
	p := Place{
		Seq: snap.Seq(), Token: v.Token, Lang: v.Lang, State: v.State(), Stops: stops, Stop: at,
		Ahead: f.ahead(snap, v, now), Room: stops[at].Service.Room,
		Visit: v.ID, Persons: int(v.Persons), LowMin: int(stop.LowMin), HighMin: int(stop.HighMin),
		Closed: f.open(snap, stop.Service) == 0, Announced: f.announced(snap, now), Appointment: v.Appointment,
	}
	p.MayCancel = !v.Over() && !p.atDesk()
	if p.atDesk() {
		d, _ := f.Catalogue.Desk(stops[at].Desk)
		p.Desk, p.Room = d.Code, d.Room
	}
	if p.State == visit.StateWaiting {
		p.WaitedMin = int((stop.WaitMs + now.axis - stop.Since.Axis) / time.Minute.Milliseconds())
	}
	p.Message = p.message()
	return p
}

func (p Place) atDesk() bool { return p.State == visit.StateCalled || p.State == visit.StateServing }

// soon is how few people ahead mean that somebody should stay near the door.
const soon = 2

// message is the class of what a person is told.
func (p Place) message() string {
	switch p.State {
	case visit.StatePlanned:
		return "printing"
	case visit.StateWaiting:
		if p.Ahead <= soon && !p.Closed {
			return "soon"
		}
		return "wait"
	case visit.StateCalled:
		return "go"
	case visit.StateServing:
		return "inside"
	case visit.StateHold, visit.StateParked:
		return string(p.State)
	case visit.StateNoShow:
		return "missed"
	}
	return "over"
}
