package zfm

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/devices/drivertest"
	"markaz.example/devices/finger"
	"markaz.example/devices/finger/synth"
	"markaz.example/devices/outlet"
	"markaz.example/devices/port"
)

// tap is an opener whose line can be spoiled on the way to the driver.
type tap struct {
	port.Opener
	mu    sync.Mutex
	spoil func([]byte) []byte
}

func (w *tap) set(spoil func([]byte) []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.spoil = spoil
}

// cut lets the first bytes of each answer of 12 or more through.
func (w *tap) cut(n int) func([]byte) []byte {
	return func(b []byte) []byte {
		if bytes.HasPrefix(b, header) {
			return b[:min(n, len(b))]
		}
		return nil
	}
}

func (w *tap) Open(ctx context.Context) (io.ReadWriteCloser, error) {
	c, err := w.Opener.Open(ctx)
	return &tapped{c, w}, err
}

type tapped struct {
	io.ReadWriteCloser
	w *tap
}

func (c *tapped) Read(b []byte) (int, error) {
	n, err := c.ReadWriteCloser.Read(b)
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	if c.w.spoil == nil || err != nil && !errors.Is(err, port.ErrQuiet) {
		return n, err
	}
	n = copy(b, c.w.spoil(b[:n]))
	if n == 0 {
		return 0, port.ErrQuiet
	}
	return n, nil
}

// suite captures a finger at every check and compares the picture.
func suite(t *testing.T, device port.Opener, shape synth.Shape, quick bool) {
	drivertest.Run(t, drivertest.Harness{Device: device, New: func(p port.Opener) (drivertest.Driver, func(context.Context) error) {
		d := &Driver{Port: p, Profile: model()}
		d.Profile.Picture.Width, d.Profile.Picture.Height = shape.Width, shape.Height
		if quick {
			d.Poll, d.Answer, d.Look, d.Settle = 20*time.Millisecond, 100*time.Millisecond, 10*time.Millisecond, 20*time.Millisecond
		}
		want := synth.New(1).Picture(shape, 1, synth.Good)
		return d, func(ctx context.Context) error {
			ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
			defer cancel()
			c, err := d.Capture(ctx, finger.RightThumb)
			if err != nil {
				return err
			}
			for i, v := range c.Picture.Pix {
				if v != want.Pix[i]>>4*17 {
					t.Fatalf("pixel %d of a capture that was well is %d, want %d", i, v, want.Pix[i]>>4*17)
				}
			}
			return nil
		}
	}})
}

func TestSuiteInMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shape := synth.Shape{Width: 96, Height: 96, DPI: 500}
		sim := &Sim{Shape: shape, Speed: 100}
		sim.Press(1, synth.Good)
		ctx, cancel := context.WithCancel(t.Context())
		var life sync.WaitGroup
		life.Go(func() { sim.Run(ctx) })
		suite(t, sim, shape, false)
		cancel()
		life.Wait()
	})
}

func TestSuiteOverARealLine(t *testing.T) {
	shape := synth.Shape{Width: 96, Height: 96, DPI: 500}
	sim := &Sim{Shape: shape, Speed: math.Inf(1)}
	sim.Press(1, synth.Good)
	o := &outlet.Outlet{Device: sim, Link: filepath.Join(t.TempDir(), "finger")}
	o.Plug(true)
	ctx, cancel := context.WithCancel(context.Background())
	var life sync.WaitGroup
	life.Go(func() { o.Run(ctx) })
	suite(t, waiting{port.Serial{Path: o.Link, Baud: 57600}}, shape, true)
	cancel()
	life.Wait()
}

// waiting gives the outlet the moment it needs to make the line.
type waiting struct{ port.Serial }

func (w waiting) Open(ctx context.Context) (io.ReadWriteCloser, error) {
	for range 100 {
		if c, err := w.Serial.Open(ctx); err == nil {
			return c, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return w.Serial.Open(ctx)
}
