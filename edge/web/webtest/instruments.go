package webtest

import (
	"context"
	"time"

	"markaz.example/edge/book/identity"
	"markaz.example/edge/measure"
)

// Hand is a fingerprint reader that a test presses.
type Hand struct{ press chan pressed }

type pressed struct {
	result  identity.Result
	quality int
}

// Press is a finger with what will come of it. It waits until a desk asks for one.
func (h *Hand) Press(r identity.Result, quality int) { h.press <- pressed{r, quality} }

// Name is how records call the reader.
func (h *Hand) Name() string { return "finger/desk-a" }

// Take waits for Press.
func (h *Hand) Take(ctx context.Context, _ string) (identity.Result, int) {
	select {
	case p := <-h.press:
		return p.result, p.quality
	case <-ctx.Done():
		return identity.NoFinger, 0
	}
}

// Pan is an infant scale that a test puts children on. It repeats what it shows, as scales do.
type Pan struct{ put chan measure.Reading }

// Show changes what is on the scale; it waits until a desk looks at it.
func (p *Pan) Show(grams int64, stable bool) {
	p.put <- measure.Reading{Grams: grams, Text: "said", Stable: stable, Scale: "T0042"}
}

// Name is how records call the scale.
func (p *Pan) Name() string { return "scale/infant" }

// Division is that of an infant scale.
func (p *Pan) Division() int64 { return 10 }

// Zero always works.
func (p *Pan) Zero(context.Context) error { return nil }

// repeatEvery is the pace of a scale that is asked five times a second.
const repeatEvery = 200 * time.Millisecond

// Watch passes on what is shown, each change at least once.
func (p *Pan) Watch() (<-chan measure.Reading, func()) {
	to, over, done := make(chan measure.Reading), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		p.repeat(to, over)
	}()
	return to, func() { close(over); <-done }
}

func (p *Pan) repeat(to chan<- measure.Reading, over <-chan struct{}) {
	var now measure.Reading
	for {
		select {
		case <-over:
			return
		case now = <-p.put:
		case <-time.After(repeatEvery):
		}
		if now.Scale == "" {
			continue // nothing was put on it yet
		}
		now.At = time.Now()
		select {
		case <-over:
			return
		case to <- now:
		}
	}
}
