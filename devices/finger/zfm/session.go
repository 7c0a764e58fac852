package zfm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"markaz.example/devices/finger"
	"markaz.example/devices/port"
)

// session is the conversation over one open port. All of it happens in the goroutine of Run: the line is half duplex, and
// a module says nothing that it was not asked, so nobody has to listen while nothing is asked.
type session struct {
	d    *Driver
	ctx  context.Context // Run's; a session never outlives it
	conn io.ReadWriteCloser
	ear  *port.Ear

	poll, answer, look, settle time.Duration

	dec     decoder
	buf     []byte
	bytes   int   // heard so far
	pending int   // written since the last answer: they may still be on the line
	spoilt  bool  // bytes that are of no packet for us came since this was last cleared
	over    error // why the session is at its end; nil while it is not

	astray  bool          // an answer is missing and may still come
	ready   bool          // the password was taken and the parameters are known
	lost    time.Time     // when it was last ready, or began
	also    uint32        // a second address that answers may come from; 0 for none
	params  Parameters    //
	lacks   map[byte]bool // commands that this module does not know
	heard   time.Time     //
	trouble error         // finger.ErrPassword, ErrDirty or ErrSensor

	failed      int       // pictures in a row that the sensor could not take
	unread      int       // pictures in a row that showed a finger and could not be used
	unreadSince time.Time // when the first of them was taken
}

func newSession(ctx context.Context, d *Driver, conn io.ReadWriteCloser, ear *port.Ear) *session {
	return &session{
		d: d, ctx: ctx, conn: conn, ear: ear, buf: make([]byte, readBytes), lacks: map[byte]bool{}, lost: time.Now(),
		poll: cmp.Or(d.Poll, pollDefault), answer: cmp.Or(d.Answer, answerDefault),
		look: cmp.Or(d.Look, lookDefault), settle: cmp.Or(d.Settle, settleDefault),
	}
}

// loop looks after the module between jobs, and returns why it ended.
func (s *session) loop(jobs <-chan job) error {
	for {
		pause := s.poll
		if err := s.tend(); errors.Is(err, ErrNoAnswer) || errors.Is(err, ErrRestarted) {
			pause = s.settle
		}
		if s.over != nil {
			return s.over
		}
		if s.tryOtherSpeed() {
			return errSpeed
		}
		if err := s.idle(jobs, pause); err != nil {
			return err
		}
	}
}

// idle takes jobs until the module is to be asked again.
func (s *session) idle(jobs <-chan job, pause time.Duration) error {
	over := time.NewTimer(pause)
	defer over.Stop()
	for {
		select {
		case <-over.C:
			return nil
		case <-s.ctx.Done():
			return context.Cause(s.ctx)
		case j := <-jobs:
			j.done <- s.work(j)
			if s.over != nil {
				return s.over
			}
		}
	}
}

// work does one job with a module that is ready, or says why it is not.
func (s *session) work(j job) error {
	var err error
	if !s.ready {
		err = s.begin()
	}
	if err == nil {
		err = j.do(s)
	}
	if err != nil && s.over != nil {
		return fmt.Errorf("%w: %w", ErrNotRunning, err) // a caller whose own context goes on should not read of a cancelled one alone
	}
	return err
}

// tend asks the idle module how it is. One that was switched off meanwhile no longer holds the password for verified.
func (s *session) tend() error {
	if !s.ready || s.params.Status&StatusPassword == 0 {
		return s.begin()
	}
	return s.readParameters()
}

// begin shows the password and reads the parameters.
func (s *session) begin() error {
	_, err := s.exchange(worded(cmdVfyPwd, s.d.password), min(s.answer, tendAnswer))
	if err != nil {
		s.setTrouble(errors.Is(err, finger.ErrPassword), finger.ErrPassword)
		return err
	}
	s.setTrouble(false, finger.ErrPassword)
	if err := s.readParameters(); err != nil {
		return err
	}
	if !s.ready {
		clear(s.lacks) // it may be another module on the same cable
		s.d.log().Info("fingerprint module found", "library", s.params.Library, "baud", s.params.Baud, "packet", s.params.PacketBytes)
	}
	s.ready, s.d.home = true, s.d.baud
	s.tell()
	return nil
}

func (s *session) readParameters() error {
	b, err := s.exchange(command{cmdReadPara}, min(s.answer, tendAnswer))
	if err != nil {
		return err
	}
	s.params, err = parseParameters(b)
	return err
}

// tryOtherSpeed moves to another speed when the module has not been heard at this one for a while.
func (s *session) tryOtherSpeed() bool {
	if s.d.At == nil || s.ready || s.trouble != nil || time.Since(s.lost) < silentSwap {
		return false
	}
	s.d.baud = s.d.otherSpeed()
	return true
}

// exchange is one command and its answer, without the code. An answer other than "done" is a Code.
func (s *session) exchange(c command, wait time.Duration) ([]byte, error) {
	defer s.tell()
	if err := s.find(); err != nil && !(errors.Is(err, ErrRestarted) && c[0] == cmdVfyPwd) {
		return nil, fmt.Errorf("%s: %w", c.name(), err)
	}
	b, err := s.ask(c, wait)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.name(), err)
	}
	return b, nil
}

// ask sends a command and waits for the answer of its length. Answers of another length belong to something else.
func (s *session) ask(c command, wait time.Duration) ([]byte, error) {
	s.ear.Asked(time.Now())
	if err := s.write(kindCommand, c); err != nil {
		return nil, err
	}
	for deadline := s.deadline(wait); ; {
		p, err := s.receive(deadline)
		if err != nil {
			s.astray = true
			if s.dec.begun() {
				s.ear.Half()
			}
			return nil, err
		}
		if p.kind != kindAnswer || len(p.content) == 0 {
			continue
		}
		code := Code(p.content[0])
		if code == codeOK && len(p.content) != answerBytes(c[0]) {
			continue
		}
		s.understood()
		return p.content[1:], s.refusal(c, code)
	}
}

func (s *session) understood() {
	s.ear.Understood()
	s.heard = time.Now()
	s.pending = 0
}

// refusal is nil for "done". A module that wants a password which it had already been shown has lost its power, and with
// it what its buffers held.
func (s *session) refusal(c command, code Code) error {
	switch {
	case code == codeOK, code == codeAlive && c[0] == cmdEcho:
		return nil
	case code != CodePassword && code != CodeNeedsPass, c[0] == cmdVfyPwd:
		return code
	}
	s.ready = false
	return ErrRestarted
}

// find is resync if it is needed.
func (s *session) find() error {
	if !s.astray {
		return nil
	}
	return s.resync()
}

// resync brings question and answer together again after a missed answer: it waits until nothing comes any more, and
// then puts the one question whose answer cannot be mistaken. Late answers have 12 or 14 bytes, this one has 28.
//
// ErrRestarted when the answer shows that the module lost its power meanwhile, and so what its buffers held: it wants the
// password, or no longer holds it for verified.
func (s *session) resync() error {
	if err := s.flush(); err != nil {
		return err
	}
	verified := s.params.Status&StatusPassword != 0
	b, err := s.ask(command{cmdReadPara}, min(s.answer, tendAnswer))
	if err == nil {
		s.params, err = parseParameters(b)
	}
	if err == nil && verified && s.params.Status&StatusPassword == 0 {
		s.ready, err = false, ErrRestarted
	}
	s.astray = err != nil && !errors.Is(err, ErrRestarted)
	return err
}

// flush reads until the line has been silent for the settle time. A rest of a picture may take as long as a picture does;
// a line that never falls silent is given up sooner.
func (s *session) flush() error {
	last := time.Now().Add(flushMax + s.lineTime(s.pixels()))
	for end := time.Now().Add(flushMax); ; {
		before := s.bytes
		p, err := s.receive(time.Now().Add(s.settle))
		now := time.Now()
		switch {
		case err == nil:
			clear(p.content)
			end = now.Add(flushMax)
		case !errors.Is(err, ErrNoAnswer):
			return err
		}
		if s.bytes == before || now.After(end) || now.After(last) {
			s.dec.reset()
			return nil
		}
	}
}

// receive waits for one packet from the module; ErrNoAnswer at the deadline.
func (s *session) receive(deadline time.Time) (packet, error) {
	for {
		p, ok := s.dec.next()
		s.ear.Noise(s.dec.noise)
		s.spoilt = s.spoilt || s.dec.noise > 0
		switch {
		case ok && (p.address == s.d.address || s.also != 0 && p.address == s.also):
			return p, nil
		case ok:
			s.ear.Noise(headBytes + len(p.content) + sumBytes)
			s.spoilt = true // the address is the one part that the sum leaves out
			continue
		case s.ctx.Err() != nil:
			return packet{}, s.end(context.Cause(s.ctx))
		case !time.Now().Before(deadline):
			return packet{}, ErrNoAnswer
		}
		if err := s.read(); err != nil {
			return packet{}, err
		}
	}
}

// read takes what is there, or waits the port's quiet time.
func (s *session) read() error {
	n, err := s.conn.Read(s.buf)
	s.bytes += n
	s.dec.feed(s.buf[:n])
	clear(s.buf[:n])
	if err != nil && !errors.Is(err, port.ErrQuiet) {
		return s.end(err)
	}
	return nil
}

// write sends one packet. A line that takes nothing is a module that does not answer.
func (s *session) write(kind byte, content []byte) error {
	b := packet{s.d.address, kind, content}.appendTo(make([]byte, 0, headBytes+len(content)+sumBytes))
	n, err := s.conn.Write(b)
	clear(b)
	s.pending += n
	switch {
	case err == nil:
		return nil
	case errors.Is(err, port.ErrStuck):
		s.astray = true
		return fmt.Errorf("%w (%w)", ErrNoAnswer, err)
	}
	return s.end(err)
}

// end notes why the session is over, once.
func (s *session) end(err error) error {
	if s.over == nil {
		s.over = err
	}
	return err
}

// deadline allows for what is still on its way down the line.
func (s *session) deadline(wait time.Duration) time.Time {
	return time.Now().Add(wait + s.lineTime(s.pending))
}

func (s *session) lineTime(bytes int) time.Duration {
	return time.Duration(bytes) * bitsPerByte * time.Second / time.Duration(s.d.baud)
}

// setTrouble notes a trouble that the module told of, or that it has passed.
func (s *session) setTrouble(holds bool, what error) {
	switch {
	case holds:
		s.trouble = what
	case s.trouble == what:
		s.trouble = nil
	}
}

// tell publishes how the module is. One that fell silent may have lost its power, so it has to begin anew.
func (s *session) tell() {
	verdict := s.ear.Verdict(time.Now())
	if s.ready {
		s.lost = time.Now()
	}
	s.ready = s.ready && verdict == nil
	s.d.setState(finger.State{Ready: s.ready && s.trouble == nil, Line: verdict, Trouble: s.trouble, Heard: s.heard})
}
