package ndc

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

const (
	fs = 0x1c // between fields
	gs = 0x1d // between groups
)

// Class of message.
type Class string

// The classes that are read; all others are skipped.
const (
	Transaction Class = "11" // never read
	Unsolicited Class = "12"
	Solicited   Class = "22"
	Command     Class = "1" // from the host
)

// Message is one status message or command. Its bytes are those of the buffer that was decoded and end with it: no copy
// is made of what a bank may have put there by mistake.
type Message struct {
	Class Class
	LUNO  string // the ATM: 3 or 9 digits

	Descriptor byte     // of a solicited status: 9 ready, B transaction ready, 8 fault, F state of the terminal, A or C reject
	Device     byte     // letter of the device, of an unsolicited status or a fault
	Status     []byte   // what the device says, behind its letter
	Severity   []byte   // a digit for each part
	Supplies   []byte   // a digit for each part
	Data       [][]byte // of F: the fields behind it
	Command    []byte   // code and modifier
}

// What Decode reports beside messages.
var (
	// ErrSkipped: a message that is not read. It has been wiped.
	ErrSkipped = errors.New("no status message")
	// ErrShape: a message that begins as one and is none. It has been wiped.
	ErrShape = errors.New("a status message without its fields: is the ATM set to NDC's own status, not Diebold's?")
)

// Decode reads one message. Before it does it wipes, in place, a message that may bear card data, and else each field
// that has a character of tracks. It reports ErrSkipped or ErrShape.
func Decode(raw []byte) (Message, error) {
	if !status(raw) {
		clear(raw)
		return Message{}, ErrSkipped
	}
	wipeTracks(raw)
	fields := bytes.Split(raw, []byte{fs})
	m := Message{Class: Class(fields[0])}
	if err := m.read(fields); err != nil {
		clear(raw)
		return Message{}, err
	}
	return m, nil
}

// status looks at the class and no further.
func status(raw []byte) bool {
	return bytes.HasPrefix(raw, []byte{'1', '2', fs}) || bytes.HasPrefix(raw, []byte{'2', '2', fs}) || bytes.HasPrefix(raw, []byte{'1', fs})
}

func wipeTracks(raw []byte) {
	for field := range bytes.SplitSeq(raw, []byte{fs}) {
		if bytes.ContainsAny(field, ";=?") {
			for i := range field {
				field[i] = '0'
			}
		}
	}
}

func (m *Message) read(f [][]byte) error {
	if len(f) < 4 || !luno(f[1]) {
		return fmt.Errorf("%w: class %s", ErrShape, m.Class)
	}
	m.LUNO = string(f[1])
	switch {
	case m.Class == Command:
		return m.command(f[3])
	case m.Class == Unsolicited:
		return m.device(f[3:])
	case len(f[3]) != 1:
		return fmt.Errorf("%w: descriptor", ErrShape)
	}
	m.Descriptor = f[3][0]
	switch m.Descriptor {
	case '8':
		return m.device(f[4:])
	case 'F':
		m.Data = f[4:]
		if len(m.Data) == 0 || len(m.Data[0]) == 0 {
			return fmt.Errorf("%w: state of the terminal", ErrShape)
		}
	}
	return nil
}

func (m *Message) command(code []byte) error {
	if len(code) < 1 || len(code) > 2 {
		return fmt.Errorf("%w: command", ErrShape)
	}
	m.Command = code
	return nil
}

// device reads device and status, severity, diagnostic, supplies; the last three may be missing.
func (m *Message) device(f [][]byte) error {
	if len(f) == 0 || len(f[0]) == 0 || slices.ContainsFunc(f, func(b []byte) bool { return len(b) > partBytesMax }) {
		return fmt.Errorf("%w: device", ErrShape)
	}
	m.Device, m.Status = f[0][0], f[0][1:]
	if len(f) > 1 {
		m.Severity = f[1]
	}
	if len(f) > 3 {
		m.Supplies = f[3]
	}
	return nil
}

func luno(b []byte) bool {
	if len(b) != 3 && len(b) != 9 {
		return false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
