package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// CallNext calls whoever is next for a desk: the first of its most preferred line that has anybody.
// Refusals: NoSuchDesk, StillServing, StillCalling, NobodyWaiting.
func (f *Floor) CallNext(ctx context.Context, d id.Desk) (*Call, error) {
	var called id.Visit
	err := f.atDesk(ctx, d, func(tx *ledger.Tx, desk Desk) error {
		if err := errors.Join(paused(tx, d), free(tx, d)); err != nil {
			return err
		}
		next, ok := next(tx, desk)
		if !ok {
			return refusal(NobodyWaiting, nil)
		}
		called = next.ID
		return visit.Call(tx, d, next.ID)
	})
	if err != nil {
		return nil, err
	}
	return f.called(ctx, called)
}

// free refuses a desk that has somebody in hand.
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

func next(src ledger.Source, d Desk) (visit.Visit, bool) {
	for _, s := range d.Serves {
		if first := visit.Line(src, s, 1); len(first) > 0 {
			return first[0], true
		}
	}
	return visit.Visit{}, false
}

// called is what a desk is shown of a visit it has just called.
func (f *Floor) called(ctx context.Context, v id.Visit) (c *Call, err error) {
	err = f.look(ctx, func(snap ledger.Snapshot) error {
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
	return &Call{
		Seq: snap.Seq(), Visit: v.ID, Token: v.Token, Lang: v.Lang, Desk: stop.Desk, State: stop.State,
		Stops: f.stops(v), Stop: v.At(), Called: stop.Called.Stamp(), Recalls: stop.Recalls,
	}
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

// NoShow gives up on the person called. Refusals: NoSuchDesk, NobodyCalled, NoShowSoon.
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
		return visit.GiveUp(tx, d)
	})
}

// Finish ends the stop with an outcome ("done", "papers-missing"), with a receipt or without; the next stop, if any, is
// then waiting. Refusals: NoSuchDesk, NobodyServed, BadOutcome.
func (f *Floor) Finish(ctx context.Context, d id.Desk, outcome string, receipt bool) error {
	if err := visit.CheckWord(outcome); err != nil {
		return refusal(BadOutcome, err)
	}
	return f.atDesk(ctx, d, func(tx *ledger.Tx, _ Desk) error {
		v, err := servedAt(tx, d)
		if err != nil {
			return err
		}
		if receipt {
			err = f.queue(tx, receiptSubject(v.ID, v.At()), FormReceipt)
		}
		return errors.Join(err, visit.Finish(tx, d, outcome))
	})
}

// atDesk takes a decision of a desk.
func (f *Floor) atDesk(ctx context.Context, d id.Desk, decision func(*ledger.Tx, Desk) error) error {
	desk, ok := f.Catalogue.desk(d)
	if !ok {
		return refusal(NoSuchDesk, nil)
	}
	return f.decide(ctx, "desk/"+string(d), func(tx *ledger.Tx) error { return decision(tx, desk) })
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
