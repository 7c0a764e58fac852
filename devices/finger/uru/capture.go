package uru

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"markaz.example/devices/finger"
	"markaz.example/devices/port"
)

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

// awaitFinger waits until a finger is on the reader or the caller's context ends, and sees meanwhile that the reader
// lives and is awake. One answer that is missing or cut ends no wait; the verdict over several does.
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
		if v := s.verdict(); v != nil || ends(err) {
			return cmp.Or(v, err)
		}
		if err != nil || p&powerLow == 0 {
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

// awaitLift keeps one press from being taken twice, also by a reader that misses an answer meanwhile.
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
		if _, err := s.power(ctx); ends(err) {
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
