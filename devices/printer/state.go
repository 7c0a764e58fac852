package printer

import (
	"errors"
	"time"

	"markaz.example/devices/port"
	"markaz.example/devices/profile"
)

// Why a printer cannot take a slip. They arrive inside *NotSentError or *UncertainError.
var (
	ErrPaperOut  = errors.New("paper is out")
	ErrCoverOpen = errors.New("cover is open")
	ErrCutter    = errors.New("cutter is jammed")
	ErrFault     = errors.New("printer reports an error")
	ErrOffline   = errors.New("printer is off-line")
	ErrSilent    = errors.New("printer does not answer")
)

// State is what the printer last said of itself. The zero State is "unknown": nothing heard yet, or silence since.
type State struct {
	Known     bool      // false: the rest is not to be trusted
	Online    bool      // takes and prints data
	CoverOpen bool      //
	PaperOut  bool      //
	NearEnd   bool      // some metres left; false when the model has no sensor
	Cutter    bool      // the cutter jammed
	Fault     bool      // any other error, a hot head among them
	Line      error     // port.ErrSilent, ErrBabble or ErrHalf once one of them is believed; nil while the line is well
	Heard     time.Time // when the last answer came, known or not; zero before the first
}

// Ready is nil when a slip may be started, else the first thing a person should put right.
func (s State) Ready() error {
	switch {
	case !s.Known:
		return s.unheard()
	case s.CoverOpen:
		return ErrCoverOpen
	case s.PaperOut:
		return ErrPaperOut
	case s.Cutter:
		return ErrCutter
	case s.Fault:
		return ErrFault
	case !s.Online:
		return ErrOffline
	}
	return s.Line
}

// unheard is why nothing is known. Silence has a name of its own, since that is all there is to say before the line has
// been judged.
func (s State) unheard() error {
	if s.Line == nil || errors.Is(s.Line, port.ErrSilent) {
		return ErrSilent
	}
	return s.Line
}

// same ignores the time, which changes with every answer.
func (s State) same(o State) bool {
	s.Heard, o.Heard = time.Time{}, time.Time{}
	return s == o
}

// round is the answers to DLE EOT 1 to 4; index 0 is not used, and 3 is asked only when 2 says that there is an error.
type round [5]byte

// Source of the bits: Epson ESC/POS Command Reference, DLE EOT.
func (r round) state(p profile.Printer) State {
	return State{
		Known:     true,
		Online:    r[1]&0x08 == 0,
		CoverOpen: r[2]&0x04 != 0,
		PaperOut:  r[2]&0x20 != 0 || r[4]&0x60 != 0,
		NearEnd:   p.NearEnd && r[4]&0x0c != 0,
		Cutter:    r[3]&0x08 != 0,
		Fault:     r[2]&0x40 != 0 && r[3]&0x08 == 0,
	}
}

// Source of the bits: Epson ESC/POS Command Reference, GS a.
func asbState(p profile.Printer, b [4]byte) State {
	return State{
		Known:     true,
		Online:    b[0]&0x08 == 0,
		CoverOpen: b[0]&0x20 != 0,
		PaperOut:  b[2]&0x0c != 0,
		NearEnd:   p.NearEnd && b[2]&0x03 != 0,
		Cutter:    b[1]&0x08 != 0,
		Fault:     b[1]&0x64 != 0,
	}
}
