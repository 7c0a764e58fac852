package ndc

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"markaz.example/devices/paypoint/frame"
	"markaz.example/devices/paypoint/terminal"
	"markaz.example/devices/profile"
)

// Names of what may be wrong with a message or a connection; they are counted and shown.
const (
	WrongLength     = "wrong-length"
	HalfMessage     = "half-message"
	WrongFields     = "wrong-fields"
	UnknownTerminal = "unknown-terminal"
)

// Server listens to the copies of one bank. Set the fields before use; any number of connections may be served.
type Server struct {
	Profile   profile.Paypoint
	Terminals map[string]terminal.ID // by LUNO
	Hear      func(terminal.Report) error
	Trouble   func(why string) // called for each thing that was wrong

	mu       sync.Mutex
	commands map[string]byte // guarded by mu: the host's last go in service (1) or out of service (2), by LUNO
}

// Serve is one connection. It writes nothing. It ends when the other side hangs up, sends what has no length, or is
// silent for long; the connection is left for the caller to close.
func (s *Server) Serve(ctx context.Context, conn net.Conn) error {
	in := frame.NewReader(conn, s.Profile.Frame, messageBytesMax, idleWithin, wholeWithin)
	defer in.Wipe()
	for ctx.Err() == nil {
		raw, err := in.Next()
		if err != nil {
			return s.ended(err)
		}
		s.take(raw, time.Now())
	}
	return context.Cause(ctx)
}

func (s *Server) ended(err error) error {
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case errors.Is(err, frame.ErrLength):
		s.Trouble(WrongLength)
	case errors.Is(err, frame.ErrHalf):
		s.Trouble(HalfMessage)
	}
	return err
}

func (s *Server) take(raw []byte, now time.Time) {
	m, err := Decode(raw)
	switch {
	case errors.Is(err, ErrSkipped):
		return
	case err != nil:
		s.Trouble(WrongFields)
		return
	}
	id, known := s.Terminals[m.LUNO]
	if !known {
		s.Trouble(UnknownTerminal)
		return
	}
	if s.Hear(s.report(id, m, now)) != nil {
		s.Trouble(UnknownTerminal)
	}
}

// report is what a message says. A word of the ATM shows that its link stands; a command of the host's shows nothing.
func (s *Server) report(id terminal.ID, m Message, now time.Time) terminal.Report {
	f := finding{says: map[terminal.Axis]terminal.Value{}}
	switch {
	case m.Class == Command:
		f.say(terminal.Service, s.commanded(m))
	case m.Device != 0:
		f.status(m)
	case m.Descriptor == '9', m.Descriptor == 'B':
		f.say(terminal.Service, s.ready(m))
	case m.Descriptor == 'F':
		f.state(m.Data, terminal.Levels{Low: s.Profile.Cash.LowNotes, Out: s.Profile.Cash.OutNotes})
	}
	if m.Class != Command {
		f.says[terminal.Link] = terminal.Online
	}
	return terminal.Report{
		ID: id, By: terminal.NDC, Received: now, Says: f.says, Cassettes: f.cassettes, Aside: m.Class == Command,
	}
}

// commanded: out of service is believed as it is said, in service when the ATM is ready.
func (s *Server) commanded(m Message) terminal.Value {
	c := m.Command[0]
	if c != '1' && c != '2' {
		return terminal.Unknown
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.commands == nil || len(s.commands) >= commandsMax {
		s.commands = map[string]byte{}
	}
	s.commands[m.LUNO] = c
	if c == '2' {
		return terminal.OutOfService
	}
	return terminal.Unknown
}

// ready: what an ATM has done when it says so depends on what it was told to do last.
func (s *Server) ready(m Message) terminal.Value {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.commands[m.LUNO] == '2' && m.Descriptor == '9' {
		return terminal.OutOfService
	}
	return terminal.InService
}
