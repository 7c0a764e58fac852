package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"markaz.example/edge/box"
	"markaz.example/edge/ledger"
	"markaz.example/sync/enrol"
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
