package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"markaz.example/cmd/progress"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
	"markaz.example/sync/hq"
)

type archiveCommand struct {
	Verify verifyCommand       `cmd:"" help:"Check every record, hash and signature; name the first that is wrong."`
	Stats  statsCommand        `cmd:"" help:"Print what the archive holds, as JSON."`
	Dump   dumpCommand         `cmd:"" help:"Print the records of a centre, one JSON object a line."`
	Forks  archiveForksCommand `cmd:"" help:"Print the branches that contradict a chain, and where they part."`
	Adopt  adoptCommand        `cmd:"" help:"Begin a new raft log behind an archive whose raft log was lost for good."`
}

type verifyCommand struct {
	File string `arg:"" type:"existingfile" help:"archive.db"`
}

// Run verifies an archive.
func (c verifyCommand) Run(ctx context.Context) error {
	return withArchive(c.File, func(a *archive.Archive) error {
		bar := progress.New(os.Stderr, "verifying")
		err := a.Verify(ctx, bar.Tell)
		if bar.Done(); err != nil {
			return err
		}
		fmt.Println(bar.Summary("records verified: every hash, signature and branch is in order"))
		return nil
	})
}

type statsCommand struct {
	File string `arg:"" type:"existingfile" help:"archive.db"`
}

// Run prints what an archive holds.
func (c statsCommand) Run() error {
	return withArchive(c.File, func(a *archive.Archive) error {
		s, err := a.Stats()
		if err != nil {
			return err
		}
		enc := json.NewEncoder(os.Stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(s)
	})
}

type dumpCommand struct {
	File   string    `arg:"" type:"existingfile" help:"archive.db"`
	Centre id.Centre `arg:"" help:"The centre's code: ISB-01. All its chains are printed."`
	After  uint64    `help:"Begin behind this sequence."`
}

// Run prints records.
func (c dumpCommand) Run(ctx context.Context) error {
	return withArchive(c.File, func(a *archive.Archive) error {
		out := bufio.NewWriter(os.Stdout)
		found := false
		for _, k := range a.Chains() {
			if k.Incarnation.Centre != c.Centre {
				continue
			}
			found = true
			if err := a.Dump(ctx, out, k.Incarnation, c.After); err != nil {
				return errors.Join(err, out.Flush())
			}
		}
		if !found {
			return fmt.Errorf("nothing of %s is held; markaz-hq archive stats tells what is", c.Centre)
		}
		return out.Flush()
	})
}

type adoptCommand struct {
	Config string `required:"" type:"path" placeholder:"FILE" help:"The config file of the node."`
}

// Run begins a new raft log.
func (c adoptCommand) Run() error {
	config, err := hq.LoadConfig(c.Config)
	if err != nil {
		return err
	}
	if err := hq.Adopt(config, slog.New(slog.NewTextHandler(os.Stderr, nil))); err != nil {
		return err
	}
	fmt.Println("A new raft log begins behind the archive. Verify the archive, then start headquarters.")
	return nil
}

func withArchive(path string, use func(*archive.Archive) error) error {
	a, err := archive.OpenReadOnly(path)
	if err != nil {
		return err
	}
	return errors.Join(use(a), a.Close())
}
