package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/coreos/go-systemd/v22/daemon"

	"markaz.example/devices/port"
	"markaz.example/devices/usb"
)

// errSocket: the socket could not be made.
var errSocket = errors.New("cannot serve")

type serveCommand struct {
	Socket string `default:"${socket}" placeholder:"PATH" help:"Where to serve; its group may connect."`
	JSON   bool   `name:"json" help:"Log as JSON, for a collector."`
}

// Run serves until a signal comes, and then gives every device back to the kernel.
func (c serveCommand) Run(ctx context.Context, s streams, bus usb.Bus) error {
	l, err := usb.Listen(c.Socket)
	if err != nil && !errors.Is(err, port.ErrBusy) {
		err = fmt.Errorf("%w: %w", errSocket, err)
	}
	if err != nil {
		return err
	}
	log := c.logger(s)
	log.Info("serving USB", "socket", c.Socket)
	tell(log, daemon.SdNotifyReady)
	defer tell(log, daemon.SdNotifyStopping)
	return (&usb.Server{Bus: bus, Log: log}).Run(ctx, l)
}

func (c serveCommand) logger(s streams) *slog.Logger {
	if c.JSON {
		return slog.New(slog.NewJSONHandler(s.errs, nil))
	}
	return slog.New(slog.NewTextHandler(s.errs, nil))
}

// tell says it to systemd, where there is one.
func tell(log *slog.Logger, state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		log.Warn("tell systemd", "err", err)
	}
}
