package scale

import (
	"bytes"
	"cmp"
	"errors"
	"time"

	"markaz.example/devices/port"
)

// fill reads once. Bytes after a gap begin a new message: what stood there before was cut.
func (s *session) fill() error {
	if s.speech.ask == nil && !s.speech.once {
		s.ear.Asked(time.Now()) // a stream owes us a line at all times
	}
	n, err := s.conn.Read(s.scratch)
	if err != nil && !errors.Is(err, port.ErrQuiet) {
		return err
	}
	now := time.Now()
	if len(s.buf) > 0 && now.Sub(s.last) > gapMax {
		s.junk(s.buf)
		s.buf = s.buf[:0]
	}
	if n > 0 {
		s.last = now
		s.buf = append(s.buf, s.scratch[:n]...)
	}
	s.tell()
	return nil
}

// take finds the next message in what came in.
func (s *session) take() (message, bool) {
	for len(s.buf) > 0 {
		n, msg := s.speech.split(s.buf)
		if n == 0 {
			break
		}
		raw := s.buf[:n]
		s.buf = s.buf[n:]
		if msg == nil {
			s.junk(raw)
			continue
		}
		if m, ok := s.hear(msg); ok {
			return m, true
		}
	}
	return message{}, false
}

// junk is bytes that are no message: the beginning of one, or noise. Either breaks a run of equal weights.
func (s *session) junk(b []byte) {
	s.settler = settler{}
	if s.speech.begins(b) {
		s.ear.Half()
		return
	}
	s.ear.Noise(len(b))
}

// hear decodes and notes one message.
func (s *session) hear(msg []byte) (message, bool) {
	m, err := s.speech.decode(msg)
	switch {
	case errors.Is(err, ErrFormat):
		s.junk(msg)
		return message{}, false
	case err != nil:
		s.understood()
		s.settler = settler{}
		s.state.Unit = err
		s.tell()
		return message{}, false
	}
	s.understood()
	s.note(m)
	s.tell()
	return m, true
}

func (s *session) understood() {
	s.ear.Understood()
	s.state.Known, s.state.Heard = true, time.Now()
}

// note keeps what a message tells, whatever it answers.
func (s *session) note(m message) {
	switch {
	case m.kind == kindReading && s.speech.ask == nil:
		s.weigh(m.reading)
	case m.kind == kindReading:
		s.late = true // unless it is what poll waits for
	case m.kind == kindReply && m.command == "I4" && m.status == "A":
		s.state.Serial = m.text
	case m.kind == kindRefusal && s.command == string(bytes.TrimRight(s.speech.ask, "\r\n")):
		s.refused++
		if s.refused >= refusalsBelieved {
			s.state.Fault = &RefusedError{Command: s.command, Code: m.text}
		}
	}
}

// weigh judges one reading and hands it on.
func (s *session) weigh(r Reading) {
	now := time.Now()
	r.At = now
	s.state.Overload, s.state.Underload = r.Status == Overload, r.Status == Underload
	s.state.BatteryLow = r.BatteryLow
	s.refused = 0
	s.state.Fault = s.fault(r, now)
	if r.Status.weighs() {
		s.state.Unit = nil
		if !r.Unit.Metric() {
			s.state.Unit = ErrImperial
		}
	}
	if r.Stable {
		s.state.Drift = s.drifter.drifted(r, s.division, now)
	}
	need := runsSettled
	if s.speech.once {
		need = 1
	}
	r.Stable = s.settler.settled(r, s.division, need)
	s.d.publish(r)
}

func (s *session) fault(r Reading, now time.Time) error {
	if r.Status != Busy {
		s.busy = time.Time{}
	} else if s.busy.IsZero() {
		s.busy = now
	}
	switch {
	case r.Status == Fault:
		return &RefusedError{Command: s.command, Code: cmp.Or(r.Text, "an error")}
	case r.Status == Busy && now.Sub(s.busy) >= busyBelieved:
		return errBusy
	}
	return nil
}

// tell publishes the state. While the line is in trouble nothing that was known before is.
func (s *session) tell() {
	st := s.state
	if verdict := s.ear.Verdict(time.Now()); verdict != nil {
		st = State{Line: verdict, Serial: st.Serial, Heard: st.Heard}
	}
	s.d.setState(st)
	s.report(errors.Join(st.Line, st.Unit, st.Fault))
}

// report logs trouble when it begins, changes and ends.
func (s *session) report(trouble error) {
	switch now := text(trouble); {
	case now == s.trouble:
	case now == "":
		s.d.log().Info("scale is well again")
	default:
		s.d.log().Warn("scale is in trouble", "err", trouble)
	}
	s.trouble = text(trouble)
}
