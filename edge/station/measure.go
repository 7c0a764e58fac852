package station

import (
	"context"
	"errors"
	"time"

	"markaz.example/edge/book/reading"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/measure"
)

// Scale is a scale beside a desk.
type Scale interface {
	// Name is how records call it: "scale/infant".
	Name() string
	// Division is the smallest step of its display, in grams.
	Division() int64
	// Watch gives readings as they come, the newest only, until stop is called.
	Watch() (readings <-chan measure.Reading, stop func())
	// Zero sets an empty scale to zero. An error says why not, for the log.
	Zero(ctx context.Context) error
}

// Measuring is what a desk is doing with somebody on the scale or the board.
type Measuring struct {
	Visit  id.Visit
	Plan   measure.Plan
	Step   measure.Step
	Now    *measure.Reading // the scale's newest word; nil before the first or without a scale
	Fresh  bool             // it is young enough to be true now
	Asking int64            // the unusual value that waits for a word, grams or millimetres; 0 for none
}

// measuring is a Measuring under way.
type measuring struct {
	visit   id.Visit
	plan    measure.Plan
	session *measure.Session
	now     *measure.Reading
	over    chan struct{} // closed when it ends
}

// Measure begins to measure whoever the desk serves; what was begun and not finished is dropped.
// Refusals: those of Floor.Readings, NoInstrument, BadReason for a plan that nobody could carry out.
func (s *Station) Measure(ctx context.Context, d id.Desk, p measure.Plan) error {
	b, ok := s.bays[d]
	if !ok || p.Weight && b.Scale == nil {
		return desk.Refuse(desk.NoInstrument)
	}
	who, err := s.floor.Readings(ctx, d)
	if err != nil {
		return err
	}
	if p.Weight {
		p.DivisionG = b.Scale.Division()
	}
	session, err := measure.NewSession(p)
	if err != nil {
		return desk.Refuse(desk.BadReason)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.drop()
	b.measuring = &measuring{visit: who.Visit, plan: p, session: session, over: make(chan struct{})}
	b.tell()
	return nil
}

// Abandon drops what is under way.
func (s *Station) Abandon(d id.Desk) {
	if b, ok := s.bays[d]; ok {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.drop()
		b.tell()
	}
}

// drop ends the measuring under way, if there is one. The caller holds mu.
func (b *bay) drop() {
	if b.measuring != nil {
		close(b.measuring.over)
		b.measuring = nil
	}
}

// Measuring is what is under way at a desk; false for nothing.
func (s *Station) Measuring(d id.Desk) (Measuring, bool) {
	b, ok := s.bays[d]
	if !ok {
		return Measuring{}, false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	m := b.measuring
	if m == nil {
		return Measuring{}, false
	}
	out := Measuring{Visit: m.visit, Plan: m.plan, Step: m.session.Step(), Now: m.now}
	out.Fresh = m.now != nil && time.Since(m.now.At) < freshFor
	out.Asking, _ = m.session.Asking()
	return out, true
}

// Act is one press or one typed number: "now" takes the weight, "type" a number, "right" and "wrong" answer what is asked,
// "again" takes the present thing anew. What completes the measurement is recorded at once.
// A *measure.Problem says why a value was not accepted. Refusals: NotMeasuring, those of Floor.Measured.
func (s *Station) Act(ctx context.Context, d id.Desk, act, typed string) error {
	b, ok := s.bays[d]
	if !ok {
		return desk.Refuse(desk.NoInstrument)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	m := b.measuring
	if m == nil {
		return desk.Refuse(desk.NotMeasuring)
	}
	defer b.tell()
	if m.session.Step() != measure.StepDone { // else it could not be recorded the last time
		if err := m.act(act, typed); err != nil {
			return err
		}
	}
	done, ok := m.session.Measurement()
	if !ok {
		return nil
	}
	if err := s.floor.Measured(ctx, d, m.visit, b.taken(done)); err != nil {
		return err
	}
	b.drop()
	return nil
}

func (m *measuring) act(act, typed string) error {
	switch act {
	case "now":
		if m.now == nil || time.Since(m.now.At) >= freshFor {
			return measure.ErrEmpty
		}
		return m.session.Weigh(*m.now)
	case "type":
		if m.session.Step() == measure.StepMUAC {
			return m.session.MUAC(typed)
		}
		return m.session.Length(typed)
	case "right", "wrong":
		return m.session.Confirm(act == "right")
	case "again":
		m.session.Restart()
		return nil
	}
	return measure.ErrNotNow
}

// taken is a measurement as the book keeps it.
func (b *bay) taken(m measure.Measurement) (out []reading.Taken) {
	who := reading.Child
	if m.Subject == measure.Adult {
		who = reading.Mother
	}
	if w := m.Weight; w != nil {
		e := reading.Taken{Who: who, What: reading.Weight, Value: uint32(w.Grams), How: reading.FromScale, Device: b.Scale.Name()}
		if w.Held {
			e.How = reading.FromDifference
		}
		for _, r := range w.Used {
			e.Raw, e.Text = append(e.Raw, r.Grams), r.Text
		}
		out = append(out, e)
	}
	if l := m.Length; l != nil {
		what := reading.Length
		if l.Posture == measure.Standing {
			what = reading.Height
		}
		out = append(out, typedReading(who, what, l.Millimetres, l.Typed, measure.ParseCentimetres))
	}
	if a := m.MUAC; a != nil {
		out = append(out, typedReading(who, reading.MUAC, a.Millimetres, a.Typed, measure.ParseMillimetres))
	}
	return out
}

// typedReading keeps what was typed as the numbers that it was read as.
func typedReading(who, what string, mm int, texts []string, parse func(string) (int, error)) reading.Taken {
	e := reading.Taken{Who: who, What: what, Value: uint32(mm), How: reading.Typed}
	for _, text := range texts[max(0, len(texts)-typedKept):] {
		if n, err := parse(text); err == nil {
			e.Raw = append(e.Raw, int64(n))
		}
	}
	return e
}

// Zero sets the desk's scale to zero. Refusals: NoInstrument.
func (s *Station) Zero(ctx context.Context, d id.Desk) error {
	b, ok := s.bays[d]
	if !ok || b.Scale == nil {
		return desk.Refuse(desk.NoInstrument)
	}
	if err := b.Scale.Zero(ctx); err != nil {
		s.log.Warn("scale not set to zero", "dev", b.Scale.Name(), "err", err)
		return errors.Join(measure.ErrUnsteady, err)
	}
	return nil
}

// follow tells the session of one desk every reading of its scale, while there is a session.
func (s *Station) follow(ctx context.Context, b *bay) {
	for ctx.Err() == nil {
		b.mu.Lock()
		m, changed := b.measuring, b.changed
		b.mu.Unlock()
		if m != nil && m.plan.Weight {
			b.listen(ctx, m)
			continue
		}
		select {
		case <-ctx.Done():
		case <-changed:
		}
	}
}

func (b *bay) listen(ctx context.Context, m *measuring) {
	readings, stop := b.Scale.Watch()
	defer stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-m.over:
			return
		case r := <-readings:
			b.observe(m, r)
		}
	}
}

func (b *bay) observe(m *measuring, r measure.Reading) {
	b.mu.Lock()
	defer b.mu.Unlock()
	m.now = &r
	m.session.Observe(r)
	b.tell()
}
