package desk

import (
	"context"
	"errors"
	"slices"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/staff"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Asking is what somebody wants who comes. A field without a comment may be empty.
type Asking struct {
	Actor       string       // where they ask: "kiosk/1", or who recorded the class at the door
	Services    []id.Service // in the order wanted; empty for a journey's own
	Lang        string       // one that texts exist in
	Journey     string       // code of a template of the catalogue
	Persons     int          // who walk together; 0 means one
	Class       string       // with Fact: a code that says why, as the actor saw it
	Fact        string
	Appointment int64 // booked time, wall milliseconds
	Needs       visit.Needs
}

// Ask gives a number to somebody at a kiosk and queues its slip. The first of a business day opens it, and settles what
// the day before left behind. Where the order is free it begins with the shortest wait.
// Refusals: NoService, NoSuchService, NoSuchLanguage, NoSuchJourney, BadClass, BadNeeds, BadFamily, NumbersUsedUp,
// DayOver, LineClosed.
func (f *Floor) Ask(ctx context.Context, a Asking) (id.Visit, error) {
	asked, free, err := f.asked(a)
	if err != nil {
		return "", f.Refused(err)
	}
	job, err := id.NewJob(f.Rand)
	if err != nil {
		return "", f.Refused(err)
	}
	return asked.Visit, f.Decide(ctx, a.Actor, func(tx *ledger.Tx) error {
		today, err := f.openDay(tx)
		if err != nil {
			return err
		}
		if _, open := visit.BookSince(tx); open && !today.New() {
			return refusal(BookIsOpen, nil)
		}
		if !today.New() {
			if err := linesOpen(tx, asked.Stops); err != nil {
				return err
			}
		}
		return f.receive(tx, today, asked, free, job)
	})
}

// receive opens a visit and queues its slip.
func (f *Floor) receive(tx *ledger.Tx, today visit.Day, asked visit.Asked, free bool, job id.Job) error {
	if free {
		f.shortestFirst(tx, today, &asked)
	}
	if _, err := visit.Open(tx, today, asked); err != nil {
		return err
	}
	return paper.Queue(tx, string(asked.Visit), paper.Queued{Job: job, Form: FormToken})
}

// openDay makes sure that the business day is open, and settles what an earlier one left behind. Refusal: DayOver.
func (f *Floor) openDay(tx *ledger.Tx) (visit.Day, error) {
	today, err := visit.OpenDay(tx)
	if err != nil {
		return today, err
	}
	return today, paper.Settle(tx, today.Seq, paper.ReasonDayEnd)
}

// linesOpen refuses when one of the services takes nobody new. Refusal: LineClosed.
func linesOpen(src ledger.Source, services []id.Service) error {
	for _, s := range services {
		if _, closed := visit.LineClosed(src, s); closed {
			return refusal(LineClosed, nil)
		}
	}
	return nil
}

// asked checks what a visitor chose and draws the names of the visit; free says that its order is free.
func (f *Floor) asked(a Asking) (asked visit.Asked, free bool, err error) {
	services := a.Services
	if a.Journey != "" {
		j, ok := f.Catalogue.journey(a.Journey)
		if !ok {
			return asked, false, refusal(NoSuchJourney, nil)
		}
		free = j.Free
		if len(services) == 0 {
			services = j.Stops
		}
	}
	if err := errors.Join(f.checkAsked(services, a), checkPersons(a.Persons)); err != nil {
		return asked, false, err
	}
	first, _ := f.Catalogue.Service(services[0])
	v, err := id.NewVisit(f.Rand)
	if err != nil {
		return asked, false, err
	}
	c, err := id.NewCode(f.Rand)
	return visit.Asked{
		Visit: v, Code: c, Letter: first.Letter[0], Stops: slices.Clone(services), Lang: a.Lang,
		Persons: uint8(max(a.Persons, 1)), Journey: a.Journey, Class: a.Class, Fact: a.Fact,
		Appointment: a.Appointment, Needs: a.Needs,
	}, free, err
}

func (f *Floor) checkAsked(services []id.Service, a Asking) error {
	if err := f.checkServices(services); err != nil {
		return err
	}
	if !slices.Contains(f.languages(), a.Lang) {
		return refusal(NoSuchLanguage, nil)
	}
	if a.Class != "" || a.Fact != "" {
		if err := (visit.Classed{Class: a.Class, Fact: a.Fact}).Check(); err != nil {
			return refusal(BadClass, err)
		}
	}
	if err := visit.Needed(a.Needs).Check(); err != nil {
		return refusal(BadNeeds, err)
	}
	return nil
}

// languages are what visitors can choose.
func (f *Floor) languages() []string {
	if len(f.Languages) == 0 {
		return []string{"ur", "en"}
	}
	return f.Languages
}

func (f *Floor) checkServices(services []id.Service) error {
	if len(services) == 0 || len(services) > visit.AskedMax {
		return refusal(NoService, nil)
	}
	for i, s := range services {
		if _, ok := f.Catalogue.Service(s); !ok {
			return refusal(NoSuchService, nil)
		}
		if slices.Contains(services[:i], s) {
			return refusal(NoService, nil)
		}
	}
	return nil
}

// personsMax bounds a family that walks as one.
const personsMax = 20

func checkPersons(n int) error {
	if n < 0 || n > personsMax {
		return refusal(BadFamily, nil)
	}
	return nil
}

// PrintAgain prints a slip that is not in hand: a held one as the first copy, an uncertain one as a marked reprint. One
// that is on its way is left alone, so however many press, one paper comes out.
// Refusals: NoSuchVisit, VisitOver, PrintedAlready.
func (f *Floor) PrintAgain(ctx context.Context, actor string, v id.Visit) error {
	return f.Decide(ctx, actor, func(tx *ledger.Tx) error {
		got, err := present(tx, v)
		if err != nil {
			return err
		}
		if got.InHand {
			return refusal(PrintedAlready, nil)
		}
		return f.QueuePaper(tx, string(v), FormToken)
	})
}

// Reprint prints a slip once more though it is in hand, marked as a reprint, which a second person approves. Otherwise it
// is PrintAgain. Refusals: NoSuchVisit, VisitOver, NeedsSecond.
func (f *Floor) Reprint(ctx context.Context, actor string, v id.Visit) error {
	return f.Decide(ctx, actor, func(tx *ledger.Tx) error {
		got, err := present(tx, v)
		if err != nil {
			return err
		}
		if got.InHand {
			err = f.Approved(ctx, tx, Wanted{staff.Reprint, string(v)})
		}
		if err != nil {
			return err
		}
		return f.QueuePaper(tx, string(v), FormToken)
	})
}

// Renew replaces a lost slip: a new one is printed, and the code of the old one leads nowhere.
// Refusals: NoSuchVisit, VisitOver.
func (f *Floor) Renew(ctx context.Context, actor string, v id.Visit) error {
	c, err := id.NewCode(f.Rand)
	if err != nil {
		return f.Refused(err)
	}
	return f.Decide(ctx, actor, func(tx *ledger.Tx) error {
		if _, err := present(tx, v); err != nil {
			return err
		}
		return errors.Join(visit.Renew(tx, v, c), f.QueuePaper(tx, string(v), FormToken))
	})
}

// present is a visit that is not over. Refusals: NoSuchVisit, VisitOver.
func present(src ledger.Source, v id.Visit) (visit.Visit, error) {
	got, ok := visit.Get(src, v)
	if !ok {
		return got, refusal(NoSuchVisit, nil)
	}
	if got.Over() {
		return got, refusal(VisitOver, nil)
	}
	return got, nil
}

// Leave ends a visit wherever it stands, with a reason ("went-home"). A slip that is not being printed at this moment
// is withdrawn. Refusals: NoSuchVisit, VisitOver, BadReason.
func (f *Floor) Leave(ctx context.Context, actor string, v id.Visit, reason string) error {
	if err := visit.CheckWord(reason); err != nil || reason == visit.ReasonDayEnd || reason == visit.ReasonDayClosed {
		return refusal(BadReason, err)
	}
	return f.Decide(ctx, actor, func(tx *ledger.Tx) error {
		if _, err := present(tx, v); err != nil {
			return err
		}
		return errors.Join(visit.Leave(tx, v, reason), paper.Withdraw(tx, string(v), paper.ReasonLeft))
	})
}

// Cancel ends a visit as its owner wishes, from the phone page or at the door, while no desk has it in hand.
// Refusals: NoSuchVisit, VisitOver, BadReason, AtDesk.
func (f *Floor) Cancel(ctx context.Context, actor string, v id.Visit, reason string) error {
	if err := visit.CheckWord(reason); err != nil {
		return refusal(BadReason, err)
	}
	return f.Decide(ctx, actor, func(tx *ledger.Tx) error {
		if _, err := away(tx, v); err != nil {
			return err
		}
		return errors.Join(visit.Cancel(tx, v, reason), paper.Withdraw(tx, string(v), paper.ReasonLeft))
	})
}

// away is a visit that is not over and that no desk has in hand. Refusals: NoSuchVisit, VisitOver, AtDesk.
func away(src ledger.Source, v id.Visit) (visit.Visit, error) {
	got, err := present(src, v)
	if err == nil && (got.State() == visit.StateCalled || got.State() == visit.StateServing) {
		err = refusal(AtDesk, nil)
	}
	return got, err
}

// TicketPrinted puts a visit in line once its paper is confirmed. The spool calls it in the decision that records the
// confirmation; of a reprint, or when the person has left meanwhile, it records nothing.
func (f *Floor) TicketPrinted(tx *ledger.Tx, job paper.Job) error {
	if job.Form != FormToken {
		return nil
	}
	v := id.Visit(job.Subject)
	got, ok := visit.Get(tx, v)
	if !ok || !got.NotInHand() {
		return nil
	}
	return errors.Join(visit.Issue(tx, v), f.promise(tx, &got, got.At(), visit.Now(tx)))
}
