package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"markaz.example/cmd/progress"
	"markaz.example/edge/box"
	"markaz.example/edge/ledger"
	"markaz.example/sync/recall"
)

type restoreCmd struct {
	boxConfig
	Backup string `type:"existingfile" xor:"what" help:"Put back a backup, as markaz backup wrote it, in a new incarnation." placeholder:"FILE"`
	backupKeys
	From   string `type:"existingdir" xor:"what" help:"Put back an unpacked backup, or a copy of a data directory, in a new incarnation." placeholder:"DIR"`
	Here   bool   `xor:"what" help:"Take the ledger that lies in the data directory for an older state of itself: it goes on in a new incarnation."`
	Reason string `help:"Why, for the record: needed with --backup, --from and --here." placeholder:"TEXT"`
}

// errReason is what a person is asked for.
var errReason = errors.New("say why with --reason: it is recorded, and headquarters sees it")

// Run brings the records back. It may be stopped and run again.
func (c restoreCmd) Run(ctx context.Context) error {
	config, err := box.Load(c.Config)
	switch {
	case err != nil:
		return err
	case c.Backup == "" && c.From == "" && !c.Here:
		return readBack(ctx, config)
	case strings.TrimSpace(c.Reason) == "":
		return errReason
	}
	done, err := c.older(ctx, config)
	if err != nil {
		return explained(err)
	}
	tellHandover(config, done)
	return nil
}

// older goes on with an older state, wherever it comes from.
func (c restoreCmd) older(ctx context.Context, config box.Config) (ledger.Handover, error) {
	switch {
	case c.Here:
		return box.GoOn(config, c.Reason)
	case c.From != "":
		return putBack(ctx, config, c.From, c.Reason)
	}
	keys, err := c.keys()
	if err != nil {
		return ledger.Handover{}, err
	}
	return box.Unpacked(ctx, config, c.Backup, keys, func(dir string) (ledger.Handover, error) { return putBack(ctx, config, dir, c.Reason) })
}

func putBack(ctx context.Context, config box.Config, from, why string) (ledger.Handover, error) {
	bar := progress.New(os.Stderr, "verifying")
	defer bar.Done()
	return box.PutBack(ctx, config, options(), from, why, bar.Tell)
}

// tellHandover says what became of the ledger, what may be lost, and what to do.
func tellHandover(c box.Config, h ledger.Handover) {
	fmt.Printf("%s goes on as %s.\n", h.From, h.To)
	fmt.Printf("Here are its records up to %d; headquarters is known to hold %d of them.\n", h.End.Seq, h.Held)
	fmt.Println("Whatever was recorded after that is not on this box. What headquarters has of it stays there, and its fleet page says how much.")
	fmt.Println("At the start slips that waited are for people to look at, and today's numbers leave a gap: older slips may be out.")
	fmt.Println("Start the box: systemctl start markaz")
	if c.Headquarters != nil {
		fmt.Printf("Headquarters takes this ledger once a person let it: ask for a code (markaz-hq enrol %s), stop the box, and use it with markaz enrol.\n", c.Centre.Code)
	}
}

// readBack reads the centre's chain back from headquarters.
func readBack(ctx context.Context, config box.Config) error {
	reading := progress.New(os.Stderr, "reading back")
	var views *progress.Bar // begun when the reading has ended
	in, head, err := box.Restore(ctx, config, options(), box.Telling{
		Reading: func(p recall.Progress) { reading.TellBytes(p.Done, p.Total, p.Bytes) },
		Views: func(done, total uint64) {
			if views == nil {
				reading.Done()
				views = progress.New(os.Stderr, "making views of")
			}
			views.Tell(done, total)
		},
	})
	if views == nil {
		views = reading
	}
	views.Done()
	switch {
	case errors.Is(err, context.Canceled):
		return errors.New("stopped; the same command goes on where it was")
	case err != nil:
		return err
	}
	fmt.Printf("%s: %s; head %x\nThe box may be started: systemctl start markaz\n",
		in, reading.Summary("records are back"), head.Hash[:])
	return nil
}
