package printer

import (
	"bytes"
	"context"
	"errors"
	"math"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"markaz.example/devices/port"
	"markaz.example/devices/profile"
	"markaz.example/devices/slip"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// model is a small printer that knows every trick; tests change what they need.
func model() profile.Printer {
	return profile.Printer{
		Model: "test", Class: "printer", WidthDots: 256, DPI: 203, Image: profile.Image{Command: profile.ImageGSv0, RowsPerBlock: 4},
		Cutter: profile.CutPartial, FeedBeforeCut: 8, Status: profile.StatusDLEEOT, Clear: profile.ClearDLEDC4, NearEnd: true,
		Line: profile.Line{Baud: 115200},
	}
}

// rig is a driver and a simulated printer, both running, the driver restarted as rack would.
type rig struct {
	t   *testing.T
	sim *Sim
	d   *Driver

	mu  sync.Mutex
	got []Page
}

// inBubble runs a story in fake time over a cable made of memory.
func inBubble(t *testing.T, p profile.Printer, story func(t *testing.T, r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, p)
		r.d.Port = r.sim
		r.run()
		story(t, r)
	})
}

// inBubbleWith is inBubble for a rig that was changed first; it runs on the simulator's own cable unless the story says
// otherwise before it calls run.
func inBubbleWith(t *testing.T, r *rig, story func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r.t = t
		story(t)
	})
}

func newRig(t *testing.T, p profile.Printer) *rig {
	r := &rig{t: t}
	r.sim = &Sim{Width: p.WidthDots, DPI: p.DPI, Cutter: p.Cutter != profile.CutNone, OnPage: r.keep}
	r.d = &Driver{Profile: p}
	return r
}

func (r *rig) keep(p Page) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, p)
}

// pages waits for none; the driver's word comes after the page by the wire's own order.
func (r *rig) pages() []Page {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Page(nil), r.got...)
}

func (r *rig) run() {
	ctx, cancel := context.WithCancel(context.Background())
	var parts sync.WaitGroup
	parts.Go(func() { r.sim.Run(ctx) })
	parts.Go(func() {
		for ctx.Err() == nil {
			r.d.Run(ctx)
			sleep(ctx, 10*time.Millisecond)
		}
	})
	r.t.Cleanup(func() { cancel(); parts.Wait() })
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// ready waits until the printer takes slips.
func (r *rig) ready() {
	r.t.Helper()
	for range 10_000 {
		err := r.d.Print(r.t.Context(), picture(r.d.Profile.WidthDots, 1, 0))
		if err == nil {
			return
		}
		if !errors.Is(err, ErrNotSent) {
			r.t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	r.t.Fatal("printer never became ready")
}

// picture is a slip with no two rows alike; seed 0 is white.
func picture(width, height, seed int) *slip.Bitmap {
	b := slip.NewBitmap(width, height)
	if seed == 0 {
		return b
	}
	state := uint32(seed)
	for i := range b.Bits {
		state = state*1664525 + 1013904223
		b.Bits[i] = byte(state>>24) | 0x81
	}
	return b
}

// shows says whether a page holds the whole slip at its top and nothing else.
func shows(p Page, b *slip.Bitmap) bool {
	if p.Bitmap.Width != b.Width || p.Bitmap.Height < b.Height || p.Text != 0 {
		return false
	}
	n := len(b.Bits)
	return bytes.Equal(p.Bitmap.Bits[:n], b.Bits) && !inked(p.Bitmap.Bits[n:])
}

// holds says whether the whole slip is somewhere on the page.
func holds(p Page, b *slip.Bitmap) bool { return bytes.Contains(p.Bitmap.Bits, b.Bits) }

func inked(bits []byte) bool { return bytes.ContainsFunc(bits, func(r rune) bool { return r != 0 }) }

func (r *rig) count(b *slip.Bitmap) (n int) {
	for _, p := range r.pages() {
		if holds(p, b) {
			n++
		}
	}
	return n
}

// onPTY is a rig over a real pseudo-terminal and the real serial library, in real time without pacing.
func onPTY(t *testing.T, p profile.Printer) *rig {
	t.Helper()
	r := newRig(t, p)
	r.sim.Speed = math.Inf(1)
	link := filepath.Join(t.TempDir(), "printer")
	far, err := port.NewPTY(link)
	if err != nil {
		t.Fatal(err)
	}
	r.d.Port = port.Serial{Path: link, Baud: p.Line.Baud, Flow: port.Flow(p.Line.Flow)}
	var cable sync.WaitGroup
	cable.Go(func() { r.sim.Serve(context.Background(), far) })
	t.Cleanup(func() { far.Close(); cable.Wait() })
	r.run()
	return r
}
