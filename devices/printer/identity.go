package printer

import (
	"context"
	"errors"
	"time"
)

// Identity is who the printer says it is. What a model does not tell is empty.
type Identity struct {
	Maker, Model, Firmware, Serial string
}

// The numbers of GS I that are answered with text.
// Source: Epson ESC/POS Command Reference, GS I.
const (
	askFirmware = 65
	askMaker    = 66
	askModel    = 67
	askSerial   = 68
)

// Identify asks the printer who it is, once it is idle and well. ErrSilent when it answers none of the questions,
// ErrNotRunning without a Run; else as Print, but it may be asked again freely.
func (d *Driver) Identify(ctx context.Context) (id Identity, err error) {
	err = d.run(ctx, func(ctx context.Context, s *session) (err error) {
		id, err = s.identify(ctx)
		return err
	})
	return id, err
}

func (s *session) identify(ctx context.Context) (id Identity, err error) {
	for _, q := range []struct {
		n    byte
		into *string
	}{{askMaker, &id.Maker}, {askModel, &id.Model}, {askFirmware, &id.Firmware}, {askSerial, &id.Serial}} {
		a, err := s.question(ctx, []byte{gs, 'I', q.n}, answerText)
		if err != nil && !errors.Is(err, ErrSilent) {
			return id, err
		}
		*q.into = a.text
	}
	if id == (Identity{}) {
		return id, ErrSilent
	}
	return id, nil
}

// question asks for an answer of one kind; ErrSilent when none comes in time.
func (s *session) question(ctx context.Context, command []byte, kind answerKind) (answer, error) {
	s.drain()
	if err := s.write(command); err != nil {
		return answer{}, err
	}
	return s.await(ctx, kind)
}

func (s *session) await(ctx context.Context, kind answerKind) (answer, error) {
	for deadline := s.deadline(s.answer); time.Now().Before(deadline); {
		a, err := s.next(ctx, deadline)
		if err != nil || a.kind == kind {
			return a, err
		}
	}
	return answer{}, ErrSilent
}

// runErrand is for what moves no paper. outcome is for who sent us; err is not nil when the session is over.
func (s *session) runErrand(ctx context.Context, e errand) (outcome, err error) {
	if outcome = s.mayBegin(ctx, e.ctx); outcome == nil {
		both, cancel := context.WithCancelCause(ctx)
		stop := context.AfterFunc(e.ctx, func() { cancel(context.Cause(e.ctx)) })
		outcome = e.do(both, s)
		stop()
		cancel(nil)
	}
	return outcome, over(outcome, e.ctx)
}
