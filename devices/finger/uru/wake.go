package uru

import (
	"context"
	"errors"
	"time"

	"markaz.example/devices/port"
)

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

func (s *session) power(ctx context.Context) (byte, error) {
	var b [1]byte
	err := s.registers(ctx, regPower, b[:])
	return b[0], err
}
