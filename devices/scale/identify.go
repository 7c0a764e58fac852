package scale

import (
	"context"
	"fmt"
	"strings"
)

// Identity is what a scale says of itself, in its own words. What it does not know stays empty.
type Identity struct {
	Levels   string // MT-SICS levels and versions, I1
	Type     string // type, capacity and unit, I2
	Software string // I3
	Serial   string // I4
}

// Identify asks a scale who it is. ErrAtKeys for one that cannot be asked; otherwise errors as for Zero.
func (d *Driver) Identify(ctx context.Context) (id Identity, err error) {
	err = d.give(ctx, func(ctx context.Context, s *session) error { return s.identity(ctx, &id) })
	return id, err
}

// identity skips over questions that this scale does not know.
func (s *session) identity(ctx context.Context, id *Identity) error {
	if s.speech.serial == nil {
		return ErrAtKeys
	}
	for _, q := range []struct {
		command string
		to      *string
	}{{"I1", &id.Levels}, {"I2", &id.Type}, {"I3", &id.Software}, {"I4", &id.Serial}} {
		m, err := s.exchange(ctx, []byte(q.command+"\r\n"), s.answer, answers(q.command))
		if ends(err) {
			return err
		}
		*q.to = m.text
	}
	if *id == (Identity{}) {
		return ErrNoAnswer
	}
	return nil
}

// Show writes a few characters on the scale's display, as "OK" for whoever holds the child; empty gives the display back
// to the weight. ErrAtKeys for a scale without that command; otherwise errors as for Zero.
func (d *Driver) Show(ctx context.Context, text string) error {
	if len(text) > displayCharsMax || !printable(text) || strings.Contains(text, `"`) {
		return fmt.Errorf("show %q: a display has at most %d plain characters: %w", text, displayCharsMax, ErrFormat)
	}
	return d.give(ctx, func(ctx context.Context, s *session) error {
		if text == "" {
			return s.simple(ctx, "DW", "DW")
		}
		return s.simple(ctx, "D", fmt.Sprintf(`D "%s"`, text))
	})
}

// ClearTare forgets the container. ErrAtKeys for a scale without that command; otherwise errors as for Zero.
func (d *Driver) ClearTare(ctx context.Context) error {
	return d.give(ctx, func(ctx context.Context, s *session) error { return s.simple(ctx, "TAC", "TAC") })
}

// simple sends an MT-SICS command that is carried out at once.
func (s *session) simple(ctx context.Context, name, command string) error {
	if s.speech.serial == nil {
		return ErrAtKeys
	}
	m, err := s.exchange(ctx, []byte(command+"\r\n"), s.answer, answers(name))
	switch {
	case err == errQuiet:
		return ErrNoAnswer
	case err != nil:
		return err
	case m.status != "A":
		return &RefusedError{Command: command, Code: m.status}
	}
	return nil
}
