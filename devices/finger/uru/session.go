package uru

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
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

// serve takes one finger and tells the caller. err is not nil when the session is over.
func (s *session) serve(ctx context.Context, j job) error {
	if j.ctx.Err() != nil {
		j.done <- outcome{err: waited(j.ctx)}
		return nil
	}
	c, err := s.capture(ctx, j)
	caller := j.ctx.Err() != nil && err != nil && errors.Is(err, waited(j.ctx))
	j.done <- outcome{capture: c, err: err}
	if seen(err) {
		err = s.awaitLift(ctx)
	}
	if ends(err) && !caller {
		return err
	}
	return s.write(ctx, regMode, modeOff)
}

// seen reports whether there was a finger, good or not.
func seen(err error) bool {
	return err == nil || errors.Is(err, finger.ErrPoor) || errors.Is(err, finger.ErrSmall) || errors.Is(err, finger.ErrMessy)
}

// capture wakes the reader, waits for a finger and takes pictures until one is whole.
func (s *session) capture(ctx context.Context, j job) (finger.Capture, error) {
	if err := s.ready(ctx); err != nil {
		return finger.Capture{}, err
	}
	if err := s.awaitFinger(ctx, j.ctx); err != nil {
		return finger.Capture{}, err
	}
	p, err := s.shoot(ctx)
	s.setTrouble(err)
	if err != nil {
		return finger.Capture{}, err
	}
	c := finger.Capture{Position: j.position, Quality: finger.Quality(p), Picture: &p}
	if err := s.good(c); err != nil {
		c.Wipe()
		return finger.Capture{}, err
	}
	return c, nil
}

// good says what a person can do better.
func (s *session) good(c finger.Capture) error {
	if c.Quality >= s.quality {
		return nil
	}
	switch l := lookAt(*c.Picture); {
	case 2*l.smeared > l.ridged:
		return finger.ErrMessy
	case l.ridged < shareMin:
		return finger.ErrSmall
	}
	return fmt.Errorf("%w: %d of %d", finger.ErrPoor, c.Quality, s.quality)
}

// ready wakes the reader, which was switched off after the last finger. Of one that is known to be unwell the verdict is
// answered at once: a desk need not wait for it.
func (s *session) ready(ctx context.Context) error {
	if v := s.verdict(); v != nil {
		return v
	}
	return s.wake(ctx)
}

// wake runs the start sequence until the sensor says that it has power.
func (s *session) wake(ctx context.Context) error {
	for range wakeTries {
		if err := s.powerUp(ctx); err != nil {
			return err
		}
		err := s.await(ctx, nil, time.Now().Add(wakeWait), eventPowered)
		if err == nil {
			s.awake = true
			s.setTrouble(nil)
			return nil
		}
		if !errors.Is(err, port.ErrQuiet) {
			return err
		}
	}
	return s.asleep()
}

func (s *session) asleep() error {
	s.awake = false
	s.setTrouble(ErrAsleep)
	s.d.log().Warn("fingerprint reader does not wake")
	return ErrAsleep
}

// powerUp sets the power register as the start sequence wants it. Source: libfprint, uru4000: a reader whose last user
// left it in the middle of something must be rebooted first.
func (s *session) powerUp(ctx context.Context) error {
	s.drain()
	p, err := s.power(ctx)
	if err != nil {
		return err
	}
	if p&(powerLow|powerFault) == powerLow|powerFault {
		if err := s.write(ctx, regPower, p&powerKeep); err != nil {
			return err
		}
		if p, err = s.powerUntil(ctx, nil, func(p byte) bool { return p&powerBooted != 0 }); err != nil {
			return err
		}
	}
	if p&powerLow == 0 {
		if err := s.write(ctx, regPower, p|powerLow); err != nil {
			return err
		}
	}
	up := p & powerKeep
	_, err = s.powerUntil(ctx, &up, func(p byte) bool { return p&powerLow == 0 })
	return err
}

// powerUntil looks at the power register, writing it before each look if write is not nil. ErrAsleep when it gives up.
func (s *session) powerUntil(ctx context.Context, write *byte, fits func(byte) bool) (byte, error) {
	for range wakePolls {
		if write != nil {
			if err := s.write(ctx, regPower, *write); err != nil {
				return 0, err
			}
		}
		p, err := s.power(ctx)
		if err != nil || fits(p) {
			return p, err
		}
		if err := pause(ctx, wakePause); err != nil {
			return 0, err
		}
	}
	return 0, s.asleep()
}

// awaitFinger waits until a finger is on the reader or the caller's context ends, and sees meanwhile that the reader
// lives and is awake.
func (s *session) awaitFinger(ctx, caller context.Context) error {
	if err := s.write(ctx, regMode, modeAwaitOn); err != nil {
		return err
	}
	for {
		err := s.await(ctx, caller, time.Now().Add(s.poll), eventOn)
		if !errors.Is(err, port.ErrQuiet) {
			return err
		}
		p, err := s.power(ctx)
		if errors.Is(err, port.ErrQuiet) && s.verdict() == nil {
			continue
		}
		if err != nil {
			return cmp.Or(s.verdict(), err)
		}
		if p&powerLow == 0 {
			continue
		}
		s.d.log().Warn("fingerprint reader fell asleep, waking it")
		if err := s.wake(ctx); err != nil {
			return err
		}
		if err := s.write(ctx, regMode, modeAwaitOn); err != nil {
			return err
		}
	}
}

// awaitLift keeps one press from being taken twice.
func (s *session) awaitLift(ctx context.Context) error {
	if err := s.write(ctx, regMode, modeAwaitOff); err != nil {
		return err
	}
	until := time.Now().Add(liftWait)
	for time.Now().Before(until) {
		err := s.await(ctx, nil, time.Now().Add(s.poll), eventOff)
		if !errors.Is(err, port.ErrQuiet) {
			return err
		}
		if _, err := s.power(ctx); err != nil {
			return err
		}
	}
	return nil
}

// shoot takes pictures until one is whole. A reader in this mode sends one after the other, and may need to be told again
// after a broken one. finger.ErrMessy when none is whole, ErrNoPicture when none comes.
func (s *session) shoot(ctx context.Context) (finger.Picture, error) {
	if err := s.write(ctx, regMode, modeCapture); err != nil {
		return finger.Picture{}, err
	}
	b := make([]byte, transferMax)
	defer clear(b)
	for quiet, tries := 0, 0; tries < picturesMax; tries++ {
		n, err := s.read(ctx, b)
		if errors.Is(err, port.ErrQuiet) {
			if quiet++; quiet == bulkTries {
				return finger.Picture{}, ErrNoPicture
			}
			if err = s.write(ctx, regMode, modeCapture); err == nil {
				continue
			}
		}
		if err != nil {
			return finger.Picture{}, err
		}
		p, err := s.develop(ctx, b[:n])
		if !errors.Is(err, errBroken) {
			return p, err
		}
		s.d.log().Info("picture is not whole, taking another", "err", err)
	}
	return finger.Picture{}, finger.ErrMessy
}

// develop makes a picture of a transfer. errBroken when it is not whole.
func (s *session) develop(ctx context.Context, b []byte) (finger.Picture, error) {
	r, err := parse(b)
	if err != nil {
		return finger.Picture{}, err
	}
	if r.scrambled() {
		if err := r.unscramble(func(number byte) (scrambler, error) { return s.key(ctx, number) }); err != nil {
			return finger.Picture{}, fmt.Errorf("key of a scrambled picture: %w", err)
		}
	}
	return r.picture(), nil
}

// read is one transfer; a short packet ends it.
func (s *session) read(ctx context.Context, b []byte) (int, error) {
	ctx, stop := context.WithTimeout(ctx, bulkWait)
	defer stop()
	return s.handle.Read(ctx, s.bulk, b)
}

// key asks for the key with a number. The reader tells it XORed with a number that we choose.
func (s *session) key(ctx context.Context, number byte) (scrambler, error) {
	seed := s.d.seed()
	if err := s.write(ctx, regScramble, binary.LittleEndian.AppendUint32([]byte{number}, seed)...); err != nil {
		return 0, err
	}
	var b [4]byte
	if err := s.registers(ctx, regKey, b[:]); err != nil {
		return 0, err
	}
	return scrambler(binary.LittleEndian.Uint32(b[:]) ^ seed), nil
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

func (s *session) power(ctx context.Context) (byte, error) {
	var b [1]byte
	err := s.registers(ctx, regPower, b[:])
	return b[0], err
}

// registers fills b from a register on.
func (s *session) registers(ctx context.Context, reg uint16, b []byte) error {
	n, err := s.control(ctx, toHost, reg, b)
	if err == nil && n < len(b) {
		s.answers.Half()
		s.tell()
		return fmt.Errorf("register %02x: %d of %d bytes: %w", reg, n, len(b), port.ErrHalf)
	}
	return s.judge(err)
}

func (s *session) write(ctx context.Context, reg uint16, b ...byte) error {
	_, err := s.control(ctx, toDevice, reg, b)
	if err != nil {
		return s.judge(err)
	}
	return nil // no answer was asked for, so nothing is proved
}

func (s *session) control(ctx context.Context, kind uint8, reg uint16, b []byte) (int, error) {
	ctx, stop := context.WithTimeout(ctx, controlWait)
	defer stop()
	if kind == toHost {
		s.answers.Asked(time.Now())
	}
	n, err := s.handle.Control(ctx, usb.Request{Type: kind, Code: requestRegister, Value: reg}, b)
	if err != nil {
		return 0, fmt.Errorf("register %02x: %w", reg, err)
	}
	return n, nil
}

// judge notes what an answer says of the line. A device that refuses a register that all such readers have is another.
func (s *session) judge(err error) error {
	switch {
	case err == nil:
		s.answers.Understood()
		s.heard = time.Now()
	case errors.Is(err, usb.ErrStall):
		s.answers.Noise(1)
	}
	s.tell()
	return err
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

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
