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

// Pan is an infant scale that a test puts children on.
type Pan struct{ shown chan measure.Reading }

// Show is one reading; it waits until a desk looks at the scale.
func (p *Pan) Show(grams int64, stable bool) {
	p.shown <- measure.Reading{Grams: grams, Text: "said", Stable: stable, Scale: "T0042", At: time.Now()}
}

// Name is how records call the scale.
func (p *Pan) Name() string { return "scale/infant" }

// Division is that of an infant scale.
func (p *Pan) Division() int64 { return 10 }

// Zero always works.
func (p *Pan) Zero(context.Context) error { return nil }

// Watch passes on what is shown.
func (p *Pan) Watch() (<-chan measure.Reading, func()) { return p.shown, func() {} }
