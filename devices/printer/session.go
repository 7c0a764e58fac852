package printer

import (
	"cmp"
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"markaz.example/devices/port"
)

// session is the conversation over one open port. Its reader feeds answers; all else happens in loop's goroutine.
type session struct {
	d       *Driver
	conn    io.ReadWriteCloser
	door    *door
	answers chan answer
	ear     port.Ear

	poll, watch, answer, proof, settle time.Duration

	pending   int       // bytes written since the printer last answered in real time: they may still be on the line
	proofs    int       // answers to askPaper since it was last sent
	strays    int       // answers to come to questions inside a picture
	noise     int       // bytes that no printer says, since then
	heard     int       // answers of any kind, noise among them
	changes   int       // automatic statuses since the settings were said
	babble    int       // bytes that answer nothing, since the last status round
	inDoubt   bool      // the last status round brought no full answer
	cleared   bool      // the printer said that it threw its buffer away
	wasReset  bool      // the port's own reset was tried since the printer was last known to be empty
	lastWatch time.Time // of the last status round in this slip

	recoverAt    time.Time // no new attempt to clear before
	recoverPause time.Duration
}

func newSession(d *Driver, conn io.ReadWriteCloser, way *door) *session {
	return &session{
		d: d, conn: conn, door: way, answers: make(chan answer, answersMax),
		poll: cmp.Or(d.Poll, pollDefault), watch: cmp.Or(d.Watch, watchDefault), answer: cmp.Or(d.Answer, answerDefault),
		proof: cmp.Or(d.Proof, proofDefault), settle: cmp.Or(d.Settle, settleDefault),
	}
}

func (s *session) run(ctx context.Context) error {
	ctx, fail := context.WithCancelCause(ctx)
	var reader sync.WaitGroup
	reader.Go(func() { fail(s.read(ctx)) })
	err := s.loop(ctx)
	fail(err)
	s.conn.Close()
	reader.Wait()
	return err
}

// read decodes until the port or the context ends.
func (s *session) read(ctx context.Context) error {
	var d decoder
	buf := make([]byte, readBytes)
	for ctx.Err() == nil {
		n, err := s.conn.Read(buf)
		if errors.Is(err, port.ErrQuiet) && d.reset() {
			s.hand(ctx, answer{kind: answerHalf})
		}
		if err != nil && !errors.Is(err, port.ErrQuiet) {
			return err
		}
		for _, b := range buf[:n] {
			if a := d.feed(b); a.kind != answerNone {
				s.hand(ctx, a)
			}
		}
	}
	return context.Cause(ctx)
}

func (s *session) hand(ctx context.Context, a answer) {
	select {
	case s.answers <- a:
	case <-ctx.Done():
	}
}

// loop looks after the printer between slips.
func (s *session) loop(ctx context.Context) error {
	for {
		if err := s.lookAfter(ctx); ends(err) {
			return err
		}
		pause := s.poll
		if !s.d.clean || s.inDoubt {
			pause = s.watch
		}
		if err := s.idle(ctx, pause); ends(err) {
			return err
		}
	}
}

// ends sorts trouble of the printer, which passes, from the end of the port or of the context, which does not.
func ends(err error) bool {
	for _, passes := range []error{ErrSilent, port.ErrBabble, port.ErrHalf, port.ErrStuck, ErrPaperOut, ErrCoverOpen, ErrCutter, ErrFault, ErrOffline, ErrRecovering} {
		if errors.Is(err, passes) {
			return false
		}
	}
	return err != nil
}

// idle takes slips until the pause is over or one of them needs looking after.
func (s *session) idle(ctx context.Context, pause time.Duration) error {
	over := time.NewTimer(pause)
	defer over.Stop()
	for {
		select {
		case <-over.C:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		case a := <-s.answers:
			s.unasked(s.note(a))
		case j := <-s.door.jobs:
			outcome, err := s.print(ctx, j)
			j.done <- outcome
			if err != nil || !s.d.clean {
				return err
			}
		case e := <-s.door.errands:
			outcome, err := s.runErrand(ctx, e)
			e.done <- outcome
			if err != nil || !s.d.clean {
				return err
			}
		}
	}
}

// lookAfter asks how the printer is and, when a slip may still be in it, gets rid of that first.
func (s *session) lookAfter(ctx context.Context) error {
	if !s.d.clean {
		if err := s.clear(ctx); ends(err) {
			return err
		}
	}
	st, err := s.status(ctx)
	if err != nil || s.d.clean {
		return err
	}
	if err := st.Ready(); err != nil {
		return err
	}
	if time.Now().Before(s.recoverAt) {
		return ErrRecovering
	}
	return s.recover(ctx)
}

// clear makes the printer throw its buffer away, in real time, so also while paper is out. A printer that answers
// this must be heard before anything else is sent; one that does not is found out by recover.
// Source: Epson ESC/POS Command Reference, DLE DC4 (fn = 8), notes.
func (s *session) clear(ctx context.Context) error {
	s.cleared = false
	s.resetPort(ctx)
	if err := s.write(clearing(s.d.Profile)); err != nil {
		return err
	}
	if !clearAnswers(s.d.Profile) {
		return nil
	}
	s.ear.Asked(time.Now())
	for deadline := s.deadline(s.answer); !s.cleared && time.Now().Before(deadline); {
		if _, err := s.next(ctx, deadline); err != nil {
			return err
		}
	}
	return nil
}

// resetPort throws away a broken picture on USB, where no count of zeros is needed to end it. Once is enough: some
// printers beep at it. One that refuses is cleared like any other.
func (s *session) resetPort(ctx context.Context) {
	p, ok := s.conn.(port.SideChannel)
	if !ok || s.wasReset {
		return
	}
	s.wasReset = true
	ctx, cancel := context.WithTimeout(ctx, s.answer)
	defer cancel()
	if err := p.SoftReset(ctx); err != nil {
		s.d.log().Debug("printer port was not reset", "err", err)
	}
}

// recover brings the printer to the top of an empty page and waits until it says, from behind everything that may
// still have been queued, that it is there.
func (s *session) recover(ctx context.Context) error {
	s.recoverPause = min(max(2*s.recoverPause, recoverMin), recoverMax)
	s.recoverAt = time.Now().Add(s.recoverPause)
	s.drain()
	s.proofs, s.noise = 0, 0
	if err := s.write(flush(s.d.Profile)); err != nil {
		return err
	}
	if err := s.awaitProof(ctx); err != nil {
		s.d.log().Warn("printer does not confirm that it is empty", "err", err)
		return err
	}
	s.recoverAt, s.recoverPause = time.Time{}, 0
	s.empty()
	return nil
}

// ask drains first: an answer that is already there answers another question.
func (s *session) ask(ctx context.Context, n byte) (byte, error) {
	s.drain()
	if err := s.write(ask(n)); err != nil {
		return 0, err
	}
	deadline := s.deadline(s.answer)
	for {
		a, err := s.next(ctx, deadline)
		if err != nil {
			s.strays = 0 // this printer does not answer from inside a picture, or not all of it
			return 0, err
		}
		if a.kind == answerStatus {
			s.pending = 0
			return a.value, nil
		}
	}
}

func (s *session) write(b []byte) error {
	n, err := s.conn.Write(b)
	s.pending += n
	return err
}

// deadline allows for what is still on its way down the line.
func (s *session) deadline(wait time.Duration) time.Time {
	line := time.Duration(s.pending) * bitsPerByte * time.Second / time.Duration(s.d.Profile.Line.Baud)
	return time.Now().Add(wait + line)
}

// next returns one answer, already noted. ErrSilent at the deadline.
func (s *session) next(ctx context.Context, deadline time.Time) (answer, error) {
	left := time.Until(deadline)
	if left <= 0 {
		return answer{}, ErrSilent
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case a := <-s.answers:
		return s.note(a), nil
	case <-timer.C:
		return answer{}, ErrSilent
	case <-ctx.Done():
		return answer{}, context.Cause(ctx)
	}
}

func (s *session) drain() {
	for {
		select {
		case a := <-s.answers:
			s.note(a)
		default:
			return
		}
	}
}

// empty begins anew with a printer that has worked through everything.
func (s *session) empty() {
	s.strays, s.wasReset = 0, false
	s.d.clean = true
}

// note keeps what an answer tells beyond the question at hand, and takes out answers to questions that stood in a
// picture: they come before ours, as the picture went before our question.
func (s *session) note(a answer) answer {
	s.heard++
	if a.kind == answerStatus && s.strays > 0 {
		s.strays--
		return answer{}
	}
	switch a.kind {
	case answerPaper:
		if a.value&0x0c == 0 {
			s.proofs++
		} else {
			s.noise++
		}
	case answerChange:
		s.changes++
		st := asbState(s.d.Profile, a.asb)
		st.Line = s.ear.Verdict(time.Now())
		s.d.setState(st)
	case answerCleared:
		s.cleared = true
	case answerHalf:
		s.noise++
		s.ear.Half()
	case answerNoise:
		s.noise++
		s.babbled()
	}
	return a
}

// unasked counts answers that nobody asked for, as from a device that says the same for ever.
func (s *session) unasked(a answer) {
	if a.kind == answerStatus || a.kind == answerPaper || a.kind == answerText || a.kind == answerCustom {
		s.babbled()
	}
}

func (s *session) babbled() {
	s.babble++
	s.ear.Noise(1)
}
