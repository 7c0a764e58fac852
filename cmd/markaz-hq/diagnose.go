package main

import (
	"context"
	"fmt"

	"markaz.example/edge/id"
	"markaz.example/sync/post"
)

type diagnoseCommand struct {
	Ask  diagnoseAskCommand  `cmd:"" default:"withargs" help:"Ask a centre to let headquarters look into its box. Its people answer on their own screen."`
	Show diagnoseShowCommand `cmd:"" help:"Print the newest answer of a centre."`
}

type diagnoseAskCommand struct {
	node
	Centre id.Centre `arg:"" help:"The centre's code: ISB-01."`
	Who    string    `default:"Headquarters" help:"Who asks, as the people there know it."`
	Why    string    `required:"" help:"What for, in a sentence that the people there understand."`
}

// Run asks.
func (c diagnoseAskCommand) Run(ctx context.Context) error {
	return c.ask(ctx, "POST", "/diagnosis/ask", post.DiagnosisOrder{Centre: c.Centre, Who: c.Who, Why: c.Why}, nil)
}

type diagnoseShowCommand struct {
	node
	Centre id.Centre `arg:"" help:"The centre's code: ISB-01."`
}

// Run prints the newest answer.
func (c diagnoseShowCommand) Run(ctx context.Context) error {
	var got post.DiagnosisShown
	if err := c.ask(ctx, "POST", "/diagnosis/show", post.CentreNamed{Centre: c.Centre}, &got); err != nil {
		return err
	}
	if got.Refused {
		fmt.Printf("Refused at %s, %s.\n", got.Actor, date(got.Wall))
		return nil
	}
	fmt.Printf("Allowed at %s, %s.\n\n%s", got.Actor, date(got.Wall), got.Report)
	return nil
}
