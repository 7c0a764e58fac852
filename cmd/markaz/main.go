// Command markaz is the box at a centre, and the tools to look into its ledger and at its devices.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"markaz.example/edge/box"
	"markaz.example/edge/strongbox"
	"markaz.example/edge/watchdog"
)

// version is set by the build.
var version = "unknown"

// commands is the command line.
type commands struct {
	Run     runCmd    `cmd:"" help:"Run the box."`
	Doctor  doctorCmd `cmd:"" help:"Look what is wrong with this box, and say what to do. Changes nothing."`
	Support struct {
		Bundle bundleCmd `cmd:"" help:"Put what a helper needs into one masked file."`
	} `cmd:"" help:"Get help from afar."`
	Enrol   enrolCmd   `cmd:"" help:"Turn a code from headquarters into this box's certificate."`
	Restore restoreCmd `cmd:"" help:"Bring a box's records back: from headquarters, from a backup, or from the older state that lies here."`
	Ledger  struct {
		Verify  verifyCmd  `cmd:"" help:"Check every record of the chain and name the first bad one."`
		Dump    dumpCmd    `cmd:"" help:"Print the records as JSON, one a line."`
		Rebuild rebuildCmd `cmd:"" help:"Drop the views and make them anew from the records."`
		Stats   statsCmd   `cmd:"" help:"Count what the file holds."`
		Seal    sealCmd    `cmd:"" help:"Compress the cold records now; a box does so while it idles."`
		Prune   pruneCmd   `cmd:"" help:"Forget old sealed records that headquarters holds."`
	} `cmd:"" help:"Look into a ledger file."`
	Backup  backupCmd  `cmd:"" help:"Keep a sealed copy of the box on a stick."`
	Update  updateCmd  `cmd:"" help:"Bring an update of the program, as on a stick. The box must be running."`
	Vault   vaultCmd   `cmd:"" help:"Forget a household, or make a new vault."`
	Seal    keepCmd    `cmd:"" help:"What keeps the box's secrets from a thief: see it, change it, make a recovery code."`
	Unlock  unlockCmd  `cmd:"" help:"Open the running box's secrets with the passphrase or the recovery code."`
	Parcel  parcelCmd  `cmd:"" help:"Carry records and post on a stick. The box must be running."`
	Staff   staffCmd   `cmd:"" help:"Enrol the first manager; help one who is locked out."`
	TLS     tlsCmd     `cmd:"" name:"tls" help:"See, export or renew the authority that the desks' pages are signed by."`
	Devices devicesCmd `cmd:"" help:"See, ask, set and record the devices of this centre."`
	Growth  struct {
		Score scoreCmd `cmd:"" help:"Score a survey: CSV on standard input, the same rows with z-scores, flags and classes on standard output."`
	} `cmd:"" help:"Work with WHO's growth standards."`
	Formats formatsCmd `cmd:"" help:"Print which formats this version reads, or which lie on a disk."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

func main() {
	if err := strongbox.Conceal(); err != nil {
		fmt.Fprintln(os.Stderr, "markaz:", err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	line := kong.Parse(&commands{}, kong.Name("markaz"),
		kong.Description("The box of a One Window centre."), kong.BindTo(ctx, (*context.Context)(nil)))
	line.FatalIfErrorf(line.Run())
}

type runCmd struct {
	Config string `required:"" type:"path" help:"The box's configuration, in TOML."`
	Wait   bool   `help:"Where that cannot be used, show a page on port 8080 that says why, and wait for another."`
	Debug  bool   `help:"Log everything that happens. Nothing personal is logged either way."`
}

func (c runCmd) Run(ctx context.Context) error {
	log := c.logger()
	dog := watchdog.New(log)
	o := box.Options{Software: "markaz " + version, Log: log, Ready: dog.Ready, Beat: dog.Feed}
	for {
		b, err := c.open(o)
		if err != nil && !c.Wait {
			return err
		}
		if err != nil {
			log.Error("the configuration cannot be used", "err", err)
			if err := box.AwaitConfig(ctx, c.Config, err, o); err != nil || ctx.Err() != nil {
				return err
			}
			continue
		}
		if err := b.Run(ctx); !errors.Is(err, box.ErrUnlocked) {
			return err
		}
		o.Secrets = b.Secrets // whose key is in memory alone
	}
}

func (c runCmd) logger() *slog.Logger {
	level := slog.LevelInfo
	if c.Debug {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

func (c runCmd) open(o box.Options) (*box.Box, error) {
	config, err := box.Load(c.Config)
	if err != nil {
		return nil, err
	}
	return box.Open(config, o)
}

type versionCmd struct{}

func (versionCmd) Run() error {
	fmt.Println("markaz", version)
	return nil
}
