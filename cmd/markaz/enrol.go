package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"markaz.example/cmd/progress"
	"markaz.example/edge/box"
	"markaz.example/edge/ledger"
	"markaz.example/sync/enrol"
	"markaz.example/sync/recall"
)

// boxConfig is the flag of commands that work on a box which is stopped.
type boxConfig struct {
	Config string `default:"/etc/markaz/box.toml" type:"path" help:"The box's configuration." placeholder:"FILE"`
}

func options() box.Options {
	return box.Options{Software: "markaz " + version, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
		Ask: func() ([]byte, error) { return ask("Passphrase or recovery code of this box: ") }}
}

type enrolCmd struct {
	boxConfig
	Code         []string `arg:"" help:"The code that headquarters read out: eight groups of five. Spaces, hyphens and small letters make no difference."`
	Headquarters string   `help:"Where to ask, in the place of headquarters.address of the configuration." placeholder:"HOST:PORT"`
	Replace      bool     `help:"This box is made anew: it will read its centre's records back. Headquarters' code must be for that."`
}

// Run turns a code into a certificate. Nothing is sent before the code is known to be read rightly.
func (c enrolCmd) Run(ctx context.Context) error {
	code, err := enrol.ParseCode(strings.Join(c.Code, " "))
	if err != nil {
		return err
	}
	config, err := box.Load(c.Config)
	if err != nil {
		return err
	}
	got, err := box.Enrol(ctx, config, options(), box.Enrolment{Code: code, Address: c.Headquarters, Replace: c.Replace})
	if err != nil {
		return explained(err)
	}
	fmt.Printf("%s is enrolled; the certificate is in %s, valid to %s, and renews itself.\n",
		config.Centre.Code, config.Headquarters.Identity, got.Until.Format(time.DateOnly))
	if off := time.Since(got.Told).Abs(); off > time.Minute {
		fmt.Printf("This machine's clock is off by %s: headquarters says %s.\n", off.Round(time.Second), got.Told.Format(time.RFC1123))
	}
	if c.Replace {
		fmt.Printf("The ledger of %s waits at headquarters. Read it back: markaz restore\n", got.Incarnation)
	}
	return nil
}

// explained puts what to do behind an error that does not say it.
func explained(err error) error {
	if errors.Is(err, ledger.ErrInUse) {
		return fmt.Errorf("%w\nstop the box first: systemctl stop markaz", err)
	}
	return err
}

type restoreCmd struct{ boxConfig }

// Run reads the centre's chain back. It may be stopped and run again.
func (c restoreCmd) Run(ctx context.Context) error {
	config, err := box.Load(c.Config)
	if err != nil {
		return err
	}
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
