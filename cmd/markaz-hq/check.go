package main

import (
	"context"

	"markaz.example/edge/id"
	"markaz.example/sync/post"
)

type checkCommand struct {
	List   checkListCommand `cmd:"" help:"Print the questions of centres that nobody answered."`
	Answer answerCommand    `cmd:"" help:"Answer one. The centre finishes it by itself."`
}

type checkListCommand struct {
	node
}

// Run prints open questions.
func (c checkListCommand) Run(ctx context.Context) error {
	var open []post.QuestionShown
	if err := c.ask(ctx, "GET", "/check", struct{}{}, &open); err != nil {
		return err
	}
	return table("ID\tCENTRE\tWHAT\tSUBJECT\tASKED\tMEANWHILE\t", func(row func(...any)) {
		for _, q := range open {
			row(q.ID, q.Centre, q.What, q.Subject, date(q.Asked), q.Provisional)
		}
	})
}

type answerCommand struct {
	node
	ID     id.Errand `arg:"" help:"Of the question, as list prints it."`
	Result string    `required:"" help:"A code: eligible."`
	Source string    `required:"" help:"Who knows it."`
	Cached bool      `help:"It was known before, and not asked anew."`
}

// Run answers.
func (c answerCommand) Run(ctx context.Context) error {
	return c.ask(ctx, "POST", "/check/answer", post.AnswerOrder{ID: c.ID, Result: c.Result, Source: c.Source, Cached: c.Cached}, nil)
}
