package push

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"markaz.example/devices/paypoint/terminal"
	"markaz.example/devices/profile"
)

// Message is what a bank says of one terminal. A member that is left out is unknown.
type Message struct {
	V        int       `json:"v"`        // 1
	Source   string    `json:"source"`   // the bank's code
	Terminal string    `json:"terminal"` // as the bank calls it
	Kind     string    `json:"kind,omitempty"`
	Seq      uint64    `json:"seq"`                // rises with each message of the terminal; 1 to 12 digits
	At       time.Time `json:"at"`                 // when it was so, by the bank's clock
	Snapshot bool      `json:"snapshot,omitempty"` // counts although seq has not risen

	Service    string     `json:"service,omitempty"`    // in, out, supervisor, closed
	Link       string     `json:"link,omitempty"`       // up, down
	Cassettes  []Cassette `json:"cassettes,omitempty"`  //
	Receipt    string     `json:"receipt,omitempty"`    // ok, low, out, fault
	Journal    string     `json:"journal,omitempty"`    // ok, low, out, fault
	CardReader string     `json:"cardReader,omitempty"` // ok, fault
	Biometric  string     `json:"biometric,omitempty"`  // ok, fault
	Dispenser  string     `json:"dispenser,omitempty"`  // ok, degraded, fault
	LastTxnAt  *time.Time `json:"lastTxnAt,omitempty"`  //
}

// Cassette is one box of notes.
type Cassette struct {
	N     int    `json:"n"`               // from 1
	Denom int    `json:"denom,omitempty"` // rupees a note
	Level string `json:"level,omitempty"` // ok, low, out, fault
	Count *int   `json:"count,omitempty"` // notes
}

// Why a message is not accepted. The texts are sent to the bank.
const (
	NotJSON         = "not-json"         // or a member that the contract does not have
	WrongValue      = "wrong-value"      // of a member
	UnknownSource   = "unknown-source"   //
	UnknownTerminal = "unknown-terminal" //
	WrongKind       = "wrong-kind"       // the centre has it as another kind of terminal
	Clock           = "clock"            // more than ten minutes ahead
	Seq             = "seq"              // below one that was accepted
	CardData        = "card-data"        // a card number stood in it; it was overwritten unread
	WrongSignature  = "signature"        //
	TooLarge        = "too-large"        //
	HalfMessage     = "half-message"     // the rest of it did not come, or ends with a digit, which may begin a card number
)

// errShape is a body that is not what the contract says.
var errShape = errors.New("not what the contract says")

// parse reads one message, or a list of them, strictly.
func parse(body []byte) ([]Message, error) {
	body = bytes.TrimLeft(body, " \t\r\n")
	if len(body) > 0 && body[0] == '[' {
		var list []Message
		err := strictly(body, &list)
		if err == nil && (len(list) == 0 || len(list) > messagesMax) {
			err = fmt.Errorf("%w: %d messages, want 1 to %d", errShape, len(list), messagesMax)
		}
		return list, err
	}
	var one Message
	err := strictly(body, &one)
	return []Message{one}, err
}

func strictly(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%w: %w", errShape, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("%w: something follows the message", errShape)
	}
	return nil
}

// words are the contract's values and ours.
type words map[string]terminal.Value

var (
	services = words{"in": terminal.InService, "out": terminal.OutOfService, "supervisor": terminal.Supervisor, "closed": terminal.Closed}
	links    = words{"up": terminal.Online, "down": terminal.Offline}
	papers   = words{"ok": terminal.OK, "low": terminal.Low, "out": terminal.Out, "fault": terminal.Fault}
	parts    = words{"ok": terminal.OK, "fault": terminal.Fault}
	handlers = words{"ok": terminal.OK, "degraded": terminal.Degraded, "fault": terminal.Fault}
)

// report is what the message says, or false for a value that the contract does not have.
func (m Message) report(now time.Time, levels terminal.Levels) (terminal.Report, bool) {
	r := terminal.Report{
		ID: terminal.ID{Bank: m.Source, Name: m.Terminal}, By: terminal.Push, Device: m.At, Received: now, Whole: true,
		Says: map[terminal.Axis]terminal.Value{},
	}
	if m.LastTxnAt != nil {
		r.Money = *m.LastTxnAt
	}
	for _, part := range []struct {
		axis terminal.Axis
		said string
		may  words
	}{
		{terminal.Service, m.Service, services}, {terminal.Link, m.Link, links}, {terminal.Receipt, m.Receipt, papers},
		{terminal.Journal, m.Journal, papers}, {terminal.CardReader, m.CardReader, parts},
		{terminal.Biometric, m.Biometric, parts}, {terminal.Dispenser, m.Dispenser, handlers},
	} {
		if part.said == "" {
			continue
		}
		v, known := part.may[part.said]
		if !known {
			return r, false
		}
		r.Says[part.axis] = v
	}
	for _, c := range m.Cassettes {
		said, ok := c.report(levels)
		if !ok {
			return r, false
		}
		r.Cassettes = append(r.Cassettes, said)
	}
	return r, m.V == 1 && !m.At.IsZero() && m.Seq > 0 && m.Seq <= seqMax
}

// report takes the worse of what the bank calls the level and what its count means.
func (c Cassette) report(levels terminal.Levels) (terminal.Cassette, bool) {
	out := terminal.Cassette{Number: c.N, Denom: c.Denom, Count: -1, Level: papers[c.Level]}
	if c.N < 1 || c.N > terminal.CassettesMax || c.Denom < 0 || c.Level != "" && out.Level == terminal.Unknown {
		return out, false
	}
	if c.Count == nil {
		return out, true
	}
	if out.Count = *c.Count; out.Count < 0 {
		return out, false
	}
	if by := levels.Of(out.Count); out.Level == terminal.Unknown || by == terminal.Out || by == terminal.Low && out.Level == terminal.OK {
		out.Level = by
	}
	return out, true
}

// levels are those of a profile.
func levels(p profile.Paypoint) terminal.Levels {
	return terminal.Levels{Low: p.Cash.LowNotes, Out: p.Cash.OutNotes}
}
