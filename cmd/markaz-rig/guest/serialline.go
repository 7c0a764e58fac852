package guest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"markaz.example/devices/port"
	"markaz.example/devices/usb/vhci"
)

const tty = "/dev/ttyACM0"

// echo is a serial device that says back what it hears.
type echo struct{}

func (echo) Run(ctx context.Context) error { <-ctx.Done(); return nil }

func (echo) Serve(ctx context.Context, wire io.ReadWriteCloser) error {
	defer context.AfterFunc(ctx, func() { wire.Close() })()
	_, err := io.Copy(wire, wire)
	return err
}

// serialLine proves the USB serial line against cdc-acm and our own port.
func serialLine(ctx context.Context, j *judge) {
	o, line := newSerial(echo{})
	stop := parts(ctx, o.Run)
	defer stop()
	var wire io.ReadWriteCloser
	j.check(ctx, "cdc-acm makes "+tty, func(ctx context.Context) (string, error) {
		o.Plug(true)
		return tty, awaitNode(ctx, tty)
	})
	j.check(ctx, "port opens it", func(ctx context.Context) (_ string, err error) {
		if wire, err = (port.Serial{Path: tty, Baud: 9600}).Open(ctx); err != nil {
			return "", err
		}
		return codingIs(ctx, line, vhci.LineCoding{Baud: 9600, DataBits: 8})
	})
	if wire == nil {
		return
	}
	defer wire.Close()
	j.check(ctx, "bytes go both ways", func(ctx context.Context) (string, error) { return exchange(ctx, wire) })
	j.check(ctx, "an unplug is noticed by its reader", func(ctx context.Context) (string, error) {
		o.Plug(false)
		return awaitGoneError(ctx, wire)
	})
	j.check(ctx, "it comes back", func(ctx context.Context) (string, error) {
		wire.Close()
		if err := awaitGone(ctx, serialID); err != nil {
			return "", err
		}
		o.Plug(true)
		if err := awaitNode(ctx, tty); err != nil {
			return "", err
		}
		again, err := (port.Serial{Path: tty, Baud: 9600}).Open(ctx)
		if err != nil {
			return "", err
		}
		defer again.Close()
		return exchange(ctx, again)
	})
	o.Plug(false)
	j.check(ctx, "serial line unplugged", func(ctx context.Context) (string, error) { return "gone", awaitGone(ctx, serialID) })
}

func awaitNode(ctx context.Context, name string) error {
	return await(ctx, name, func() (bool, string) {
		_, err := os.Stat(name)
		return err == nil, fmt.Sprint(err)
	})
}

func codingIs(ctx context.Context, line *vhci.Serial, want vhci.LineCoding) (string, error) {
	err := await(ctx, "the line coding", func() (bool, string) {
		got := line.LineCoding()
		return got == want, fmt.Sprintf("%+v", got)
	})
	return fmt.Sprintf("%+v", want), err
}

// exchange sends every byte there is, and reads it back.
func exchange(ctx context.Context, wire io.ReadWriter) (string, error) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	if _, err := wire.Write(all); err != nil {
		return "", err
	}
	var got []byte
	b := make([]byte, 64)
	for len(got) < len(all) && ctx.Err() == nil {
		n, err := wire.Read(b)
		if err != nil && !errors.Is(err, port.ErrQuiet) {
			return "", err
		}
		got = append(got, b[:n]...)
	}
	if string(got) != string(all) {
		return "", fmt.Errorf("got % x", got)
	}
	return "all 256 bytes", nil
}

func awaitGoneError(ctx context.Context, wire io.Reader) (string, error) {
	began := time.Now()
	for ctx.Err() == nil {
		_, err := wire.Read(make([]byte, 1))
		if errors.Is(err, port.ErrGone) {
			return fmt.Sprintf("%v after %v", err, time.Since(began).Round(time.Millisecond)), nil
		}
		if err != nil && !errors.Is(err, port.ErrQuiet) {
			return "", err
		}
	}
	return "", errors.New("no read said so")
}
