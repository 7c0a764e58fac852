package printer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"markaz.example/devices/port"
	"markaz.example/devices/profile"
)

// Probe opens the port, asks the printer what it is and how it is, and closes the port again. It prints nothing. ErrRunning
// while Run is running, port.ErrSilent when nothing answers.
//
// Its name is asked only of a printer that is ready: the question is queued behind what it still has to print.
func (d *Driver) Probe(ctx context.Context) ([]profile.Fact, error) {
	way, err := d.openDoor()
	if err != nil {
		return nil, err
	}
	defer d.closeDoor(way)
	conn, err := d.Port.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	p := probe{ctx: ctx, conn: conn, wait: cmp.Or(d.Answer, answerDefault)}
	s, err := p.state(d.Profile)
	if err != nil {
		return nil, err
	}
	facts := Facts(s)
	if s.Ready() != nil {
		return facts, nil
	}
	named, err := p.names()
	return append(named, facts...), err
}

// Facts is a state for a technician to read.
func Facts(s State) []profile.Fact {
	how, paper := "ready", "plenty"
	if err := s.Ready(); err != nil {
		how = err.Error()
	}
	switch {
	case s.PaperOut:
		paper = "out"
	case s.NearEnd:
		paper = "near its end"
	}
	return []profile.Fact{{Key: "state", Value: how}, {Key: "paper", Value: paper}}
}

// probe is one conversation of questions only.
type probe struct {
	ctx  context.Context
	conn io.ReadWriter
	wait time.Duration
}

func (p *probe) state(model profile.Printer) (State, error) {
	var r round
	for _, n := range []byte{1, 2, 4, 3} {
		if n == 3 && r[2]&0x40 == 0 {
			break
		}
		var d decoder
		err := p.ask(ask(n), func(b byte) bool {
			a := d.feed(b)
			r[n] = a.value
			return a.kind == answerStatus
		})
		if err != nil {
			return State{}, err
		}
	}
	return r.state(model), nil
}

// names leaves out what is not answered; silence after the first question means that none will be. Many clones answer
// none. Source: Epson ESC/POS Command Reference, GS I, "printer information B".
func (p *probe) names() (facts []profile.Fact, err error) {
	for _, q := range []struct {
		key string
		n   byte
	}{{"maker", askMaker}, {"model", askModel}, {"firmware", askFirmware}, {"serial number", askSerial}} {
		var d decoder
		var text string
		err := p.ask([]byte{gs, 'I', q.n}, func(b byte) bool {
			a := d.feed(b)
			text = a.text
			return a.kind == answerText
		})
		if errors.Is(err, port.ErrSilent) && len(facts) == 0 {
			return []profile.Fact{{Key: "model", Value: "does not tell"}}, nil
		}
		if err != nil && !errors.Is(err, port.ErrSilent) {
			return facts, err
		}
		if err == nil && text != "" {
			facts = append(facts, profile.Fact{Key: q.key, Value: text})
		}
	}
	return facts, nil
}

// ask hands on what comes until it is the whole answer, or the time is over.
func (p *probe) ask(question []byte, whole func(b byte) bool) error {
	if _, err := p.conn.Write(question); err != nil {
		return fmt.Errorf("ask the printer: %w", err)
	}
	b := make([]byte, readBytes)
	for deadline := time.Now().Add(p.wait); time.Now().Before(deadline); {
		if p.ctx.Err() != nil {
			return context.Cause(p.ctx)
		}
		n, err := p.conn.Read(b)
		if err != nil && !errors.Is(err, port.ErrQuiet) {
			return err
		}
		for _, c := range b[:n] {
			if whole(c) {
				return nil
			}
		}
	}
	return port.ErrSilent
}
