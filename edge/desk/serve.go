package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/staff"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Finish ends the stop with an outcome of the service ("done", "papers-missing"), with a receipt or without; the next
// stop, if any, is then waiting. Refusals: NoSuchDesk, NobodyServed, BadOutcome.
func (f *Floor) Finish(ctx context.Context, d id.Desk, outcome string, receipt bool) error {
	return f.atDesk(ctx, d, func(tx *ledger.Tx, _ Desk) error {
		_, err := f.finish(tx, d, outcome, receipt)
		return err
	})
}

// FinishNext is Finish and CallNext in one press. When nobody waits, the stop is finished all the same and the call is
// nil. Refusals: NoSuchDesk, NobodyServed, BadOutcome.
func (f *Floor) FinishNext(ctx context.Context, d id.Desk, outcome string, receipt bool) (*Call, error) {
	var called id.Visit
	err := f.atDesk(ctx, d, func(tx *ledger.Tx, desk Desk) error {
		done, err := f.finish(tx, d, outcome, receipt)
		if err != nil {
			return err
		}
		called, err = f.callNext(tx, desk, &done)
		for _, none := range []string{NobodyWaiting, DeskNotOpen, DayOver} {
			if errors.Is(err, &Refusal{Code: none}) {
				called, err = "", nil
			}
		}
		return err
	})
	if err != nil || called == "" {
		return nil, err
	}
	return f.called(ctx, called)
}

// finish ends the stop at a desk with an outcome, and gives the visit as it will be.
func (f *Floor) finish(tx *ledger.Tx, d id.Desk, outcome string, receipt bool) (visit.Visit, error) {
	v, err := servedAt(tx, d)
	if err != nil {
		return v, err
	}
	if err := f.checkOutcome(v.Stop().Service, outcome); err != nil {
		return v, err
	}
	if receipt {
		err = f.QueuePaper(tx, receiptSubject(v.ID, v.At()), FormReceipt)
	}
	after, e := f.end(tx, d, &v, visit.StateDone, outcome)
	return after, errors.Join(err, e)
}

func (f *Floor) checkOutcome(s id.Service, outcome string) error {
	if service, _ := f.Catalogue.Service(s); !slices.Contains(service.outcomes(), outcome) {
		return refusal(BadOutcome, visit.CheckWord(outcome))
	}
	return nil
}

// end ends the stop at a desk. What the journey adds comes next; when the day is closed and nothing is carried over, what
// is left has ended too.
func (f *Floor) end(tx *ledger.Tx, d id.Desk, v *visit.Visit, s visit.State, outcome string) (visit.Visit, error) {
	added, err := f.fitting(tx, v, f.follows(v, outcome))
	if err != nil {
		return *v, err
	}
	after, err := visit.End(tx, d, visit.Ending{State: s, Outcome: outcome, Added: added, Next: f.chooser(tx, v)})
	if err != nil || after.Over() {
		return after, err
	}
	if today, _ := visit.Today(tx); !today.Keeps(&after) {
		return after, leaveWithDay(tx, v.ID)
	}
	return after, f.promise(tx, &after, after.At(), after.Stop().Seniority)
}

// leaveWithDay ends a visit because the day is closed.
func leaveWithDay(tx *ledger.Tx, v id.Visit) error {
	return errors.Join(visit.Leave(tx, v, visit.ReasonDayClosed), paper.Withdraw(tx, string(v), paper.ReasonDayEnd))
}

// goesOn refuses what would leave whoever is served waiting when nobody is called any more. They can be served to the end.
// Refusal: NobodyLater.
func goesOn(tx *ledger.Tx, v *visit.Visit) error {
	if today, _ := visit.Today(tx); !today.Keeps(v) {
		return refusal(NobodyLater, nil)
	}
	return nil
}

// Fail ends the stop because it cannot be done here ("system-down"); the visit goes on with its next.
// Refusals: NoSuchDesk, NobodyServed, BadReason.
func (f *Floor) Fail(ctx context.Context, d id.Desk, reason string) error {
	return f.served(ctx, d, reason, func(tx *ledger.Tx, v *visit.Visit) error {
		_, err := f.end(tx, d, v, visit.StateFailed, reason)
		return err
	})
}

// Hold lets whoever is served fetch something ("nadra"): they keep their seniority, and the desk is free.
// Refusals: NoSuchDesk, NobodyServed, BadReason, NobodyLater.
func (f *Floor) Hold(ctx context.Context, d id.Desk, reason string) error {
	return f.served(ctx, d, reason, func(tx *ledger.Tx, v *visit.Visit) error {
		if err := goesOn(tx, v); err != nil {
			return err
		}
		return visit.Hold(tx, d, reason)
	})
}

// Park puts whoever is served aside because the desk waits for an answer ("awaiting-answer"). They belong to this desk, or
// to all of the service. Refusals: NoSuchDesk, NobodyServed, BadReason, NobodyLater.
func (f *Floor) Park(ctx context.Context, d id.Desk, reason string, pool bool) error {
	return f.served(ctx, d, reason, func(tx *ledger.Tx, v *visit.Visit) error {
		if err := goesOn(tx, v); err != nil {
			return err
		}
		return visit.Park(tx, d, reason, pool)
	})
}

// served takes a decision about whoever a desk serves, with a reason. Refusals: NoSuchDesk, BadReason, NobodyServed.
func (f *Floor) served(ctx context.Context, d id.Desk, reason string, decision func(*ledger.Tx, *visit.Visit) error) error {
	if err := visit.CheckWord(reason); err != nil {
		return refusal(BadReason, err)
	}
	return f.atDesk(ctx, d, func(tx *ledger.Tx, _ Desk) error {
		v, err := servedAt(tx, d)
		if err != nil {
			return err
		}
		return decision(tx, &v)
	})
}

// Back says that somebody on hold is here again: they are in line where they were.
// Refusals: NoSuchVisit, VisitOver, NotAside.
func (f *Floor) Back(ctx context.Context, actor string, v id.Visit) error {
	return f.aside(ctx, actor, v, func(tx *ledger.Tx) error { return visit.Resume(tx, v, visit.StateHold) })
}

// Unpark says that the answer for somebody parked is there: they are in line where they were, for the desk that parked
// them or for all. A desk that wants them at once calls them: CallThis. Refusals: NoSuchVisit, VisitOver, NotAside.
func (f *Floor) Unpark(ctx context.Context, actor string, v id.Visit) error {
	return f.aside(ctx, actor, v, func(tx *ledger.Tx) error { return visit.Resume(tx, v, visit.StateParked) })
}

// Return says that somebody who did not come when called is here after all: they are in line behind the next few, the
// second time behind all. Refusals: NoSuchVisit, VisitOver, NotAside.
func (f *Floor) Return(ctx context.Context, actor string, v id.Visit) error {
	return f.aside(ctx, actor, v, func(tx *ledger.Tx) error { return visit.Return(tx, v, f.patience().ReturnAfter) })
}

func (f *Floor) aside(ctx context.Context, actor string, v id.Visit, decision func(*ledger.Tx) error) error {
	return f.Decide(ctx, actor, func(tx *ledger.Tx) error {
		if _, err := present(tx, v); err != nil {
			return err
		}
		err := decision(tx)
		if errors.Is(err, visit.ErrState) {
			return refusal(NotAside, err)
		}
		return err
	})
}

// Handing says where a transfer goes. A desk or a person may be empty.
type Handing struct {
	Service id.Service
	Desk    id.Desk // the one that may call; it has to do the service
	Staff   string  // code of the one person who may call
	Note    string  // a code for whoever calls; empty for none
}

// Transfer hands whoever is served on. The place in the new line is as the catalogue says for the pair of services.
// Refusals: NoSuchDesk, NobodyServed, NoSuchService, NotItsService, BadReason, TooManyStops, NobodyLater.
func (f *Floor) Transfer(ctx context.Context, d id.Desk, to Handing) error {
	if err := f.checkHanding(to); err != nil {
		return err
	}
	return f.atDesk(ctx, d, func(tx *ledger.Tx, _ Desk) error {
		v, err := servedAt(tx, d)
		if err != nil {
			return err
		}
		if err := goesOn(tx, &v); err != nil {
			return err
		}
		return visit.Transfer(tx, visit.Transferred{
			Desk: d, Service: to.Service, To: to.Desk, Staff: to.Staff, Note: to.Note,
			Rule: f.Catalogue.seniority(v.Stop().Service, to.Service),
		})
	})
}

func (f *Floor) checkHanding(to Handing) error {
	if _, ok := f.Catalogue.Service(to.Service); !ok {
		return refusal(NoSuchService, nil)
	}
	if to.Desk != "" {
		d, ok := f.Catalogue.Desk(to.Desk)
		if !ok {
			return refusal(NoSuchDesk, nil)
		}
		if !slices.Contains(d.Serves, to.Service) {
			return refusal(NotItsService, nil)
		}
	}
	if to.Note != "" && visit.CheckWord(to.Note) != nil || visit.CheckStaff(to.Staff) != nil {
		return refusal(BadReason, nil)
	}
	return nil
}

// AddStop adds a service to whoever a desk serves ("also needs tahafuz"): the next one, or the last.
// Refusals: NoSuchDesk, NobodyServed, NoSuchService, ComesAnyway, TooManyStops.
func (f *Floor) AddStop(ctx context.Context, d id.Desk, s id.Service, next bool) error {
	if _, ok := f.Catalogue.Service(s); !ok {
		return refusal(NoSuchService, nil)
	}
	return f.atDesk(ctx, d, func(tx *ledger.Tx, _ Desk) error {
		v, err := servedAt(tx, d)
		if err != nil {
			return err
		}
		return visit.AddStop(tx, v.ID, visit.StopAdded{Desk: d, Service: s, Next: next})
	})
}

// AddStopTo adds a service to a visit wherever it stands, as its last.
// Refusals: NoSuchService, NoSuchVisit, VisitOver, ComesAnyway, TooManyStops.
func (f *Floor) AddStopTo(ctx context.Context, actor string, v id.Visit, s id.Service) error {
	if _, ok := f.Catalogue.Service(s); !ok {
		return refusal(NoSuchService, nil)
	}
	return f.Decide(ctx, actor, func(tx *ledger.Tx) error {
		if _, err := present(tx, v); err != nil {
			return err
		}
		return visit.AddStop(tx, v, visit.StopAdded{Service: s})
	})
}

// CancelStop takes one stop out of a visit, by its index in the ledger: one to come, or the present one while no desk has
// the visit in hand. Refusals: NoSuchVisit, VisitOver, BadReason, NotPlanned.
func (f *Floor) CancelStop(ctx context.Context, actor string, v id.Visit, index int, reason string) error {
	if err := visit.CheckWord(reason); err != nil {
		return refusal(BadReason, err)
	}
	return f.Decide(ctx, actor, func(tx *ledger.Tx) error {
		if _, err := present(tx, v); err != nil {
			return err
		}
		err := visit.CancelStop(tx, v, index, reason)
		if errors.Is(err, visit.ErrState) {
			return refusal(NotPlanned, err)
		}
		return err
	})
}

// Undo takes back the last press at a desk, all of it: a call, a confirmation, an outcome with the call that followed.
// After Patience.UndoWithin a second person has to approve, and after Patience.UndoLate it is too late; a centre without a
// staff has nobody to ask. Refusals: NoSuchDesk, NothingToUndo, NeedsSecond, NotSecond.
func (f *Floor) Undo(ctx context.Context, d id.Desk) error {
	return f.atDesk(ctx, d, func(tx *ledger.Tx, _ Desk) error {
		if _, age, ok := lastPress(tx, d, decided(tx)); !ok || age > f.patience().UndoWithin {
			if err := f.undoLate(ctx, tx, d); err != nil {
				return err
			}
		}
		return undo(tx, d)
	})
}

// undo takes a press back. Whoever is in line again after the day was closed is not called any more, and has left.
func undo(tx *ledger.Tx, d id.Desk) error {
	p, _ := visit.LastPress(tx, d)
	today, _ := visit.Today(tx)
	err := visit.Undo(tx, d)
	for _, v := range p.Aside() {
		if !today.Keeps(&v) {
			err = errors.Join(err, leaveWithDay(tx, v.ID))
		}
	}
	return err
}

// undoLate lets a press that is more than a moment old be taken back by two people.
func (f *Floor) undoLate(ctx context.Context, tx *ledger.Tx, d id.Desk) error {
	p, age, ok := lastPress(tx, d, decided(tx))
	if !ok || age > f.patience().UndoLate || !staff.Known(tx) {
		return refusal(NothingToUndo, nil)
	}
	return f.Approved(ctx, tx, Wanted{Act: staff.LateUndo, About: string(p.Visits[0])})
}

// lastPress is the last press at a desk that can be taken back, and how old it is. A restart ends that: nobody knows how
// long it took.
func lastPress(src ledger.Source, d id.Desk, at moment) (p visit.Press, age time.Duration, ok bool) {
	p, ok = visit.LastPress(src, d)
	return p, since(at.clock, p.At), ok && p.At.Boot == at.clock.Boot
}
