package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"markaz.example/edge/book/staff"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// CallNext calls whoever is next for a desk, as package queue decides.
// Refusals: NoSuchDesk, StillServing, StillCalling, DeskNotOpen, DayOver, NobodyWaiting.
func (f *Floor) CallNext(ctx context.Context, d id.Desk) (*Call, error) {
	var called id.Visit
	err := f.atDesk(ctx, d, func(tx *ledger.Tx, desk Desk) (err error) {
		if err := free(tx, d); err != nil {
			return err
		}
		called, err = f.callNext(tx, desk, nil)
		return err
	})
	if err != nil {
		return nil, err
	}
	return f.called(ctx, called)
}

// callNext calls whoever is next. Done is the visit that the desk finishes with in this press, as it will be; nil for
// none. Refusals: DeskNotOpen, DayOver, NobodyWaiting.
func (f *Floor) callNext(tx *ledger.Tx, desk Desk, done *visit.Visit) (id.Visit, error) {
	if err := calling(tx, desk.Code); err != nil {
		return "", err
	}
	w, why, ok := f.next(tx, desk, done)
	if !ok {
		return "", refusal(NobodyWaiting, nil)
	}
	why.With = done != nil
	if done != nil && done.ID == w.Visit {
		return w.Visit, visit.CallOn(tx, desk.Code, done, why)
	}
	return w.Visit, visit.Call(tx, desk.Code, w.Visit, why)
}

// calling refuses a desk that calls nobody now. Refusals: DeskNotOpen, DayOver.
func calling(src ledger.Source, d id.Desk) error {
	if visit.StatusOf(src, d).State != visit.DeskOpen {
		return refusal(DeskNotOpen, nil)
	}
	if today, ok := visit.Today(src); ok && today.Closed {
		return refusal(DayOver, nil)
	}
	return nil
}

// free refuses a desk that has somebody in hand. Refusals: StillServing, StillCalling.
func free(src ledger.Source, d id.Desk) error {
	v, busy := visit.AtDesk(src, d)
	switch {
	case !busy:
		return nil
	case v.State() == visit.StateServing:
		return refusal(StillServing, nil)
	}
	return refusal(StillCalling, nil)
}

// ReasonFavour is the reason of a call out of turn that nobody can see: not on the person, not on a paper.
const ReasonFavour = "favour"

// CallThis calls one person out of turn: who waits, is parked or did not come. It needs a reason, which the fairness
// report shows; for ReasonFavour a second person stands by. It asks for no service of the desk: a desk may do more than
// its list says. Refusals: NoSuchDesk, BadReason, NeedsSecond, NotSecond, StillServing, StillCalling, DeskNotOpen, DayOver,
// NoSuchVisit, VisitOver, NotCallable.
func (f *Floor) CallThis(ctx context.Context, d id.Desk, v id.Visit, reason string) (*Call, error) {
	if err := visit.CheckWord(reason); err != nil {
		return nil, refusal(BadReason, err)
	}
	err := f.atDesk(ctx, d, func(tx *ledger.Tx, desk Desk) error {
		if err := errors.Join(free(tx, d), calling(tx, d)); err != nil {
			return err
		}
		got, err := present(tx, v)
		if err != nil {
			return err
		}
		if reason == ReasonFavour {
			if err := f.Approved(ctx, tx, Wanted{staff.Favour, string(v)}); err != nil {
				return err
			}
		}
		err = visit.Call(tx, d, v, visit.Why{Reason: reason, Overtook: f.overtaken(tx, &got)})
		if errors.Is(err, visit.ErrState) {
			return refusal(NotCallable, err)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return f.called(ctx, v)
}

// overtaken is how many of its line stand before a visit.
func (f *Floor) overtaken(src ledger.Source, v *visit.Visit) int {
	n, stop := 0, v.Stop()
	for _, w := range visit.Line(src, stop.Service) {
		if w.Visit != v.ID && w.Seniority < stop.Seniority {
			n++
		}
	}
	return n
}

// called is what a desk is shown of a visit it has just called.
func (f *Floor) called(ctx context.Context, v id.Visit) (c *Call, err error) {
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		got, ok := visit.Get(snap, v)
		if !ok {
			return fmt.Errorf("visit %s was called and is gone", v)
		}
		c = f.call(snap, &got)
		return nil
	})
	return c, err
}

func (f *Floor) call(snap ledger.Snapshot, v *visit.Visit) *Call {
	stop := v.Stop()
	service, _ := f.Catalogue.Service(stop.Service)
	stops, at := f.stops(v)
	c := &Call{
		Seq: snap.Seq(), Visit: v.ID, Token: v.Token, Lang: v.Lang, Desk: stop.Desk, State: stop.State,
		Stops: stops, Stop: at, Called: stop.Called.Stamp(), Recalls: stop.Recalls,
		Index: v.At(), ServedMs: stop.ServedMs, WaitedMs: stop.WaitMs,
		TargetMs: service.Target.Milliseconds(), Persons: int(v.Persons), Class: stop.Class, Fact: v.Fact, Needs: v.Needs,
		Journey: v.Journey, Marks: v.Marks, Note: stop.Note, From: v.From, Carried: v.Carried, Outcomes: service.outcomes(),
		LowMin: int(stop.LowMin), HighMin: int(stop.HighMin),
	}
	switch p := f.patience(); stop.State {
	case visit.StateServing:
		c.Served = stop.Since.Stamp()
	case visit.StateCalled:
		c.RecallFrom = stop.Voiced.Wall + p.RecallEvery.Milliseconds()
		c.NoShowFrom = stop.Called.Wall + p.NoShowAfter.Milliseconds()
		c.NoShowCalls = max(p.NoShowRecalls-stop.Recalls, 0)
	}
	return c
}

// Recall calls the same person again. Refusals: NoSuchDesk, NobodyCalled, RecallSoon.
func (f *Floor) Recall(ctx context.Context, d id.Desk) error {
	return f.atDesk(ctx, d, func(tx *ledger.Tx, _ Desk) error {
		stop, err := calledAt(tx, d)
		if err != nil {
			return err
		}
		if since(tx.Now(), stop.Voiced.Stamp()) < f.patience().RecallEvery {
			return refusal(RecallSoon, nil)
		}
		return visit.Recall(tx, d)
	})
}

// Confirm says that the person called is here and being served. Refusals: NoSuchDesk, NobodyCalled.
func (f *Floor) Confirm(ctx context.Context, d id.Desk) error {
	return f.atDesk(ctx, d, func(tx *ledger.Tx, _ Desk) error {
		if _, err := calledAt(tx, d); err != nil {
			return err
		}
		return visit.Confirm(tx, d)
	})
}

// NoShow gives up on the person called, who has left when the day is closed. Refusals: NoSuchDesk, NobodyCalled, NoShowSoon.
func (f *Floor) NoShow(ctx context.Context, d id.Desk) error {
	return f.atDesk(ctx, d, func(tx *ledger.Tx, _ Desk) error {
		stop, err := calledAt(tx, d)
		if err != nil {
			return err
		}
		p := f.patience()
		if stop.Recalls < p.NoShowRecalls || since(tx.Now(), stop.Called.Stamp()) < p.NoShowAfter {
			return refusal(NoShowSoon, nil)
		}
		err = visit.GiveUp(tx, d)
		if today, _ := visit.Today(tx); today.Closed {
			called, _ := visit.AtDesk(tx, d)
			err = errors.Join(err, leaveWithDay(tx, called.ID)) // who did not come does not go over into the next day either
		}
		return err
	})
}

// ConfirmCode is Confirm by the slip of whoever stands there. Refusals: NoSuchDesk, NobodyCalled, AnotherSlip.
func (f *Floor) ConfirmCode(ctx context.Context, d id.Desk, c id.Code) error {
	return f.atDesk(ctx, d, func(tx *ledger.Tx, _ Desk) error {
		if _, err := calledAt(tx, d); err != nil {
			return err
		}
		called, _ := visit.AtDesk(tx, d)
		if called.Code != c {
			return refusal(AnotherSlip, nil)
		}
		return visit.Confirm(tx, d)
	})
}

// atDesk takes a decision of a desk.
func (f *Floor) atDesk(ctx context.Context, d id.Desk, decision func(*ledger.Tx, Desk) error) error {
	desk, ok := f.Catalogue.Desk(d)
	if !ok {
		return refusal(NoSuchDesk, nil)
	}
	return f.Decide(ctx, "desk/"+string(d), func(tx *ledger.Tx) error { return decision(tx, desk) })
}

// calledAt is the stop that a desk is calling for. Refusal: NobodyCalled.
func calledAt(src ledger.Source, d id.Desk) (*visit.Stop, error) {
	v, ok := visit.AtDesk(src, d)
	if !ok || v.State() != visit.StateCalled {
		return nil, refusal(NobodyCalled, nil)
	}
	return v.Stop(), nil
}

// since is the time that has certainly passed. Of a stamp from an earlier boot it is the time since this one began.
func since(now, then clock.Stamp) time.Duration {
	passed := now.Mono
	if now.Boot == then.Boot {
		passed -= min(then.Mono, now.Mono)
	}
	return time.Duration(passed) * time.Millisecond
}
