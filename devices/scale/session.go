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

	state      State
	ear        port.Ear
	buf        []byte    // came in and is not yet a message
	scratch    []byte    // for one Read
	last       time.Time // when the last byte came
	asked      time.Time // when the last question for a weight went out
	command    string    // the last thing sent, for the text of a refusal
	owed       bool      // an answer, which may come late
	late       bool      // one came
	unanswered int       // questions running for a weight
	refused    int       // questions refused since the last weight
	busy       time.Time // since when the scale has said nothing but "not now"; zero for not
	settler    settler
	drifter    drifter
	trouble    string // last logged
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
	s.owed = errors.Is(err, errQuiet)
	return err
}

// poll asks for one weight. Only an answer in time is a weight: one that comes late was weighed before somebody moved.
func (s *session) poll(ctx context.Context) error {
	s.asked = time.Now()
	s.ear.Asked(s.asked)
	if s.owed {
		if err := s.find(ctx); err != nil {
			return err
		}
	}
	m, err := s.exchange(ctx, s.speech.ask, s.answer, func(m message) bool { return m.kind == kindReading })
	switch {
	case err == nil:
		s.unanswered = 0
		s.weigh(m.reading)
		s.tell()
	case errors.Is(err, errQuiet):
		s.owed = true
		s.settler = settler{}
		if s.unanswered++; s.unanswered >= refusalsBelieved {
			s.state.Fault = errNoWeight // not told while the line is silent
		}
	}
	return err
}

// find takes up the conversation with a scale that owes an answer. It is cancelled and read until it says who it is, or
// where it has no such word until it has been quiet for a while; what comes before that is dropped. A scale that was
// only slow is given more time from now on.
func (s *session) find(ctx context.Context) error {
	s.late = false
	if s.speech.cancel != nil {
		if err := s.cancel(ctx); err != nil && (ends(err) || s.speech.serial != nil) {
			return err
		}
	}
	if s.speech.serial == nil {
		if err := s.drain(ctx); ends(err) {
			return err
		}
	}
	if s.late {
		s.answer = min(2*s.answer, max(s.answer, answerMax))
	}
	s.owed = false
	return nil
}

// drain reads until nothing has come for one answer's time, a few times that at the most.
func (s *session) drain(ctx context.Context) error {
	for range drainMessages {
		if _, err := s.next(ctx, time.Now().Add(s.answer)); err != nil {
			return err
		}
	}
	return nil
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
