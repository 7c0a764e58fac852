package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"markaz.example/edge/id"
	"markaz.example/sync/archive"
	"markaz.example/sync/hq"
)

type forkCommand struct {
	List   forkListCommand   `cmd:"" help:"Print the branches that contradict a centre's chain, and the first record that differs."`
	Show   forkShowCommand   `cmd:"" help:"Print that record of both histories, and how the fork was settled."`
	Settle forkSettleCommand `cmd:"" help:"Say which history is the centre's. The other is kept beside it; the box that lives on it must be made anew."`
}

type forkListCommand struct {
	Centre id.Centre `arg:"" optional:"" help:"Only of this centre: ISB-01."`
	onNode
}

// Run prints branches, one a line.
func (c forkListCommand) Run(ctx context.Context) error {
	var forks []archive.Branching
	if err := c.call(ctx, "POST", "/fork/list", hq.ForkQuery{Centre: c.Centre}, &forks); err != nil {
		return err
	}
	return printForks(os.Stdout, forks)
}

func printForks(w io.Writer, forks []archive.Branching) error {
	if len(forks) == 0 {
		_, err := fmt.Fprintln(w, "No history contradicts another.")
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "CHAIN\tBRANCH\tFIRST DIFFERENT\tRECORDS\tBYTES\tSETTLED")
	for _, f := range forks {
		settled := "no"
		if s := f.Settled; s != nil {
			settled = fmt.Sprintf("%s, %s", s.At.Format(time.DateOnly), s.Who)
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%s\n", f.Chain, f.Branch, f.After+1, f.Records, f.Bytes, settled)
	}
	return t.Flush()
}

type forkShowCommand struct {
	Centre id.Centre `arg:"" help:"The centre's code: ISB-01."`
	Branch string    `arg:"" help:"The branch, or how its name begins."`
	onNode
}

// Run prints what is known of a fork.
func (c forkShowCommand) Run(ctx context.Context) error {
	var forks []archive.Branching
	if err := c.call(ctx, "POST", "/fork/list", hq.ForkQuery{Centre: c.Centre, Branch: c.Branch}, &forks); err != nil {
		return err
	}
	for _, f := range forks {
		printFork(os.Stdout, f)
	}
	if len(forks) == 0 {
		return fmt.Errorf("%s has no branch %q; markaz-hq fork list shows what there is", c.Centre, c.Branch)
	}
	return nil
}

func printFork(w io.Writer, f archive.Branching) {
	fmt.Fprintf(w, "Branch %s of %s\n", f.Branch, f.Chain)
	if f.Of != "" {
		fmt.Fprintf(w, "  leaves branch %s\n", f.Of)
	}
	fmt.Fprintf(w, "  both histories have the records up to %d; the branch has %d more, up to %d\n", f.After, f.Records, f.End)
	fmt.Fprintf(w, "  record %d here:   %s\n", f.After+1, recordLine(f.Ours))
	fmt.Fprintf(w, "  record %d there:  %s\n", f.After+1, recordLine(f.Theirs))
	if s := f.Settled; s != nil {
		fmt.Fprintf(w, "  settled by %s on %s, keeping the %s: %s\n", s.Who, s.At.Format(time.DateTime), s.Keep, s.Why)
	}
}

func recordLine(s *archive.Summary) string {
	switch {
	case s == nil:
		return "none: this history ends before"
	case s.Odd != "":
		return fmt.Sprintf("%.16s, not readable: %s", s.Hash, s.Odd)
	}
	return fmt.Sprintf("%.16s %s by %s %s at %s (clock: %s)", s.Hash, s.Kind, s.Actor, s.Subject, s.Wall.Format(time.DateTime), s.Grade)
}

type forkSettleCommand struct {
	Centre id.Centre `arg:"" help:"The centre's code: ISB-01."`
	Branch string    `arg:"" help:"The branch, or how its name begins."`
	Keep   string    `required:"" enum:"held,branch" help:"held: the chain stays as it is. branch: the branch becomes the chain."`
	Who    string    `required:"" help:"Who decides."`
	Why    string    `required:"" help:"What was found, for whoever asks later."`
	onNode
}

// Run settles a fork.
func (c forkSettleCommand) Run(ctx context.Context) error {
	word := hq.ForkWord{ForkQuery: hq.ForkQuery{Centre: c.Centre, Branch: c.Branch}, Keep: c.Keep, Who: c.Who, Why: c.Why}
	var done hq.ForkDone
	if err := c.call(ctx, "POST", "/fork/settle", word, &done); err != nil {
		return err
	}
	if c.Keep == "held" {
		fmt.Printf("The chain %s stays. Branch %s is kept beside it.\nThe box that lives on the branch must be made anew.\n", done.Chain, done.Branch)
		return nil
	}
	fmt.Printf("Branch %s is the chain %s now.", done.Branch, done.Chain)
	if done.Beside != "" {
		fmt.Printf(" What it replaced is kept as branch %s.", done.Beside)
	}
	fmt.Println("\nThe box that lives on the other history must be made anew.")
	return nil
}

type archiveForksCommand struct {
	File string `arg:"" type:"existingfile" help:"archive.db"`
}

// Run prints the branches in an archive file.
func (c archiveForksCommand) Run() error {
	return withArchive(c.File, func(a *archive.Archive) error {
		forks, err := hq.Forks(a, hq.ForkQuery{})
		if err != nil {
			return err
		}
		if err := printForks(os.Stdout, forks); err != nil {
			return err
		}
		for _, f := range forks {
			printFork(os.Stdout, f)
		}
		return nil
	})
}
