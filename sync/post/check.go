package post

import (
	"context"
	"fmt"

	"markaz.example/edge/id"
	"markaz.example/edge/letter"
	"markaz.example/sync/office"
	"markaz.example/sync/wire"
)

// QuestionShown is an open question as people are told of it.
type QuestionShown struct {
	ID          id.Errand `json:"id"`
	Centre      id.Centre `json:"centre"`
	What        string    `json:"what"`
	Subject     string    `json:"subject"`     // a reference of the centre
	Provisional string    `json:"provisional"` // what the desk goes by meanwhile
	Asked       int64     `json:"asked"`       // milliseconds since 1970 UTC, as the box believed
}

// Questions are those without an answer.
func (d *Desk) Questions(context.Context, struct{}) ([]QuestionShown, error) {
	all, err := office.Questions(d.view())
	out := make([]QuestionShown, 0, len(all))
	for _, q := range all {
		out = append(out, QuestionShown{q.ID, q.Centre, q.What, q.Subject, q.Provisional, q.Wall})
	}
	return out, err
}

// AnswerOrder answers a question.
type AnswerOrder struct {
	ID     id.Errand `json:"id"`
	Result string    `json:"result"`
	Source string    `json:"source"`
	Cached bool      `json:"cached"`
}

// Answer answers a question; the centre finishes it by itself. It reports ErrRefused for one that is not open.
func (d *Desk) Answer(ctx context.Context, o AnswerOrder) (struct{}, error) {
	all, err := office.Questions(d.view())
	if err != nil {
		return struct{}{}, err
	}
	for _, q := range all {
		if q.ID == o.ID {
			return struct{}{}, d.answer(ctx, q, o)
		}
	}
	return struct{}{}, fmt.Errorf("%w: no question %s is open", ErrRefused, o.ID)
}

func (d *Desk) answer(ctx context.Context, q office.Question, o AnswerOrder) error {
	c := letter.CheckAnswered{ID: o.ID, Result: o.Result, Source: o.Source, Wall: d.Now().UnixMilli(), Cached: o.Cached}
	_, err := d.say(ctx, q.Centre, c, func(l wire.Letter) office.Act {
		return office.CheckAnswered{Centre: q.Centre, Answer: c, Number: l.Number, Wall: l.Wall, Signature: l.Signature}
	})
	return err
}
