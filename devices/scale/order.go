package scale

import (
	"bytes"
	"context"
	"errors"

	"markaz.example/devices/port"
)

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
		return s.speech.serial == nil && r.Stable && magnitude(r.Grams) <= s.division
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
	s.owed = true
	return ErrNoAnswer
}
