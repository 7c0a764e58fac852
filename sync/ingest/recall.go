package ingest

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/archive"
	"markaz.example/sync/link"
	"markaz.example/sync/wire"
)

// Past is what re-made boxes may read back. Any goroutine may call it.
type Past interface {
	// Recall is the chain that the box with a certificate may read back. Its error says why it may not.
	Recall(cert *x509.Certificate) (chain.Incarnation, error)
	Chain(in chain.Incarnation) (archive.Chain, bool)
	Extent(ctx context.Context, in chain.Incarnation, after uint64) (archive.Extent, error)
	BatchAfter(in chain.Incarnation, after uint64) (wire.Batch, error)
}

// Recital decides what headquarters does on a link that a re-made box opened with Recall: it answers Past, and streams
// the batches as they are archived, a window of them ahead of the box's acknowledgements. Like Session it is a value
// with one method that matters, not for several goroutines.
type Recital struct {
	in   chain.Incarnation // that the box may read
	held chain.Position    // where the stream ends
	sent chain.Position

	begun    bool
	fetching bool
	away     []chain.Position // sent, not acknowledged
	finished bool
	due      time.Time
}

// NewRecital begins with what the box's certificate allows.
func NewRecital(now time.Time, in chain.Incarnation) *Recital {
	return &Recital{in: in, due: now.Add(helloMax)}
}

// What Recital is told besides Heard, Garbled and Tick.
type (
	// Measured answers Measure. Err: it cannot be known now.
	Measured struct {
		Past wire.Past
		Err  error
	}
	// Fetched answers Fetch. Err: it cannot be read.
	Fetched struct {
		Batch wire.Batch
		Err   error
	}
)

func (Measured) event() {}
func (Fetched) event()  {}

// What Recital wants done besides Say and Refuse.
type (
	// Measure wants to know what there is behind a position. Measured answers.
	Measure struct{ After chain.Position }
	// Fetch wants the archived batch behind a sequence. Fetched answers.
	Fetch struct{ After uint64 }
	// End ends the link: the box has everything.
	End struct{}
)

func (Measure) act() {}
func (Fetch) act()   {}
func (End) act()     {}

// Wake is when Tick is next wanted.
func (r *Recital) Wake() time.Time { return r.due }

// Step takes one event at a time that never goes back, and gives what is to be done, in order. Measure and Fetch are
// always the last act.
func (r *Recital) Step(now time.Time, e Event) []Act {
	if r.finished {
		return nil
	}
	switch e := e.(type) {
	case Heard:
		r.due = now.Add(recallSilenceMax)
		return r.heard(e.Message)
	case Garbled:
		return r.refuse(wire.CodeMalformed, e.Fault.Error(), true)
	case Measured:
		return r.measured(e)
	case Fetched:
		return r.fetched(e)
	case Tick:
		if now.Before(r.due) {
			return nil
		}
		return r.refuse(wire.CodeSilent, "no batch was acknowledged for too long", false)
	}
	panic(fmt.Sprintf("BUG: event %T", e))
}

func (r *Recital) heard(m wire.Message) []Act {
	switch m := m.(type) {
	case wire.Recall:
		if !r.begun {
			return r.asked(m)
		}
	case wire.Ack:
		if r.begun {
			return r.acknowledged(m.Held)
		}
	}
	return r.refuse(wire.CodeOrder, fmt.Sprintf("%T has no place here", m), true)
}

func (r *Recital) asked(m wire.Recall) []Act {
	r.begun, r.fetching = true, true
	after := m.After
	switch {
	case m.Incarnation == chain.Incarnation{}:
		after = r.in.Start()
	case m.Incarnation != r.in:
		return r.refuse(wire.CodeCentre, fmt.Sprintf("the box has begun to read %s, and may read %s: remove what it has and begin again", m.Incarnation, r.in), true)
	}
	r.sent = after
	return []Act{Measure{after}}
}

func (r *Recital) measured(e Measured) []Act {
	r.fetching = false
	switch {
	case errors.Is(e.Err, archive.ErrAbsent):
		return r.refuse(wire.CodeFork, e.Err.Error(), true)
	case e.Err != nil:
		return r.refuse(wire.CodeBusy, e.Err.Error(), false)
	}
	r.held = e.Past.Held
	return append([]Act{Say{e.Past}}, r.more()...)
}

// more asks for the next batch while the window has room, and ends the link when there is nothing to wait for.
func (r *Recital) more() []Act {
	switch {
	case r.sent.Seq >= r.held.Seq && len(r.away) == 0:
		r.finished = true
		return []Act{End{}}
	case r.fetching || r.sent.Seq >= r.held.Seq || len(r.away) >= window:
		return nil
	}
	r.fetching = true
	return []Act{Fetch{r.sent.Seq}}
}

func (r *Recital) fetched(e Fetched) []Act {
	r.fetching = false
	switch {
	case e.Err != nil:
		return r.refuse(wire.CodeBusy, e.Err.Error(), false)
	case !r.follows(e.Batch.Prev):
		return r.refuse(wire.CodeFork, fmt.Sprintf("the box stands at %s, the batch held begins behind %s: remove what it has and begin again",
			r.sent, e.Batch.Prev), true)
	}
	r.sent = e.Batch.Last()
	r.away = append(r.away, r.sent)
	return append([]Act{Say{e.Batch}}, r.more()...)
}

// follows reports whether a batch that begins there is the next. A box that was killed may have stopped inside one: then
// it gets that one again, and finds its place in it by itself.
func (r *Recital) follows(prev chain.Position) bool {
	return prev == r.sent || prev.Seq < r.sent.Seq && len(r.away) == 0
}

func (r *Recital) acknowledged(at chain.Position) []Act {
	for i, p := range r.away {
		if p == at {
			r.away = r.away[i+1:]
			return r.more()
		}
	}
	return r.refuse(wire.CodeOrder, fmt.Sprintf("%s was acknowledged and not sent", at), true)
}

func (r *Recital) refuse(code, detail string, fatal bool) []Act {
	r.finished = true
	return []Act{Refuse{wire.NewRefusal(code, detail, r.held, fatal)}}
}

// recite holds a link that began with Recall to its end.
func (v *visit) recite(first wire.Recall) {
	in, err := v.Past.Recall(v.cert)
	if errors.Is(err, ErrLater) {
		v.refuse(wire.NewRefusal(wire.CodeBusy, err.Error(), chain.Position{}, false))
		return
	}
	if err != nil {
		v.refuse(wire.NewRefusal(wire.CodeCentre, err.Error(), chain.Position{}, true))
		return
	}
	v.log.Info("a box reads its chain back", "chain", in.String(), "seq", first.After.Seq)
	r := NewRecital(time.Now(), in)
	v.reciteStep(r, Heard{Message: first})
	for v.ctx.Err() == nil {
		v.reciteNext(r)
	}
}

func (v *visit) reciteNext(r *Recital) {
	timer := time.NewTimer(time.Until(r.Wake()))
	defer timer.Stop()
	select {
	case <-v.ctx.Done():
	case <-timer.C:
		v.reciteStep(r, Tick{})
	case f := <-v.frames:
		switch {
		case errors.Is(f.err, link.ErrFrame):
			v.reciteStep(r, Garbled{f.err})
		case f.err != nil:
			v.stop(f.err)
		default:
			v.reciteStep(r, Heard{Message: f.message})
		}
	}
}

func (v *visit) reciteStep(r *Recital, e Event) {
	for e != nil && v.ctx.Err() == nil {
		acts := r.Step(time.Now(), e)
		e = nil
		for _, a := range acts {
			switch a := a.(type) {
			case Measure:
				p, err := v.measure(r.in, a.After)
				e = Measured{p, err}
			case Fetch:
				b, err := v.Past.BatchAfter(r.in, a.After)
				e = Fetched{b, err}
			case Say:
				v.say(a.Message)
			case Refuse:
				v.refuse(a.Refusal)
			case End:
				v.stop(nil)
			}
		}
	}
}

func (v *visit) measure(in chain.Incarnation, after chain.Position) (wire.Past, error) {
	c, ok := v.Past.Chain(in)
	if !ok {
		return wire.Past{}, fmt.Errorf("%w: nothing is held of %s", archive.ErrAbsent, in)
	}
	// A box that stops short of what the group has acknowledged would go on with another history.
	held, err := v.Group.Held(in)
	if err != nil {
		return wire.Past{}, err
	}
	if c.Held.Seq < held.Seq {
		return wire.Past{}, fmt.Errorf("this node has %s up to %d, the group up to %d: come back", in, c.Held.Seq, held.Seq)
	}
	if after.Seq > c.Held.Seq {
		return wire.Past{}, fmt.Errorf("%w: the box has %s up to %d, headquarters up to %d", archive.ErrAbsent, in, after.Seq, c.Held.Seq)
	}
	e, err := v.Past.Extent(v.ctx, in, after.Seq)
	return wire.Past{
		Incarnation: in, Held: c.Held, Keys: c.Keys, RawBytes: e.RawBytes, Batches: e.Batches, Bytes: e.Bytes,
	}, err
}
