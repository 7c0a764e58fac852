package printer

import (
	"context"
	"errors"
	"time"

	"markaz.example/devices/port"
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

// Identify asks the printer who it is, once it is idle and well; without a Run it opens the port for that, and a scrap of
// an interrupted slip is cut off first. ErrSilent when it answers none of the questions, else as Print's reasons, but it
// may be asked again freely. Probe, which moves no paper, is for a printer that nobody runs.
func (d *Driver) Identify(ctx context.Context) (id Identity, err error) {
	err = d.do(ctx, func(ctx context.Context, s *session) (err error) {
		id, err = s.identify(ctx)
		return err
	})
	return id, err
}

func (s *session) identify(ctx context.Context) (id Identity, err error) {
	heard := false
	for _, q := range []struct {
		n    byte
		into *string
	}{{askMaker, &id.Maker}, {askModel, &id.Model}, {askFirmware, &id.Firmware}, {askSerial, &id.Serial}} {
		a, err := s.question(ctx, []byte{gs, 'I', q.n}, answerText)
		if err != nil && !errors.Is(err, ErrSilent) {
			return id, err
		}
		*q.into = a.text
		heard = heard || err == nil
	}
	if !heard {
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

// runErrand is for what moves no paper. outcome is for who sent us; err is not nil when the session is over. A command
// that broke off would swallow the beginning of the next slip, so the printer is cleared first.
func (s *session) runErrand(ctx context.Context, e errand) (outcome, err error) {
	if outcome = s.mayBegin(ctx, e.ctx); outcome != nil {
		return outcome, over(outcome, e.ctx)
	}
	both, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(e.ctx, func() { cancel(context.Cause(e.ctx)) })
	outcome = e.do(both, s)
	stop()
	cancel(nil)
	if err = over(outcome, e.ctx); err != nil || errors.Is(outcome, port.ErrStuck) {
		s.d.clean = false
	}
	return outcome, err
}
