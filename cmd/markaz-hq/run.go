package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"

	"github.com/coreos/go-systemd/v22/daemon"

	"markaz.example/devices/slip"
	"markaz.example/sync/hq"
)

type runCommand struct {
	Config string `required:"" type:"path" placeholder:"FILE" help:"The config file; its keys are described in the manual of package sync/hq."`
	Debug  bool   `help:"Log details as well."`
	JSON   bool   `name:"json" help:"Log as JSON, for a collector."`
}

// Run serves until a signal comes.
func (c runCommand) Run(ctx context.Context) error {
	config, err := hq.LoadConfig(c.Config)
	if err != nil {
		return err
	}
	if config.Fonts, err = fs.Sub(slip.Fonts, "fonts"); err != nil {
		return err
	}
	log := c.logger()
	h, err := hq.Open(config, log)
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	told := make(chan struct{})
	go func() {
		defer close(told)
		tellSystemd(running, h.Ready(), log)
	}()
	err = h.Run(ctx)
	stop()
	<-told
	return err
}

func (c runCommand) logger() *slog.Logger {
	options := &slog.HandlerOptions{}
	if c.Debug {
		options.Level = slog.LevelDebug
	}
	if c.JSON {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}

// tellSystemd says when batches are taken, and when the end has begun. Without systemd it says nothing.
func tellSystemd(ctx context.Context, ready <-chan struct{}, log *slog.Logger) {
	select {
	case <-ready:
		notify(daemon.SdNotifyReady, log)
	case <-ctx.Done():
	}
	<-ctx.Done()
	notify(daemon.SdNotifyStopping, log)
}

func notify(state string, log *slog.Logger) {
	if _, err := daemon.SdNotify(false, state); err != nil && !errors.Is(err, os.ErrNotExist) {
		log.Warn("tell systemd", "err", err)
	}
}
