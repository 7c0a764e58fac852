package desk

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"markaz.example/edge/book/identity"
	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/staff"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// The forms of papers. A job's subject says what it is about: a visit for its token, else one of the subjects below.
const (
	FormToken    = "token"
	FormReceipt  = "receipt"  // what was done at one stop: "receipt/VISIT/0"
	FormReferral = "referral" // a filed case with its reference: "referral/CASE"
)

func receiptSubject(v id.Visit, stop int) string {
	return fmt.Sprintf("%s/%s/%d", FormReceipt, v, stop)
}
func referralSubject(c id.Case) string { return FormReferral + "/" + string(c) }

// Receipt is what was done for somebody at one stop.
type Receipt struct {
	Token   id.Token
	Service Service
	Desk    id.Desk
	Outcome string // as given to Finish
	At      clock.Stamp
	Case    id.Case // that was filed there; empty for none
	Reprint bool
}

// Referral is a filed case as its owner takes it away.
type Referral struct {
	Case    id.Case
	Token   id.Token
	Service Service
	Reason  string // a code
	Day     string // business day
	Reprint bool
}

// Receipt is what a job of FormReceipt prints. Refusals: NoSuchVisit.
func (f *Floor) Receipt(ctx context.Context, job paper.Job) (r Receipt, err error) {
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		v, at, ok := visitAt(snap, strings.TrimPrefix(job.Subject, FormReceipt+"/"))
		if !ok {
			return refusal(NoSuchVisit, nil)
		}
		stop := v.Stops[at]
		service, _ := f.Catalogue.Service(stop.Service)
		r = Receipt{
			Token: v.Token, Service: service, Desk: stop.Desk, Outcome: stop.Outcome, At: stop.Ended.Stamp(),
			Case: identity.Of(snap, v.ID, uint8(at)).Case, Reprint: job.Reprint,
		}
		return nil
	})
	return r, err
}

// visitAt finds the visit and stop that "VISIT/0" names.
func visitAt(src ledger.Source, name string) (v visit.Visit, stop int, ok bool) {
	own, digits, _ := strings.Cut(name, "/")
	if v, ok = visit.Get(src, id.Visit(own)); !ok {
		return v, 0, false
	}
	stop, err := strconv.Atoi(digits)
	return v, stop, err == nil && 0 <= stop && stop < len(v.Stops)
}

// Referral is what a job of FormReferral prints. Refusals: NoSuchVisit.
func (f *Floor) Referral(ctx context.Context, job paper.Job) (r Referral, err error) {
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		check, ok := identity.ByCase(snap, id.Case(strings.TrimPrefix(job.Subject, FormReferral+"/")))
		if !ok {
			return refusal(NoSuchVisit, nil)
		}
		v, ok := visit.Get(snap, check.Visit)
		if !ok || int(check.Stop) >= len(v.Stops) {
			return refusal(NoSuchVisit, nil)
		}
		service, _ := f.Catalogue.Service(v.Stops[check.Stop].Service)
		r = Referral{
			Case: check.Case, Token: v.Token, Service: service, Reason: check.Reason, Day: v.Day, Reprint: job.Reprint,
		}
		return nil
	})
	return r, err
}

// Paper is a paper other than a token that did not come out, or may not have.
type Paper struct {
	Job    id.Job
	Form   string
	Token  id.Token // whose it is
	State  SlipState
	Reason string // why: "paper-out"
}

// Papers is the oldest papers that wait to be asked for, tokens left out, limit at most.
func (f *Floor) Papers(ctx context.Context, limit int) (out []Paper, err error) {
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		for _, j := range paper.Held(snap, limit) {
			if j.Form == FormToken {
				continue
			}
			p := Paper{Job: j.ID, Form: j.Form, Token: owner(snap, j), State: SlipHeld, Reason: j.Reason}
			if j.State == paper.StateUncertain {
				p.State = SlipUncertain
			}
			out = append(out, p)
		}
		return nil
	})
	return out, err
}

// owner is the token of whom a paper is for; empty for a subject this version does not know.
func owner(src ledger.Source, j paper.Job) id.Token {
	form, rest, _ := strings.Cut(j.Subject, "/")
	name, _, _ := strings.Cut(rest, "/")
	if form == FormReferral {
		check, _ := identity.ByCase(src, id.Case(name))
		name = string(check.Visit)
	}
	v, _ := visit.Get(src, id.Visit(name))
	return v.Token
}

// PrintPaper prints a paper that Papers lists, or one that is in hand once more; marked as a reprint when an earlier copy
// may be out. One that is in hand wants a second person. Refusals: NoSuchVisit, VisitOver, NeedsSecond.
func (f *Floor) PrintPaper(ctx context.Context, actor string, job id.Job) error {
	return f.Decide(ctx, actor, func(tx *ledger.Tx) error {
		j, ok := paper.Get(tx, job)
		switch {
		case !ok:
			return refusal(NoSuchVisit, nil)
		case j.State == paper.StateWithdrawn:
			return refusal(VisitOver, nil)
		case j.State == paper.StatePrinted:
			if err := f.Approved(ctx, tx, Wanted{staff.Reprint, j.Subject}); err != nil {
				return err
			}
		}
		return paper.Ask(tx, job)
	})
}

// QueuePaper asks for a paper; one that there is already is printed again, and says so.
func (f *Floor) QueuePaper(tx *ledger.Tx, subject, form string) error {
	if j, ok := paper.For(tx, subject); ok {
		return paper.Ask(tx, j.ID)
	}
	job, err := id.NewJob(f.Rand)
	if err != nil {
		return err
	}
	return paper.Queue(tx, subject, paper.Queued{Job: job, Form: form})
}
