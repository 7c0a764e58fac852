package printer

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"markaz.example/devices/port"
	"markaz.example/devices/profile"
)

func TestIdentify(t *testing.T) {
	inBubble(t, model(), func(t *testing.T, r *rig) {
		r.ready()
		for _, want := range []Identity{
			{Maker: "EPSON", Model: "TM-T20III", Firmware: "1.03 ESC/POS", Serial: "X7K5000001"},
			{Maker: "EPSON", Model: "TM-T20III"},
		} {
			r.sim.with(func() { r.sim.ID = want })
			if id, err := r.d.Identify(t.Context()); err != nil || id != want {
				t.Errorf("%+v, %v", id, err)
			}
		}
		r.sim.SetCover(true)
		time.Sleep(time.Minute)
		if _, err := r.d.Identify(t.Context()); !errors.Is(err, ErrCoverOpen) {
			t.Errorf("stopped: %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := r.d.Identify(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
		r.sim.SetCover(false)
		r.mustPrintClean(picture(256, 20, 1), "after all of that")
	})
}

// A technician's program has no Run: the port is opened for the one errand and closed again.
func TestErrandWithoutARun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, model())
		r.sim.ID = Identity{Maker: "EPSON"}
		ctx, stop := context.WithCancel(t.Context())
		var life sync.WaitGroup
		life.Go(func() { r.sim.Run(ctx) })
		d := &Driver{Profile: model(), Port: r.sim}
		for range 2 {
			if id, err := d.Identify(ctx); err != nil || id != r.sim.ID {
				t.Errorf("%+v, %v", id, err)
			}
		}
		r.sim.SetMute(true)
		if _, err := d.Identify(ctx); !errors.Is(err, ErrSilent) {
			t.Errorf("silent: %v", err)
		}
		d.Port = failing{}
		if _, err := d.Identify(ctx); !errors.Is(err, port.ErrGone) {
			t.Errorf("no port: %v", err)
		}
		brief, cancel := context.WithTimeout(ctx, time.Millisecond)
		defer cancel()
		d.Port = r.sim
		if _, err := d.Identify(brief); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("lost patience: %v", err)
		}
		stop()
		life.Wait()
	})
}

// Who loses patience between question and answer leaves the driver in step.
func TestErrandGivenUp(t *testing.T) {
	inBubble(t, model(), func(t *testing.T, r *rig) {
		r.ready()
		r.sim.SetDelay(80 * time.Millisecond) // three questions for the status take 240 ms
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		if _, err := r.d.Identify(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("lost patience: %v", err)
		}
		r.sim.SetDelay(0)
		r.mustPrintClean(picture(256, 20, 1), "after an errand that was given up")
	})
}

func TestApply(t *testing.T) {
	p := model()
	p.Status = profile.StatusASB
	p.Firmware = profile.PrinterFirmware{
		Density: new(-2), Speed: new(5), AutoStatus: new(14), CodePage: new(37), NearStop: new(false), Buttons: new(true),
	}
	inBubble(t, p, func(t *testing.T, r *rig) {
		r.ready()
		said := []profile.Setting{
			{Key: "firmware.code_page", Want: "37"},
			{Key: "firmware.stop_at_near_end", Want: "false"},
			{Key: "firmware.panel_buttons", Want: "true"},
			{Key: "firmware.auto_status", Want: "14", Now: "14"},
		}
		applies(t, r, append([]profile.Setting{
			{Key: "firmware.density", Want: "-2", Was: "0", Now: "-2"},
			{Key: "firmware.speed", Want: "5", Was: "9", Now: "5"},
		}, said...))
		r.sim.SetPower(false)
		time.Sleep(time.Minute)
		r.sim.SetPower(true)
		time.Sleep(time.Minute)
		applies(t, r, append([]profile.Setting{
			{Key: "firmware.density", Want: "-2", Was: "-2", Now: "-2"},
			{Key: "firmware.speed", Want: "5", Was: "5", Now: "5"},
		}, said...))
		if len(r.sim.Unknown()) > 0 {
			t.Errorf("the simulator was sent %x", r.sim.Unknown())
		}
		r.mustPrintClean(picture(256, 20, 1), "after apply")
	})
}

func TestApplyWhatThePrinterCannot(t *testing.T) {
	p := model()
	p.Firmware = profile.PrinterFirmware{Density: new(3), Speed: new(13)}
	inBubble(t, p, func(t *testing.T, r *rig) {
		r.ready()
		applies(t, r, []profile.Setting{
			{Key: "firmware.density", Want: "3", Was: "0", Now: "3"},
			{Key: "firmware.speed", Want: "13", Was: "9", Now: "9", Err: ErrNotKept},
		})
		r.sim.with(func() { clear(r.sim.custom) })
		applies(t, r, []profile.Setting{
			{Key: "firmware.density", Want: "3", Err: ErrNoMemory},
			{Key: "firmware.speed", Want: "13", Err: ErrNoMemory},
		})
		r.mustPrintClean(picture(256, 20, 1), "after apply")
	})
	inBubble(t, model(), func(t *testing.T, r *rig) {
		r.ready()
		applies(t, r, nil) // no table, nothing to do
	})
}

// Unplugged at any byte of it, the printer is never left in its setting mode, in which it would print nothing.
func TestUnplugInApply(t *testing.T) {
	p := model()
	p.Firmware = profile.PrinterFirmware{Density: new(-2)}
	whole := false
	for n := 0; !whole; n++ {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, p)
			left := longCable()
			r.d.Port = plugged{sim: r.sim, left: left}
			r.run()
			r.ready()
			synctest.Wait()
			left.Store(int64(n))
			_, err := r.d.Apply(t.Context())
			whole = err == nil
			left.Store(-1)
			r.mustPrintClean(picture(256, 10, 4), fmt.Sprintf("apply cut after %d bytes", n))
			applied, err := r.d.Apply(t.Context())
			if err != nil || len(applied) != 1 || applied[0].Now != "-2" || applied[0].Err != nil {
				t.Errorf("cut after %d bytes, applied again: %+v, %v", n, applied, err)
			}
		})
	}
}

func applies(t *testing.T, r *rig, want []profile.Setting) {
	t.Helper()
	got, err := r.d.Apply(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateErrors()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What ESC @ forgets stands at the head of every slip.
func TestSettingsStandInEverySlip(t *testing.T) {
	p := model()
	p.Status = profile.StatusASB
	p.Firmware = profile.PrinterFirmware{AutoStatus: new(14), CodePage: new(37), NearStop: new(true), Buttons: new(false)}
	want := []byte{0x1b, 0x40, 0x1b, 0x74, 37, 0x1b, 0x63, 0x34, 3, 0x1b, 0x63, 0x35, 1, 0x1d, 0x61, 14}
	if diff := cmp.Diff(want, prologue(p)); diff != "" {
		t.Error(diff)
	}
	inBubble(t, p, func(t *testing.T, r *rig) {
		r.ready()
		b := picture(256, 20, 1)
		if err := r.d.Print(t.Context(), b); err != nil || r.count(b) != 1 {
			t.Errorf("%v, %d papers", err, r.count(b))
		}
	})
}

func TestCustomValue(t *testing.T) {
	for text, want := range map[string]int{"\x275\x1f0": 0, "\x275\x1f6": 6, "\x275\x1f65530": -6} {
		if got, err := customValue(text, 5); err != nil || got != want {
			t.Errorf("%q: %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "\x20", "\x276\x1f1", "\x275\x1f", "\x275\x1f70000", "\x275\x1fx", "\x2751"} {
		if got, err := customValue(text, 5); err == nil {
			t.Errorf("%q read as %d", text, got)
		}
	}
}

func FuzzCustomValue(f *testing.F) {
	f.Add("\x275\x1f65530", uint8(5))
	f.Fuzz(func(t *testing.T, text string, number uint8) {
		if v, err := customValue(text, number); err == nil && (v < -1<<15 || v >= 1<<15) {
			t.Errorf("%q: %d", text, v)
		}
	})
}

// An errand and a slip that are handed over at the same time come one after the other.
func TestErrandsWaitTheirTurn(t *testing.T) {
	inBubble(t, model(), func(t *testing.T, r *rig) {
		r.sim.with(func() { r.sim.ID = Identity{Maker: "EPSON"} })
		r.ready()
		printed := make(chan error, 1)
		go func() { printed <- r.d.Print(t.Context(), picture(256, 500, 1)) }()
		synctest.Wait()
		if _, err := r.d.Identify(t.Context()); err != nil {
			t.Error(err)
		}
		if err := <-printed; err != nil {
			t.Error(err)
		}
	})
}
