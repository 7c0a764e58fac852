package uru

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"markaz.example/devices/finger"
	"markaz.example/devices/port"
	"markaz.example/devices/usb"
)

// session is the conversation over one open reader. listen feeds interrupts; all else happens in loop's goroutine.
type session struct {
	d         *Driver
	handle    usb.Handle
	intr      uint8 // addresses of the two pipes
	bulk      uint8
	jobs      <-chan job
	incoming  chan interrupt
	poll      time.Duration
	quality   int
	answers   port.Ear  // what registers say
	shouts    port.Ear  // what interrupts say
	nonsense  time.Time // when last an interrupt was none
	trouble   error     // of the sensor
	heard     time.Time
	wakeAfter time.Time // of a reader that did not wake: no new attempt before
	awake     bool      // proved once since it last failed
}

type interrupt struct {
	event event
	known bool
	bytes int
}

func newSession(d *Driver, h usb.Handle, jobs <-chan job) (*session, error) {
	s := &session{
		d: d, handle: h, jobs: jobs, incoming: make(chan interrupt, eventsMax),
		poll: cmp.Or(d.Poll, pollDefault), quality: cmp.Or(d.Quality, qualityDefault),
	}
	for _, e := range h.Endpoints() {
		switch {
		case e.Address&0x80 == 0:
		case e.Transfer == usb.Interrupt:
			s.intr = e.Address
		case e.Transfer == usb.Bulk:
			s.bulk = e.Address
		}
	}
	if s.intr == 0 || s.bulk == 0 {
		return nil, ErrPipes
	}
	return s, nil
}

func (s *session) run(ctx context.Context) error {
	ctx, fail := context.WithCancelCause(ctx)
	var listener sync.WaitGroup
	listener.Go(func() { fail(s.listen(ctx)) })
	err := s.loop(ctx)
	s.off()
	fail(err)
	s.handle.Close()
	listener.Wait()
	return err
}

// listen hands on interrupts. A read without a deadline is right here, since a finger may come in an hour and a read that
// is taken back can lose what arrives at that instant; it ends with the context, and with the handle.
func (s *session) listen(ctx context.Context) error {
	b := make([]byte, interruptBytes)
	for {
		n, err := s.handle.Read(ctx, s.intr, b)
		if err != nil && !errors.Is(err, port.ErrQuiet) {
			return err
		}
		if err != nil || n == 0 {
			continue
		}
		e, ok := decodeEvent(b[:n])
		select {
		case s.incoming <- interrupt{event: e, known: ok, bytes: n}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// loop looks after the reader between captures.
func (s *session) loop(ctx context.Context) error {
	look := time.NewTimer(0)
	defer look.Stop()
	for {
		select {
		case <-look.C:
			if err := s.lookAfter(ctx); ends(err) {
				return err
			}
			look.Reset(s.poll)
		case i := <-s.incoming:
			s.note(i)
		case j := <-s.jobs:
			if err := s.serve(ctx, j); ends(err) {
				return err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// ends sorts trouble of the reader, which passes, from the end of the handle or of the context, which does not.
func ends(err error) bool {
	for _, passes := range []error{
		port.ErrQuiet, port.ErrStuck, port.ErrSilent, port.ErrBabble, port.ErrHalf, usb.ErrStall,
		finger.ErrSensor,
		finger.ErrNoFinger, finger.ErrPoor, finger.ErrSmall, finger.ErrMessy,
	} {
		if errors.Is(err, passes) {
			return false
		}
	}
	return err != nil
}

// lookAfter asks the reader for a sign of life, and wakes it once to see that it can be woken.
func (s *session) lookAfter(ctx context.Context) error {
	s.forgive()
	if s.awake || time.Now().Before(s.wakeAfter) {
		_, err := s.power(ctx)
		return err
	}
	if err := s.wake(ctx); err != nil {
		s.wakeAfter = time.Now().Add(s.poll)
		return err
	}
	return s.write(ctx, regMode, modeOff)
}

// forgive forgets nonsense on the interrupt pipe once it has stopped: a well reader that nobody touches says nothing there
// by which it could clear itself, and one that goes on is not cleared by a word between.
func (s *session) forgive() {
	if time.Since(s.nonsense) >= calm {
		s.shouts = port.Ear{}
	}
}

// await returns when the reader says want, port.ErrQuiet at the deadline, and finger.ErrNoFinger or the cause when the
// caller's context ends; caller may be nil.
func (s *session) await(ctx, caller context.Context, deadline time.Time, want event) error {
	timer := time.NewTimer(time.Until(deadline))
	defer timer.Stop()
	var gaveUp <-chan struct{}
	if caller != nil {
		gaveUp = caller.Done()
	}
	for {
		select {
		case i := <-s.incoming:
			if s.note(i); i.known && i.event == want {
				return nil
			}
			if v := s.verdict(); v != nil {
				return v
			}
		case <-timer.C:
			return port.ErrQuiet
		case <-gaveUp:
			return waited(caller)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (s *session) drain() {
	for {
		select {
		case i := <-s.incoming:
			s.note(i)
		default:
			return
		}
	}
}

// note judges an interrupt. What no such reader says is noise.
func (s *session) note(i interrupt) {
	if !i.known {
		s.nonsense = time.Now()
	}
	switch {
	case i.known:
		s.forgive()
	case i.bytes < interruptBytes:
		s.shouts.Half()
	default:
		s.shouts.Noise(i.bytes)
	}
	if i.event == eventTrouble {
		s.d.log().Info("fingerprint reader reports trouble; the next picture may be empty")
	}
	s.tell()
}

// off switches the sensor and its light off; a reader that is gone does not hear it.
func (s *session) off() {
	ctx, stop := context.WithTimeout(context.Background(), controlWait)
	defer stop()
	s.handle.Control(ctx, usb.Request{Type: toDevice, Code: requestRegister, Value: regMode}, []byte{modeOff})
}

func (s *session) verdict() error {
	now := time.Now()
	return cmp.Or(s.answers.Verdict(now), s.shouts.Verdict(now))
}

// setTrouble keeps what is wrong with the sensor until it worked again.
func (s *session) setTrouble(err error) {
	s.trouble = nil
	if errors.Is(err, finger.ErrSensor) {
		s.trouble = err
	}
	s.tell()
}

// tell publishes the state.
func (s *session) tell() {
	line := s.verdict()
	s.d.setState(finger.State{Ready: line == nil && s.trouble == nil && s.awake, Line: line, Trouble: s.trouble, Heard: s.heard})
}
