package box

import (
	"context"
	"errors"
	"log/slog"

	"markaz.example/devices/finger"
	"markaz.example/devices/profile"
	"markaz.example/devices/scale"
	"markaz.example/edge/book/identity"
	"markaz.example/edge/measure"
)

// reader is a fingerprint reader as a desk uses it. What is biometric is wiped here: the centre keeps no templates, and
// what a certified reader signed goes nowhere yet.
type reader struct {
	name string
	finger.Reader
	log *slog.Logger
}

func (r *reader) Name() string { return r.name }

// Take waits for one finger. Everything that happens is a result.
func (r *reader) Take(ctx context.Context, name string) (identity.Result, int) {
	position, err := finger.ParsePosition(name)
	if err != nil {
		r.log.Error("a finger was asked for that a reader does not know", "err", err)
		return identity.Trouble, 0
	}
	c, err := r.Capture(ctx, position)
	defer c.Wipe()
	result := resultOf(err)
	if result == identity.Trouble && ctx.Err() == nil {
		r.log.Warn("fingerprint reader failed", "err", err)
	}
	return result, c.Quality
}

// resultOf names what came of a capture.
func resultOf(err error) identity.Result {
	for _, c := range []struct {
		is     error
		result identity.Result
	}{
		{finger.ErrNoFinger, identity.NoFinger},
		{finger.ErrMessy, identity.Messy},
		{finger.ErrSmall, identity.Small},
		{finger.ErrPoor, identity.Poor},
		{finger.ErrNoMatch, identity.NoMatch},
		{finger.ErrDifferent, identity.Different},
	} {
		if errors.Is(err, c.is) {
			return c.result
		}
	}
	if err != nil {
		return identity.Trouble
	}
	return identity.Taken
}

// pan is a scale as a desk uses it.
type pan struct {
	name string
	*scale.Driver
}

func (p *pan) Name() string { return p.name }

func (p *pan) Division() int64 { return int64(p.Profile.DivisionG) }

// Watch passes readings on until stop is called, the newest only.
func (p *pan) Watch() (<-chan measure.Reading, func()) {
	from, stop := p.Driver.Watch()
	to, over, done := make(chan measure.Reading, 1), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		p.pass(from, to, over)
	}()
	return to, func() { stop(); close(over); <-done }
}

func (p *pan) pass(from <-chan scale.Reading, to chan measure.Reading, over <-chan struct{}) {
	for {
		select {
		case <-over:
			return
		case r := <-from:
			select {
			case <-to: // not fetched; this one is newer
			default:
			}
			to <- p.reading(r)
		}
	}
}

func (p *pan) reading(r scale.Reading) measure.Reading {
	return measure.Reading{
		Grams: r.Grams, Text: r.Text, Stable: r.Stable, Overload: r.Status == scale.Overload, Underload: r.Status == scale.Underload,
		Once: p.Profile.Talk == profile.TalkOnce, Scale: p.name, At: r.At,
	}
}
