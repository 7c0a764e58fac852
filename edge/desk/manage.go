package desk

import (
	"context"
	"errors"
	"time"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// SetDesk opens, pauses or closes a desk; a pause or closing needs a reason ("prayer"). Whoever it has in hand is served.
// Refusals: NoSuchDesk, BadReason.
func (f *Floor) SetDesk(ctx context.Context, actor string, d id.Desk, s visit.DeskState, reason string) error {
	if _, ok := f.Catalogue.Desk(d); !ok {
		return refusal(NoSuchDesk, nil)
	}
	if err := (visit.DeskSet{Desk: d, State: s, Reason: reason}).Check(); err != nil {
		return refusal(BadReason, err)
	}
	return f.Decide(ctx, actor, func(tx *ledger.Tx) error { return visit.SetDesk(tx, d, s, reason) })
}

// CloseLine lets a service take nobody new for the rest of the day; who waits is served. Refusals: NoSuchService,
// BadReason.
func (f *Floor) CloseLine(ctx context.Context, actor string, s id.Service, reason string) error {
	if err := visit.CheckWord(reason); err != nil {
		return refusal(BadReason, err)
	}
	return f.setLine(ctx, actor, s, reason)
}

// OpenLine lets a service take people again. Refusals: NoSuchService.
func (f *Floor) OpenLine(ctx context.Context, actor string, s id.Service) error {
	return f.setLine(ctx, actor, s, "")
}

func (f *Floor) setLine(ctx context.Context, actor string, s id.Service, reason string) error {
	if _, ok := f.Catalogue.Service(s); !ok {
		return refusal(NoSuchService, nil)
	}
	return f.Decide(ctx, actor, func(tx *ledger.Tx) error { return visit.SetLine(tx, s, reason) })
}

// OpenDay opens the business day of the present, if it is not open; one that was closed too early is opened again.
func (f *Floor) OpenDay(ctx context.Context, actor string) error {
	return f.Decide(ctx, actor, func(tx *ledger.Tx) error {
		_, err := f.openDay(tx)
		if errors.Is(err, visit.ErrDayClosed) {
			return visit.Reopen(tx)
		}
		return err
	})
}

// CloseDay closes the business day with a reason ("evening"): nobody new is taken, and whoever a desk has in hand is
// served. Of the others those with a paper are carried over to the next day when carry says so: they keep their numbers,
// which the next day's numbering passes over, and their seniority, so they are before all who come then. Everybody else
// has left, and their papers are not printed any more. Refusals: BadReason, DayOver, NoDay.
func (f *Floor) CloseDay(ctx context.Context, actor, reason string, carry bool) error {
	if err := visit.CheckWord(reason); err != nil {
		return refusal(BadReason, err)
	}
	return f.Decide(ctx, actor, func(tx *ledger.Tx) error {
		left, err := visit.Close(tx, reason, carry)
		for _, v := range left {
			err = errors.Join(err, paper.Withdraw(tx, string(v), paper.ReasonDayEnd))
		}
		return err
	})
}

// Announce says something to a room, or to all when room is empty. It names nobody: that is for whoever types it to see
// to. Refusals: BadAnnouncement.
func (f *Floor) Announce(ctx context.Context, actor, text, room string, lasts time.Duration) error {
	e := visit.Announced{Text: text, Room: room, Seconds: uint32(min(max(lasts/time.Second, 0), 1<<31))}
	if err := e.Check(); err != nil {
		return refusal(BadAnnouncement, err)
	}
	return f.Decide(ctx, actor, func(tx *ledger.Tx) error { return visit.Announce(tx, e) })
}

// Silence takes an announcement back, by its Seq.
func (f *Floor) Silence(ctx context.Context, actor string, seq uint64) error {
	return f.Decide(ctx, actor, func(tx *ledger.Tx) error { return visit.Silence(tx, seq) })
}

// SetClass records the class of a visit and the fact that it follows from; who saw it is the actor.
// Refusals: NoSuchVisit, VisitOver, BadClass.
func (f *Floor) SetClass(ctx context.Context, actor string, v id.Visit, class, fact string) error {
	if err := (visit.Classed{Class: class, Fact: fact}).Check(); err != nil {
		return refusal(BadClass, err)
	}
	return f.Decide(ctx, actor, func(tx *ledger.Tx) error {
		if _, err := present(tx, v); err != nil {
			return err
		}
		return visit.Class(tx, v, class, fact)
	})
}

// SetNeeds records what a visit must have at a desk. Refusals: NoSuchVisit, VisitOver, BadNeeds.
func (f *Floor) SetNeeds(ctx context.Context, actor string, v id.Visit, n visit.Needs) error {
	if err := visit.Needed(n).Check(); err != nil {
		return refusal(BadNeeds, err)
	}
	return f.Decide(ctx, actor, func(tx *ledger.Tx) error {
		if _, err := present(tx, v); err != nil {
			return err
		}
		return visit.Need(tx, v, n)
	})
}

// Split lets some of a family go on by themselves, for services of their own, under a number of their own whose slip is
// printed. At the service where the family waits they take its place. The others go on as before.
// Refusals: NoSuchVisit, VisitOver, NoService, NoSuchService, BadFamily, NumbersUsedUp, DayOver.
func (f *Floor) Split(ctx context.Context, actor string, v id.Visit, persons int, services []id.Service) (id.Visit, error) {
	asked, _, err := f.asked(Asking{Actor: actor, Services: services, Lang: f.languages()[0], Persons: persons})
	if err != nil {
		return "", f.Refused(err)
	}
	if persons < 1 {
		return "", refusal(BadFamily, nil)
	}
	job, err := id.NewJob(f.Rand)
	if err != nil {
		return "", f.Refused(err)
	}
	return asked.Visit, f.Decide(ctx, actor, func(tx *ledger.Tx) error {
		whole, err := present(tx, v)
		if err != nil {
			return err
		}
		asked.From, asked.Lang, asked.Class, asked.Fact, asked.Needs = v, whole.Lang, whole.Class, whole.Fact, whole.Needs
		today, err := f.openDay(tx)
		if err != nil {
			return err
		}
		_, err = visit.Divide(tx, today, asked)
		if errors.Is(err, visit.ErrState) {
			return refusal(VisitOver, err)
		}
		if err != nil {
			return err
		}
		return paper.Queue(tx, string(asked.Visit), paper.Queued{Job: job, Form: FormToken})
	})
}

// Entry is a visit from the paper book.
type Entry struct {
	Token    id.Token     // as written
	Services []id.Service // in order
	Lang     string
	Persons  int         // 0 means one
	Came     time.Time   // as written
	Served   []time.Time // when the first of the services ended, as written; none for somebody who waits
	Outcomes []string    // of those
}

// Enter takes a visit over from the paper book, under its number and with its times. Who was served is counted and comes
// into no line; who waits is in line at the place that their time gives them. No slip is printed: they hold a number.
// Refusals: NoService, NoSuchService, NoSuchLanguage, BadFamily, BadEntry, BadOutcome, NumberHeld, DayOver.
func (f *Floor) Enter(ctx context.Context, actor string, e Entry) (id.Visit, error) {
	asked, _, err := f.asked(Asking{Actor: actor, Services: e.Services, Lang: e.Lang, Persons: e.Persons})
	if err != nil {
		return "", f.Refused(err)
	}
	event := visit.Entered{
		Token: e.Token, Code: asked.Code, Stops: asked.Stops, Lang: e.Lang, Persons: asked.Persons,
		Came: e.Came.UnixMilli(), Outcomes: e.Outcomes,
	}
	for _, at := range e.Served {
		event.Served = append(event.Served, at.UnixMilli())
	}
	if err := event.Check(); err != nil {
		return "", refusal(BadEntry, err)
	}
	for i, o := range e.Outcomes {
		if err := f.checkOutcome(asked.Stops[i], o); err != nil {
			return "", err
		}
	}
	return asked.Visit, f.Decide(ctx, actor, func(tx *ledger.Tx) error {
		if now := tx.Now(); now.Grade >= clock.Network && !e.fits(now.Time()) {
			return refusal(BadEntry, nil)
		}
		today, err := f.openDay(tx)
		if err != nil {
			return err
		}
		return visit.Enter(tx, today, asked.Visit, event)
	})
}

// fits says that a visit began not too long ago, and that nothing in it is still to come. Its times rise by then.
func (e Entry) fits(now time.Time) bool {
	last := e.Came
	if len(e.Served) > 0 {
		last = e.Served[len(e.Served)-1]
	}
	return !last.After(now) && now.Sub(e.Came) <= entryAgeMax
}

// entryAgeMax: the paper book is typed in on the same business day.
const entryAgeMax = 24 * time.Hour

// Restarted calls again whom a desk was calling when the box went down: nobody heard whether they came. The box calls it
// once, after its start.
func (f *Floor) Restarted(ctx context.Context) error {
	return f.Decide(ctx, "box", func(tx *ledger.Tx) error {
		for _, d := range f.Catalogue.Desks {
			if v, ok := visit.AtDesk(tx, d.Code); ok && v.State() == visit.StateCalled {
				if err := visit.Recall(tx, d.Code); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
