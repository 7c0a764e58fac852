package desk

import (
	"context"

	"markaz.example/edge/book/check"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/letter"
)

// goOn is what a desk goes by until there is an answer: nobody waits for headquarters.
const goOn = "go-on"

// AskCheck asks headquarters something about a visit. The answer comes when it comes; what it gives at once is
// provisional, and says when it was given.
func (f *Floor) AskCheck(ctx context.Context, actor, what string, v id.Visit) (check.Question, error) {
	if letter.CheckWhat(what) != nil || v.Check() != nil {
		return check.Question{}, refusal(BadQuestion, nil)
	}
	name, err := id.NewErrand(f.Rand)
	if err != nil {
		return check.Question{}, f.Refused(err)
	}
	var q check.Question
	err = f.Decide(ctx, actor, func(tx *ledger.Tx) error {
		now := tx.Now()
		q = check.Question{ID: name, What: what, Subject: string(v), Provisional: goOn, Wall: now.Wall, Grade: now.Grade}
		return check.Ask(tx, q.Subject, check.Asked{ID: name, What: what, Provisional: goOn})
	})
	return q, err
}

// Checks are the questions: those without an answer, oldest first, and the newest of the others.
type Checks struct {
	Open     []check.Question
	Answered []check.Question
}

// Checks are the questions to headquarters.
func (f *Floor) Checks(ctx context.Context) (c Checks, err error) {
	err = f.Look(ctx, func(s ledger.Snapshot) error {
		c = Checks{check.Open(s), check.Answered(s)}
		return nil
	})
	return c, err
}
