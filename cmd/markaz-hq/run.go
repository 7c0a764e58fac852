package main

import (
	"context"
	"io/fs"
	"log/slog"
	"os"

	"markaz.example/devices/slip"
	"markaz.example/edge/watchdog"
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
	dog := watchdog.New(log)
	config.Beat = dog.Feed
	h, err := hq.Open(config, log)
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	told := make(chan struct{})
	go func() {
		defer close(told)
		tellSystemd(running, h.Ready(), dog)
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
func tellSystemd(ctx context.Context, ready <-chan struct{}, dog *watchdog.Watchdog) {
	select {
	case <-ready:
		dog.Ready()
	case <-ctx.Done():
	}
	<-ctx.Done()
	dog.Stopping()
}
