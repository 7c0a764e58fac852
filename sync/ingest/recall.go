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
	Lineage(in chain.Incarnation) ([]archive.Leg, error)
	Extent(ctx context.Context, g archive.Leg, after uint64) (archive.Extent, error)
	BatchAfter(g archive.Leg, after uint64) (wire.Batch, error)
}

// Recital decides what headquarters does on a link that a re-made box opened with Recall: it answers Past, and streams
// the batches of one leg as they are archived, a window of them ahead of the box's acknowledgements. Like Session it is a
// value with one method that matters, not for several goroutines.
type Recital struct {
	in   chain.Incarnation // that the box may read, with what it goes on after
	asks wire.Recall
	leg  archive.Leg // that is streamed
	end  uint64      // of the whole way
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
		Legs []archive.Leg
		Err  error
	}
	// Weighed answers Weigh. Err: it cannot be known now.
	Weighed struct {
		Extent archive.Extent
		Err    error
	}
	// Fetched answers Fetch. Err: it cannot be read.
	Fetched struct {
		Batch wire.Batch
		Err   error
	}
)

func (Measured) event() {}
func (Weighed) event()  {}
func (Fetched) event()  {}

// What Recital wants done besides Say and Refuse.
type (
	// Measure wants to know the way to the end of a chain. Measured answers.
	Measure struct{ In chain.Incarnation }
	// Weigh wants to know how much of a leg there is behind a sequence. Weighed answers.
	Weigh struct {
		Leg   archive.Leg
		After uint64
	}
	// Fetch wants the archived batch of a leg behind a sequence. Fetched answers.
	Fetch struct {
		Leg   archive.Leg
		After uint64
	}
	// End ends the link: the box has everything.
	End struct{}
)

func (Measure) act() {}
func (Weigh) act()   {}
func (Fetch) act()   {}
func (End) act()     {}

// Wake is when Tick is next wanted.
func (r *Recital) Wake() time.Time { return r.due }

// Step takes one event at a time that never goes back, and gives what is to be done, in order. Measure, Weigh and Fetch are
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
	case Weighed:
		return r.weighed(e)
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
	r.begun, r.fetching, r.asks = true, true, m
	return []Act{Measure{r.in}}
}

func (r *Recital) measured(e Measured) []Act {
	if e.Err != nil {
		return r.unknown(e.Err)
	}
	i, after := next(e.Legs, r.asks)
	switch {
	case i < 0:
		return r.refuse(wire.CodeCentre, fmt.Sprintf("the box has begun to read %s, and may read %s: remove what it has and begin again", r.asks.Incarnation, r.in), true)
	case after.Seq > e.Legs[i].To.Seq || after.Seq == e.Legs[i].To.Seq && after != e.Legs[i].To:
		return r.refuse(wire.CodeFork, fmt.Sprintf("the box has %s up to %s, headquarters' way leads to %s", r.asks.Incarnation, after, e.Legs[i].To), true)
	case len(e.Legs) > 1 && !r.asks.Lineage:
		return r.refuse(wire.CodeCentre, fmt.Sprintf("%s goes on after another chain, which this version of the box cannot read: update it first", r.in), true)
	}
	r.leg, r.sent, r.end = e.Legs[i], after, e.Legs[len(e.Legs)-1].To.Seq
	return []Act{Weigh{r.leg, after.Seq}}
}

// next is the leg that comes behind what a box has, and where it stands on it; the last when the box has everything, and
// negative when the box has read what is not on the way.
func next(legs []archive.Leg, asks wire.Recall) (i int, after chain.Position) {
	if asks.Incarnation == (chain.Incarnation{}) {
		return 0, legs[0].From
	}
	of := -1
	for i, g := range legs {
		if g.In != asks.Incarnation {
			continue
		}
		if of = i; asks.After.Seq < g.To.Seq {
			break
		}
	}
	if of >= 0 && of+1 < len(legs) && asks.After == legs[of].To {
		return of + 1, legs[of+1].From
	}
	return of, asks.After
}

func (r *Recital) weighed(e Weighed) []Act {
	r.fetching = false
	if e.Err != nil {
		return r.unknown(e.Err)
	}
	past := wire.Past{
		Incarnation: r.leg.In, Held: r.leg.To, Keys: r.leg.Keys,
		RawBytes: e.Extent.RawBytes, Batches: e.Extent.Batches, Bytes: e.Extent.Bytes,
	}
	if r.end > past.Held.Seq {
		past.End = r.end
	}
	return append([]Act{Say{past}}, r.more()...)
}

func (r *Recital) unknown(err error) []Act {
	if errors.Is(err, archive.ErrAbsent) {
		return r.refuse(wire.CodeFork, err.Error(), true)
	}
	return r.refuse(wire.CodeBusy, err.Error(), false)
}

// more asks for the next batch while the window has room, and ends the link when there is nothing to wait for.
func (r *Recital) more() []Act {
	switch {
	case r.sent.Seq >= r.leg.To.Seq && len(r.away) == 0:
		r.finished = true
		return []Act{End{}}
	case r.fetching || r.sent.Seq >= r.leg.To.Seq || len(r.away) >= window:
		return nil
	}
	r.fetching = true
	return []Act{Fetch{r.leg, r.sent.Seq}}
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
	if r.sent = e.Batch.Last(); r.sent.Seq > r.leg.To.Seq {
		r.sent = r.leg.To // the box takes no more of it
	}
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
	return []Act{Refuse{wire.NewRefusal(code, detail, r.leg.To, fatal)}}
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
				legs, err := v.measure(a.In)
				e = Measured{legs, err}
			case Weigh:
				extent, err := v.Past.Extent(v.ctx, a.Leg, a.After)
				e = Weighed{extent, err}
			case Fetch:
				b, err := v.Past.BatchAfter(a.Leg, a.After)
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

func (v *visit) measure(in chain.Incarnation) ([]archive.Leg, error) {
	legs, err := v.Past.Lineage(in)
	if err != nil {
		return nil, err
	}
	// A box that stops short of what the group has acknowledged would go on with another history.
	held, err := v.Group.Held(in)
	if err != nil {
		return nil, err
	}
	if end := legs[len(legs)-1].To; end.Seq < held.Seq {
		return nil, fmt.Errorf("this node has %s up to %d, the group up to %d: come back", in, end.Seq, held.Seq)
	}
	return legs, nil
}
