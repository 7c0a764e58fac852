package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"markaz.example/cmd/progress"
	"markaz.example/edge/box"
	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
)

// ledgerFile is the argument of every ledger command.
type ledgerFile struct {
	File string `arg:"" help:"The ledger file, ledger.db in the box's data directory. The box must be stopped."`
}

func (f ledgerFile) inspect(do func(*ledger.Ledger) error) error {
	l, err := ledger.OpenReadOnly(f.File, box.Books())
	if err != nil {
		return err
	}
	return errors.Join(do(l), l.Close())
}

// verifyCmd checks a file, or has the box of a configuration check its ledger beside its work.
type verifyCmd struct {
	File   string `arg:"" optional:"" help:"The ledger file. The box must be stopped."`
	Config string `type:"existingfile" placeholder:"FILE" help:"The box's configuration, in the place of the file; the box may run."`
}

var errVerifyWhat = errors.New("say which: the file of a ledger, or --config and the box's configuration")

func (c verifyCmd) Run(ctx context.Context) error {
	switch {
	case (c.File == "") == (c.Config == ""):
		return errVerifyWhat
	case c.Config != "":
		return c.ask(ctx)
	}
	return ledgerFile{c.File}.inspect(func(l *ledger.Ledger) error {
		bar, head, err := verify(ctx, l)
		if err != nil {
			return err
		}
		kept := head.Seq - l.Base().Seq
		bar.Tell(kept, kept)
		fmt.Printf("%s: %s; head %x\n", l.Incarnation(), bar.Summary("records, every one follows the one before it"), head.Hash[:])
		if pruned := l.Base().Seq; pruned > 0 {
			fmt.Printf("records 1 to %d were pruned; headquarters has them\n", pruned)
		}
		return nil
	})
}

func (c verifyCmd) ask(ctx context.Context) error {
	config, err := box.Load(c.Config)
	if err != nil {
		return err
	}
	v, err := box.Verify(ctx, config)
	if err != nil {
		return err
	}
	fmt.Printf("%s: records %d to %d, every one follows the one before it; %d cannot be read by this version\n",
		v.Incarnation, v.Base+1, v.Head, v.Odd)
	return nil
}

// oddShown is how many odd records are named: they come in crowds or not at all.
const oddShown = 20

func verify(ctx context.Context, l *ledger.Ledger) (*progress.Bar, chain.Position, error) {
	bar := progress.New(os.Stderr, "verifying")
	var odd []ledger.Odd
	head, err := l.VerifyOdd(ctx, bar.Tell, func(o ledger.Odd) {
		if len(odd) < oddShown {
			odd = append(odd, o)
		}
	})
	bar.Done()
	for _, o := range odd {
		fmt.Fprintf(os.Stderr, "record %d cannot be read by this version, and is kept: %v\n", o.Seq, o.Reason)
	}
	if err != nil {
		return bar, head, brokenAdvice(l.Base(), head, err)
	}
	return bar, head, nil
}

func brokenAdvice(base, head chain.Position, err error) error {
	sound := fmt.Sprintf("records %d to %d are sound", base.Seq+1, head.Seq)
	if head.Seq <= base.Seq {
		sound = "no record before it is there"
	}
	return fmt.Errorf("%w\n%s; keep this file as it is and call headquarters: they hold a copy of what was sent", err, sound)
}

type dumpCmd struct {
	ledgerFile
	After uint64 `help:"Begin behind this record." placeholder:"SEQ"`
}

func (c dumpCmd) Run(ctx context.Context) error {
	return c.inspect(func(l *ledger.Ledger) error { return l.Dump(ctx, os.Stdout, c.After) })
}

type statsCmd struct{ ledgerFile }

func (c statsCmd) Run(ctx context.Context) error {
	return c.inspect(func(l *ledger.Ledger) error {
		bar := progress.New(os.Stderr, "counting")
		s, err := l.Stats(ctx, bar.Tell)
		bar.Done()
		if err != nil {
			return err
		}
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", "  ")
		return out.Encode(s)
	})
}

type rebuildCmd struct{ ledgerFile }

// Run verifies first: views made from an edited record would show it as if nothing had happened.
func (c rebuildCmd) Run(ctx context.Context) error {
	sound := func(l *ledger.Ledger) error { _, _, err := verify(ctx, l); return err }
	if err := c.inspect(sound); err != nil {
		return err
	}
	bar := progress.New(os.Stderr, "rebuilding")
	head, err := ledger.RebuildFile(ctx, c.File, box.Books(), bar.Tell)
	bar.Done()
	if err != nil {
		return err
	}
	fmt.Printf("views made anew from %d records\n", head.Seq)
	return nil
}

type sealCmd struct{ ledgerFile }

func (c sealCmd) Run(ctx context.Context) error {
	bar := progress.New(os.Stderr, "sealing")
	blocks, err := ledger.SealFile(ctx, c.File, bar.Tell)
	bar.Done()
	if err != nil {
		return err
	}
	fmt.Printf("%d blocks made\n", blocks)
	return nil
}

type pruneCmd struct {
	ledgerFile
	KeepDays int `required:"" help:"Keep what was recorded in the last N days of the ledger." placeholder:"N"`
}

const day = 24 * time.Hour

// Run counts days back from the newest record, not from this machine's clock, which may be years off.
func (c pruneCmd) Run(ctx context.Context) error {
	if c.KeepDays < 1 {
		return fmt.Errorf("--keep-days %d: at least 1", c.KeepDays)
	}
	bar := progress.New(os.Stderr, "pruning")
	p, err := ledger.PruneFile(ctx, c.File, time.Duration(c.KeepDays)*day, bar.Tell)
	bar.Done()
	if err != nil {
		return err
	}
	fmt.Printf("%d records forgotten, in %d blocks of %d bytes; the oldest kept is %d\n", p.Records, p.Blocks, p.Bytes, p.Base.Seq+1)
	return nil
}
