package scale

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"time"

	"markaz.example/devices/port"
)

// session is the conversation over one open port, all of it in one goroutine: a port's Read comes back within its quiet
// time, which is soon enough to look for orders between two reads.
type session struct {
	d        *Driver
	conn     io.ReadWriter
	speech   dialect
	orders   <-chan order
	division int64

	watched, idle, answer, order time.Duration

	state   State
	ear     port.Ear
	buf     []byte    // came in and is not yet a message
	scratch []byte    // for one Read
	last    time.Time // when the last byte came
	asked   time.Time // when the last question for a weight went out
	command string    // the last thing sent, for the text of a refusal
	refused int       // questions refused since the last weight
	busy    time.Time // since when the scale has said nothing but "not now"; zero for not
	settler settler
	drifter drifter
	trouble string // last logged
}

func newSession(d *Driver, conn io.ReadWriter, speech dialect, orders <-chan order) *session {
	return &session{
		d: d, conn: conn, speech: speech, orders: orders, division: int64(d.Profile.DivisionG),
		watched: cmp.Or(d.Watched, watchedDefault), idle: cmp.Or(d.Idle, idleDefault),
		answer: cmp.Or(d.Answer, answerDefault), order: cmp.Or(d.Order, orderDefault),
		state: State{Known: speech.once}, scratch: make([]byte, readBytes), last: time.Now(),
	}
}

func (s *session) run(ctx context.Context) error {
	s.tell()
	if err := s.identify(ctx); ends(err) {
		return err
	}
	for {
		if err := s.turn(ctx); ends(err) {
			return err
		}
	}
}

// turn is one look around: an order, a question if one is due, whatever came in.
func (s *session) turn(ctx context.Context) error {
	select {
	case o := <-s.orders:
		err := s.carryOut(ctx, o)
		o.done <- err
		return s.lost(ctx, err)
	default:
	}
	if s.speech.ask == nil {
		_, err := s.next(ctx, time.Now().Add(lookAround))
		return err
	}
	switch left := time.Until(s.due()); {
	case left <= 0:
		return s.poll(ctx)
	case left < lookAround:
		return sleep(ctx, left) // a Read could take longer than is left
	}
	_, err := s.next(ctx, time.Now().Add(lookAround))
	return err
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// carryOut gives an order the caller's patience and the session's end, whichever is first. An order that was given up
// is taken back from the scale as well, which might be waiting for rest to carry it out.
func (s *session) carryOut(ctx context.Context, o order) error {
	both, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := context.AfterFunc(o.ctx, func() { cancel(context.Cause(o.ctx)) })
	defer stop()
	err := o.do(both, s)
	if o.ctx.Err() == nil || ctx.Err() != nil || err == nil {
		return err
	}
	if gone := s.giveUp(ctx); ends(gone) {
		return gone
	}
	return err
}

// lost is the error of an order that ends the session too: not the impatience of its caller.
func (s *session) lost(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if errors.Is(err, port.ErrGone) || errors.Is(err, port.ErrClosed) {
		return err
	}
	return nil
}

func (s *session) due() time.Time {
	if s.d.watched() {
		return s.asked.Add(s.watched)
	}
	return s.asked.Add(s.idle)
}

// identify asks for the serial number. A scale that does not tell is asked for weights all the same.
func (s *session) identify(ctx context.Context) error {
	if s.speech.serial == nil {
		return nil
	}
	s.ear.Asked(time.Now())
	_, err := s.exchange(ctx, s.speech.serial, s.answer, answers("I4"))
	return err
}

// poll asks for one weight. A scale that does not answer is cancelled and read until it says who it is: whatever it was
// doing is over then, and no late answer is taken for a new one.
func (s *session) poll(ctx context.Context) error {
	s.asked = time.Now()
	s.ear.Asked(s.asked)
	_, err := s.exchange(ctx, s.speech.ask, s.answer, func(m message) bool { return m.kind == kindReading })
	if !errors.Is(err, errQuiet) || s.speech.cancel == nil {
		return err
	}
	return s.cancel(ctx)
}

// cancel waits for what the scale says to that: who it is, or A&D's acknowledgement if that is switched on.
func (s *session) cancel(ctx context.Context) error {
	_, err := s.exchange(ctx, s.speech.cancel, s.answer, func(m message) bool { return m.kind == kindAck || answers("I4")(m) })
	return err
}

func answers(command string) func(message) bool {
	return func(m message) bool { return m.kind == kindReply && m.command == command }
}

// exchange sends and waits for the answer. A refusal is a *RefusedError, nothing in time errQuiet.
func (s *session) exchange(ctx context.Context, command []byte, wait time.Duration, answers func(message) bool) (message, error) {
	if err := s.write(command); err != nil {
		return message{}, err
	}
	for until := time.Now().Add(wait); ; {
		m, err := s.next(ctx, until)
		switch {
		case err != nil:
			return message{}, err
		case answers(m):
			return m, nil
		case m.kind == kindRefusal:
			return message{}, &RefusedError{Command: s.command, Code: m.text}
		case m.kind == kindReady:
			if err := s.write([]byte{dc1}); err != nil {
				return message{}, err
			}
		}
	}
}

func (s *session) write(command []byte) error {
	s.command = string(bytes.TrimRight(command, "\r\n"))
	_, err := s.conn.Write(command)
	return err
}

// next is the next message, already noted; errQuiet at the deadline.
func (s *session) next(ctx context.Context, until time.Time) (message, error) {
	for {
		if m, ok := s.take(); ok {
			return m, nil
		}
		if ctx.Err() != nil {
			return message{}, context.Cause(ctx)
		}
		if !time.Now().Before(until) {
			return message{}, errQuiet
		}
		if err := s.fill(); err != nil {
			return message{}, err
		}
	}
}

// fill reads once. Bytes after a gap begin a new message: what stood there before was cut.
func (s *session) fill() error {
	if s.speech.ask == nil && !s.speech.once {
		s.ear.Asked(time.Now()) // a stream owes us a line at all times
	}
	n, err := s.conn.Read(s.scratch)
	if err != nil && !errors.Is(err, port.ErrQuiet) {
		return err
	}
	now := time.Now()
	if len(s.buf) > 0 && now.Sub(s.last) > gapMax {
		s.junk(s.buf)
		s.buf = s.buf[:0]
	}
	if n > 0 {
		s.last = now
		s.buf = append(s.buf, s.scratch[:n]...)
	}
	s.tell()
	return nil
}

// take finds the next message in what came in.
func (s *session) take() (message, bool) {
	for len(s.buf) > 0 {
		n, msg := s.speech.split(s.buf)
		if n == 0 {
			break
		}
		raw := s.buf[:n]
		s.buf = s.buf[n:]
		if msg == nil {
			s.junk(raw)
			continue
		}
		if m, ok := s.hear(msg); ok {
			return m, true
		}
	}
	return message{}, false
}

// junk is bytes that are no message: the beginning of one, or noise. Either breaks a run of equal weights.
func (s *session) junk(b []byte) {
	s.settler = settler{}
	if s.speech.begins(b) {
		s.ear.Half()
		return
	}
	s.ear.Noise(len(b))
}

// hear decodes and notes one message.
func (s *session) hear(msg []byte) (message, bool) {
	m, err := s.speech.decode(msg)
	switch {
	case errors.Is(err, ErrFormat):
		s.junk(msg)
		return message{}, false
	case err != nil:
		s.understood()
		s.settler = settler{}
		s.state.Unit = err
		s.tell()
		return message{}, false
	}
	s.understood()
	s.note(m)
	s.tell()
	return m, true
}

func (s *session) understood() {
	s.ear.Understood()
	s.state.Known, s.state.Heard = true, time.Now()
}

// note keeps what a message tells, whatever it answers.
func (s *session) note(m message) {
	switch {
	case m.kind == kindReading:
		s.weigh(m.reading)
	case m.kind == kindReply && m.command == "I4" && m.status == "A":
		s.state.Serial = m.text
	case m.kind == kindRefusal && s.command == string(bytes.TrimRight(s.speech.ask, "\r\n")):
		s.refused++
		if s.refused >= refusalsBelieved {
			s.state.Fault = &RefusedError{Command: s.command, Code: m.text}
		}
	}
}

// weigh judges one reading and hands it on.
func (s *session) weigh(r Reading) {
	now := time.Now()
	r.At = now
	s.state.Overload, s.state.Underload = r.Status == Overload, r.Status == Underload
	s.state.BatteryLow = r.BatteryLow
	s.refused = 0
	s.state.Fault = s.fault(r, now)
	if r.Status.weighs() {
		s.state.Unit = nil
		if !r.Unit.Metric() {
			s.state.Unit = ErrImperial
		}
	}
	if r.Stable {
		s.state.Drift = s.drifter.drifted(r, s.division, now)
	}
	need := runsSettled
	if s.speech.once {
		need = 1
	}
	r.Stable = s.settler.settled(r, s.division, need)
	s.d.publish(r)
}

func (s *session) fault(r Reading, now time.Time) error {
	if r.Status != Busy {
		s.busy = time.Time{}
	} else if s.busy.IsZero() {
		s.busy = now
	}
	switch {
	case r.Status == Fault:
		return &RefusedError{Command: s.command, Code: cmp.Or(r.Text, "an error")}
	case r.Status == Busy && now.Sub(s.busy) >= busyBelieved:
		return errBusy
	}
	return nil
}

// tell publishes the state. While the line is in trouble nothing that was known before is.
func (s *session) tell() {
	st := s.state
	if verdict := s.ear.Verdict(time.Now()); verdict != nil {
		st = State{Line: verdict, Serial: st.Serial, Heard: st.Heard}
	}
	s.d.setState(st)
	s.report(errors.Join(st.Line, st.Unit, st.Fault))
}

// report logs trouble when it begins, changes and ends.
func (s *session) report(trouble error) {
	switch now := text(trouble); {
	case now == s.trouble:
	case now == "":
		s.d.log().Info("scale is well again")
	default:
		s.d.log().Warn("scale is in trouble", "err", trouble)
	}
	s.trouble = text(trouble)
}

// settleAt sends a command that waits for rest: zero or tare.
func (s *session) settleAt(ctx context.Context, command []byte) error {
	if command == nil {
		return ErrAtKeys
	}
	name := string(bytes.TrimRight(command, "\r\n"))
	s.settler = settler{}
	m, err := s.exchange(ctx, command, s.order, func(m message) bool { return s.answersRest(name, m) })
	if errors.Is(err, errQuiet) {
		return s.giveUp(ctx)
	}
	if err != nil || m.kind != kindReply {
		return err
	}
	switch m.status {
	case "A", "S":
		return nil
	case "+", "-":
		return ErrRange
	}
	return ErrUnrest
}

// answersRest: a scale of A&D's kind acknowledges only if it is set to; the weight that follows says it as well.
func (s *session) answersRest(name string, m message) bool {
	switch m.kind {
	case kindReply:
		return m.command == name
	case kindAck:
		return true
	case kindReading:
		r := m.reading
		return s.speech.serial == nil && r.Stable && max(r.Grams, -r.Grams) <= s.division
	}
	return false
}

// giveUp makes sure that a command which found no rest is not carried out later, when somebody stands on the scale. A
// scale that is well after that was waiting for rest.
func (s *session) giveUp(ctx context.Context) error {
	if s.speech.cancel == nil {
		return ErrNoAnswer
	}
	switch err := s.cancel(ctx); {
	case err == nil:
		return ErrUnrest
	case ends(err):
		return err
	}
	return ErrNoAnswer
}
