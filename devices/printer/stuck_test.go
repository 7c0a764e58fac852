package printer_test

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/devices/port"
	"markaz.example/devices/printer"
	"markaz.example/devices/profile"
)

type opened struct{ io.ReadWriteCloser }

func (o opened) Open(context.Context) (io.ReadWriteCloser, error) { return o, nil }

// A USB printer that refuses to take a byte is silent, and is named as that within five seconds.
func TestPrinterThatTakesNothingIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		defer far.Close()
		model, err := profile.LoadPrinter("../../firmware-configs/printer-epson-tm-t20iii.toml")
		if err != nil {
			t.Fatal(err)
		}
		d := &printer.Driver{Port: opened{port.Wrap(near, "stuck", 0, 0)}, Profile: model}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- d.Run(ctx) }()
		time.Sleep(5 * time.Second)
		if line := d.State().Line; !errors.Is(line, port.ErrSilent) {
			t.Errorf("after 5 s: %v, want %v", line, port.ErrSilent)
		}
		cancel()
		<-ended
	})
}
