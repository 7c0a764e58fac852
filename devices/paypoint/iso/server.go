package iso

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
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
	WrongTPDU       = "wrong-tpdu"
	WrongFields     = "wrong-fields"
	NoRequest       = "no-request"
	UnknownTerminal = "unknown-terminal"
	MoneyRequest    = "money-request"
)

// Server answers the terminals of one bank. Set the fields before use; any number of connections may be served.
type Server struct {
	Profile   profile.Paypoint
	Terminals map[string]terminal.ID // by field 41, without the spaces behind it
	Hear      func(terminal.Report) error
	Trouble   func(why string) // called for each thing that was wrong

	once  sync.Once
	codec *Codec
	wrong error

	mu       sync.Mutex                // guards what follows
	answered map[key][]byte            // answers by what they answered, for repetitions
	order    []key                     // of answered, the oldest first
	spoke    map[terminal.ID]time.Time // when each terminal was last heard
}

// key tells messages of one terminal apart.
type key struct{ mti, terminal, trace, sent string }

func (s *Server) init() error {
	s.once.Do(func() {
		s.codec, s.wrong = NewCodec(s.Profile.ISO)
		s.answered, s.spoke = map[key][]byte{}, map[terminal.ID]time.Time{}
	})
	return s.wrong
}

func (s *Server) echo() time.Duration { return time.Duration(s.Profile.ISO.EchoS) * time.Second }

// Run tells that a terminal is off-line once it has missed its echoes. It ends with the context, whose error it returns.
func (s *Server) Run(ctx context.Context) error {
	if err := s.init(); err != nil {
		return err
	}
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case now := <-tick.C:
			for _, id := range s.missing(now) {
				_ = s.Hear(offline(id, now)) // the board had it when it spoke
			}
		}
	}
}

func offline(id terminal.ID, now time.Time) terminal.Report {
	return terminal.Report{
		ID: id, By: terminal.ISO, Received: now, Aside: true,
		Says: map[terminal.Axis]terminal.Value{terminal.Link: terminal.Offline},
	}
}

// missing are the terminals that have just missed too many echoes; each is named once.
func (s *Server) missing(now time.Time) (late []terminal.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, at := range s.spoke {
		if now.Sub(at) > missedMax*s.echo() {
			late = append(late, id)
			delete(s.spoke, id)
		}
	}
	return late
}

// Serve is one connection. It ends when the other side hangs up, sends what has no length, or is silent for long; the
// connection is left for the caller to close.
func (s *Server) Serve(ctx context.Context, conn net.Conn) error {
	if err := s.init(); err != nil {
		return err
	}
	in := frame.NewReader(conn, s.Profile.Frame, MessageBytesMax, idleEchoes*s.echo(), wholeWithin)
	defer in.Wipe()
	for ctx.Err() == nil {
		raw, err := in.Next()
		if err != nil {
			return s.ended(err)
		}
		if out := s.take(raw, time.Now()); out != nil {
			if err := s.send(conn, out); err != nil {
				return err
			}
		}
	}
	return context.Cause(ctx)
}

// ended names what was wrong at a stream's end; nothing is when the other side hung up between two messages.
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

func (s *Server) send(conn net.Conn, out []byte) error {
	if err := conn.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return err
	}
	_, err := conn.Write(frame.Append(nil, s.Profile.Frame, out))
	return err
}

// take is one message in, one answer out; nil for none.
func (s *Server) take(raw []byte, now time.Time) []byte {
	head, body := raw[:0], raw
	if s.Profile.Frame.TPDU {
		if len(raw) < tpduBytes || raw[0] != tpduProtocol {
			clear(raw)
			s.Trouble(WrongTPDU)
			return nil
		}
		head, body = raw[:tpduBytes], raw[tpduBytes:]
	}
	m, err := s.codec.Decode(body)
	if err != nil {
		s.Trouble(WrongFields)
		return nil
	}
	out := s.answer(m, now)
	if out == nil {
		return nil
	}
	return append(swap(head), out...)
}

// swap gives the answer's TPDU: destination and source change places.
func swap(tpdu []byte) []byte {
	if len(tpdu) == 0 {
		return nil
	}
	return []byte{tpdu[0], tpdu[3], tpdu[4], tpdu[1], tpdu[2]}
}

// answer hears a request and writes the answer. A repeated one is answered as before and not heard again.
func (s *Server) answer(m Message, now time.Time) []byte {
	k, ok := kindOf(m.MTI)
	if !ok {
		s.Trouble(NoRequest)
		return nil
	}
	id, known := s.Terminals[strings.TrimRight(m.Fields[41], " ")]
	if !known {
		s.Trouble(UnknownTerminal)
		return s.encode(m, notPermitted)
	}
	if !k.advice && (k.class == money || k.class == reversal) {
		return s.refuse(m)
	}
	return s.hearOnce(id, k, m, now)
}

// hearOnce hears a request the first time and answers it each time. Two connections with the same message wait for each
// other here.
func (s *Server) hearOnce(id terminal.ID, k kind, m Message, now time.Time) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spoke[id] = now
	name := key{m.MTI[:3], m.Fields[41], m.Fields[11], m.Fields[7]}
	if out, repeated := s.answered[name]; repeated {
		k = kind{network, false} // it is there; the rest was heard
		_ = s.Hear(report(id, k, Message{MTI: m.MTI}, now))
		return out
	}
	_ = s.Hear(report(id, k, m, now)) // a terminal that is not on the board was named above
	out := s.encode(m, k.done())
	s.remember(name, out)
	return out
}

// refuse answers what asks for money, or does not.
func (s *Server) refuse(m Message) []byte {
	s.Trouble(MoneyRequest)
	if s.Profile.ISO.Money == profile.MoneyDrop {
		return nil
	}
	return s.encode(m, invalid)
}

func report(id terminal.ID, k kind, m Message, now time.Time) terminal.Report {
	r := terminal.Report{ID: id, By: terminal.ISO, Received: now, Says: says(k, m)}
	if k.class == money && paid(m) {
		r.Money, r.Advices = sentAt(m.Fields[7], now), 1
	}
	return r
}

// sentAt reads field 7, MMDDhhmmss, in the year that is nearest; now when it is no time, or has not come yet. Its clock
// is Greenwich's by the standard.
func sentAt(s string, now time.Time) time.Time {
	at, err := time.Parse("0102150405", s)
	if err != nil {
		return now
	}
	at = at.AddDate(now.UTC().Year(), 0, 0)
	if at.Sub(now) > 182*24*time.Hour {
		at = at.AddDate(-1, 0, 0)
	}
	if at.After(now) {
		return now
	}
	return at
}

func (s *Server) encode(m Message, v verdict) []byte {
	out, err := s.codec.Encode(answer(m, v))
	if err != nil {
		s.Trouble(WrongFields) // a field that this table reads and cannot write
		return nil
	}
	return out
}

// remember keeps an answer; the lock is held.
func (s *Server) remember(k key, out []byte) {
	if k.trace == "" {
		return // nothing tells it from the next
	}
	if len(s.order) == answersMax {
		delete(s.answered, s.order[0])
		s.order = s.order[1:]
	}
	s.answered[k] = out
	s.order = append(s.order, k)
}
