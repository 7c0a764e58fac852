package uru

import (
	"context"
	"errors"
	"fmt"
	"time"

	"markaz.example/devices/port"
	"markaz.example/devices/usb"
)

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
