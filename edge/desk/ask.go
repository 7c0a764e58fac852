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

// languages are those that texts exist in.
var languages = []string{"ur", "en"}

// Ask gives a number to somebody at a kiosk ("kiosk/1") and queues its slip. Services are in the order wanted. The
// first of a business day opens it, and settles what the day before left behind.
// Refusals: NoService, NoSuchService, NoSuchLanguage, NumbersUsedUp.
func (f *Floor) Ask(ctx context.Context, kiosk string, services []id.Service, lang string) (id.Visit, error) {
	asked, err := f.asked(services, lang)
	if err != nil {
		return "", f.refuse(err)
	}
	job, err := id.NewJob(f.Rand)
	if err != nil {
		return "", f.refuse(err)
	}
	return asked.Visit, f.decide(ctx, kiosk, func(tx *ledger.Tx) error {
		today, err := visit.OpenDay(tx)
		if err != nil {
			return err
		}
		if err := paper.Settle(tx, today.Seq, paper.ReasonDayEnd); err != nil {
			return err
		}
		if _, err := visit.Open(tx, today, asked); err != nil {
			return err
		}
		return paper.Queue(tx, string(asked.Visit), paper.Queued{Job: job, Form: FormToken})
	})
}

// asked checks what a visitor chose and draws the names of the visit.
func (f *Floor) asked(services []id.Service, lang string) (visit.Asked, error) {
	var a visit.Asked
	if len(services) == 0 || len(services) > visit.StopsMax {
		return a, refusal(NoService, nil)
	}
	for i, s := range services {
		if _, ok := f.Catalogue.service(s); !ok {
			return a, refusal(NoSuchService, nil)
		}
		if slices.Contains(services[:i], s) {
			return a, refusal(NoService, nil)
		}
	}
	if !slices.Contains(languages, lang) {
		return a, refusal(NoSuchLanguage, nil)
	}
	first, _ := f.Catalogue.service(services[0])
	v, err := id.NewVisit(f.Rand)
	if err != nil {
		return a, err
	}
	c, err := id.NewCode(f.Rand)
	return visit.Asked{Visit: v, Code: c, Letter: first.Letter[0], Stops: slices.Clone(services), Lang: lang}, err
}

// PrintAgain prints a slip that is not in hand: a held one as the first copy, an uncertain one as a marked reprint. One
// that is on its way is left alone, so however many press, one paper comes out.
// Refusals: NoSuchVisit, VisitOver, PrintedAlready.
func (f *Floor) PrintAgain(ctx context.Context, actor string, v id.Visit) error {
	return f.decide(ctx, actor, func(tx *ledger.Tx) error {
		got, err := present(tx, v)
		if err != nil {
			return err
		}
		if got.InHand {
			return refusal(PrintedAlready, nil)
		}
		return printAgain(tx, v)
	})
}

// Reprint prints a slip once more though it is in hand, marked as a reprint, which a second person approves. Otherwise it
// is PrintAgain. Refusals: NoSuchVisit, VisitOver, NeedsSecond.
func (f *Floor) Reprint(ctx context.Context, actor string, v id.Visit) error {
	return f.decide(ctx, actor, func(tx *ledger.Tx) error {
		got, err := present(tx, v)
		if err != nil {
			return err
		}
		if got.InHand {
			err = f.approved(ctx, tx, Wanted{staff.Reprint, string(v)})
		}
		if err != nil {
			return err
		}
		return printAgain(tx, v)
	})
}

func printAgain(tx *ledger.Tx, v id.Visit) error {
	job, ok := paper.For(tx, string(v))
	if !ok {
		return paper.ErrNoJob
	}
	return paper.Ask(tx, job.ID)
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
	if err := visit.CheckWord(reason); err != nil || reason == visit.ReasonDayEnd {
		return refusal(BadReason, err)
	}
	return f.decide(ctx, actor, func(tx *ledger.Tx) error {
		if _, err := present(tx, v); err != nil {
			return err
		}
		return errors.Join(visit.Leave(tx, v, reason), paper.Withdraw(tx, string(v), paper.ReasonLeft))
	})
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
	return visit.Issue(tx, v)
}
