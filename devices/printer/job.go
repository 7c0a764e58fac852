package printer

import (
	"context"
	"errors"
	"time"
)

// print decides what became of one slip. outcome is for the caller of Print; err is not nil when the session is over.
func (s *session) print(ctx context.Context, j job) (outcome, err error) {
	if err := s.mayBegin(ctx, j.ctx); err != nil {
		return &NotSentError{err}, over(err, j.ctx)
	}
	s.drain()
	sent, err := s.send(ctx, encode(s.d.Profile, j.slip))
	if err == nil {
		err = s.awaitProof(ctx)
	}
	switch {
	case err == nil:
		s.empty()
		return nil, nil
	case sent == 0:
		return &NotSentError{err}, over(err, nil)
	}
	s.d.clean = false // the loop clears the printer before it does anything else
	return &UncertainError{s.because(err)}, over(err, nil)
}

// over is the error that ends the session; a caller who lost patience does not end it.
func over(err error, caller context.Context) error {
	if caller != nil && caller.Err() != nil && errors.Is(err, context.Cause(caller)) {
		return nil
	}
	if ends(err) {
		return err
	}
	return nil
}

// mayBegin is the last look before the first byte.
func (s *session) mayBegin(ctx, caller context.Context) error {
	if caller.Err() != nil {
		return context.Cause(caller)
	}
	if !s.d.clean {
		if err := s.lookAfter(ctx); err != nil {
			return err
		}
	}
	st, err := s.status(ctx)
	if err != nil {
		return err
	}
	if caller.Err() != nil {
		return context.Cause(caller)
	}
	return st.Ready()
}

// send writes the pieces and looks at the printer between two of them. sent counts the bytes that left.
func (s *session) send(ctx context.Context, pieces [][]byte) (sent int, err error) {
	s.lastWatch = time.Now()
	for i, piece := range pieces {
		if err := s.trouble(ctx); err != nil {
			return sent, err
		}
		if i == len(pieces)-1 {
			s.drain()
			s.proofs, s.noise = 0, 0 // what came before the question is no answer to it
		}
		s.strays += questions(piece)
		before := s.pending
		err := s.write(piece)
		sent += s.pending - before
		if err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// trouble asks after the printer when it is time to, and believes bad news only when it hears it twice: a slip is not
// given up for one garbled byte. Silence without a byte is believed at once: questions are answered in real time, so a
// printer that says nothing may have lost its power and with it the slip, and would confirm an empty buffer when it is
// back.
func (s *session) trouble(ctx context.Context) error {
	if time.Since(s.lastWatch) < s.watch {
		return nil
	}
	var bad error
	for range 2 {
		heard := s.heard
		st, err := s.status(ctx)
		s.lastWatch = time.Now()
		switch {
		case unheard(err) && s.heard > heard:
			bad = err
		case err != nil:
			return err
		default:
			if bad = st.Ready(); bad == nil {
				return nil
			}
		}
	}
	return bad
}

// awaitProof waits for the answers to askPaper, alone on a quiet line, twice: a burst of noise can look like a proof,
// but it cannot answer a question that is put after it. If more came than were asked for, or noise between them, or
// nothing for a while, the count begins again. Asking changes nothing on the paper, and every answer comes from behind
// all that was sent before its question.
func (s *session) awaitProof(ctx context.Context) error {
	for deadline, rounds := s.deadline(s.proof), 0; time.Now().Before(deadline); {
		_, err := s.next(ctx, earlier(deadline, time.Now().Add(s.watch)))
		silent := errors.Is(err, ErrSilent)
		if err != nil && !silent {
			return err
		}
		if err := s.trouble(ctx); err != nil {
			return err
		}
		if s.proofs < proofsAsked && !silent {
			continue
		}
		sure, err := s.settled(ctx, deadline)
		if err != nil {
			return err
		}
		if rounds++; !sure {
			rounds = 0
		}
		if rounds == proofRounds {
			return nil
		}
		if err := s.askAgain(); err != nil {
			return err
		}
	}
	return ErrSilent
}

func (s *session) askAgain() error {
	s.proofs, s.noise = 0, 0
	return s.write(askPaper)
}

// settled is false when the line does not fall silent before the deadline.
func (s *session) settled(ctx context.Context, deadline time.Time) (bool, error) {
	for time.Now().Before(deadline) {
		_, err := s.next(ctx, time.Now().Add(s.settle))
		if errors.Is(err, ErrSilent) {
			return s.noise == 0 && s.proofs == proofsAsked, nil
		}
		if err != nil {
			return false, err
		}
	}
	return false, nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// because prefers what the printer said of itself to what the line did: "paper is out" to "the line takes no more".
func (s *session) because(err error) error {
	s.drain()
	if st := s.d.State(); !ends(err) && st.Known && st.Ready() != nil {
		return errors.Join(st.Ready(), err)
	}
	return err
}
