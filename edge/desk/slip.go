package desk

import (
	"context"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Slip is a visit's paper. Refusals: NoSuchVisit.
func (f *Floor) Slip(ctx context.Context, v id.Visit) (s Slip, err error) {
	err = f.look(ctx, func(snap ledger.Snapshot) error {
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
	return Slip{
		Seq: snap.Seq(), Visit: v.ID, Token: v.Token, Code: v.Code, Day: v.Day, Lang: v.Lang, Stops: f.stops(v),
		State: slipState(v, job), Reason: job.Reason, Reprint: job.Reprint, Ahead: ahead(snap, v),
		Opened: v.Opened.Stamp(),
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

// ahead is how many wait before a visit: all who wait, when it is not in line yet.
func ahead(src ledger.Source, v *visit.Visit) int {
	stop := v.Stop()
	switch stop.State {
	case visit.StatePlanned:
		return visit.Waiting(src, stop.Service)
	case visit.StateWaiting:
		return visit.Ahead(src, stop.Service, stop.Since.Seq)
	}
	return 0
}

func (f *Floor) stops(v *visit.Visit) []Stop {
	stops := make([]Stop, len(v.Stops))
	for i, s := range v.Stops {
		service, _ := f.Catalogue.service(s.Service)
		stops[i] = Stop{Service: service, State: s.State, Desk: s.Desk}
	}
	return stops
}

// ByCode is the place in line of the slip that carries the code. Refusals: NoSuchVisit.
func (f *Floor) ByCode(ctx context.Context, c id.Code) (p Place, err error) {
	err = f.look(ctx, func(snap ledger.Snapshot) error {
		v, ok := visit.ByCode(snap, c)
		if !ok {
			return refusal(NoSuchVisit, nil)
		}
		p = f.place(snap, &v)
		return nil
	})
	return p, err
}

func (f *Floor) place(snap ledger.Snapshot, v *visit.Visit) Place {
	stops, at := f.stops(v), v.At()
	p := Place{
		Seq: snap.Seq(), Token: v.Token, Lang: v.Lang, State: v.State(), Stops: stops, Stop: at,
		Ahead: ahead(snap, v), Room: stops[at].Service.Room,
	}
	if p.State == visit.StateCalled || p.State == visit.StateServing {
		d, _ := f.Catalogue.desk(stops[at].Desk)
		p.Desk, p.Room = d.Code, d.Room
	}
	return p
}
