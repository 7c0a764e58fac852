package printer

import (
	"context"
	"errors"
	"time"

	"markaz.example/devices/port"
)

// status asks one round of questions and publishes what it brought. The round counts as heard only when it was answered
// in full on a line that says little else. Nothing heard makes the state unknown, unless the port itself knows of
// trouble.
func (s *session) status(ctx context.Context) (State, error) {
	s.ear.Asked(time.Now())
	r, answered, err := s.round(ctx)
	switch {
	case err == nil && s.babble > babbleMax:
		err = port.ErrBabble
	case err == nil:
		s.ear.Understood()
	case errors.Is(err, ErrSilent) && answered > 0:
		s.ear.Half()
	}
	s.babble, s.inDoubt = 0, err != nil
	if err != nil && !unheard(err) {
		s.d.setState(State{})
		return State{}, err
	}
	st := State{Line: s.ear.Verdict(time.Now())}
	if err == nil {
		st = r.state(s.d.Profile)
	}
	st, told := s.portStatus(ctx).amend(st)
	s.d.setState(st)
	if told {
		return st, nil
	}
	return st, err
}

// unheard is silence, or what is as good as silence: a printer that takes no question, as a USB one can, answers none.
func unheard(err error) bool {
	return errors.Is(err, ErrSilent) || errors.Is(err, port.ErrBabble) || errors.Is(err, port.ErrHalf) || errors.Is(err, port.ErrStuck)
}

// round puts the questions; answered counts those that were answered.
func (s *session) round(ctx context.Context) (r round, answered int, err error) {
	for _, n := range []byte{1, 2, 4, 3} {
		if n == 3 && r[2]&0x40 == 0 {
			break
		}
		if r[n], err = s.ask(ctx, n); err != nil {
			return r, answered, err
		}
		answered++
	}
	return r, answered, nil
}

// portByte is GET_PORT_STATUS of a USB port, which is answered past the command queue. portUnknown is what a port of
// another kind says.
// Source: USB Printer Class 1.1, section 4.2.2.
type portByte byte

const portUnknown portByte = port.PortSelected | port.PortNoError

// portStatus asks the port, if it is one that can tell.
func (s *session) portStatus(ctx context.Context) portByte {
	p, ok := s.conn.(port.SideChannel)
	if !ok {
		return portUnknown
	}
	ctx, cancel := context.WithTimeout(ctx, portWait)
	defer cancel()
	b, err := p.PortStatus(ctx)
	if err != nil {
		s.d.log().Debug("printer port does not tell its status", "err", err)
		return portUnknown
	}
	return portByte(b)
}

// amend adds what the port knows to what the printer said: a cause where the printer says that it is in trouble, the
// trouble itself where the printer says nothing. A printer that says it is well is believed, and a port that says so is
// not: many say nothing else, whatever happens. told is false when neither told anything.
func (b portByte) amend(s State) (amended State, told bool) {
	empty, fault := b&port.PortPaperOut != 0, b&port.PortNoError == 0
	switch {
	case s.Known && s.Ready() != nil:
		s.PaperOut = s.PaperOut || empty
	case !s.Known && (empty || fault):
		return State{Known: true, PaperOut: empty, Fault: fault && !empty, Line: s.Line}, true
	}
	return s, s.Known
}
