package scale

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"markaz.example/devices/profile"
)

// dialect is one way of speaking. All functions are pure; a driver and its simulator share the value.
type dialect struct {
	split  func(buf []byte) (n int, msg []byte) // takes the next n bytes: a message, or noise when msg is nil; 0 wants more
	decode func(msg []byte) (message, error)    // ErrFormat, ErrUnit, ErrBare or ErrPieces
	begins func(partial []byte) bool            // whether bytes without an end look like one of its messages
	ask    []byte                               // question for a weight; nil when the scale speaks by itself
	cancel []byte                               // brings a scale that does not answer back to its senses; may be nil
	serial []byte                               // question for the serial number; may be nil
	zero   []byte                               // may be nil: at the scale's own key only
	tare   []byte                               // may be nil
	once   bool                                 // one message for each weighing, and silence between
}

// kind is what a message is.
type kind uint8

const (
	kindReading kind = iota + 1
	kindReply        // to a command other than for a weight
	kindRefusal      // the scale does not take the command
	kindAck          // yes, without saying to what
	kindReady        // go on: the second half of a handshake is asked for
)

// message is one thing a scale says.
type message struct {
	kind    kind
	reading Reading
	command string // that a reply answers: "Z", "I4"
	status  string // of a reply: "A" done, "B" more lines follow, "I" not now, "+" and "-" out of range, "S", "D"
	text    string // of a reply, what stands behind it without quotes; of a refusal its code
}

// dialectOf finds the dialect of a model. The profile's Check has refused what is not here.
func dialectOf(p profile.Scale) (dialect, error) {
	asked := p.Talk == profile.TalkRequest
	switch p.Protocol {
	case profile.ScaleSICS:
		return sics(), nil
	case profile.ScaleAnD:
		return and(asked), nil
	case profile.ScaleCAS22:
		return dialect{split: splitLine, decode: decodeCAS22, begins: beginsCAS}, nil
	case profile.ScaleCAS18:
		return dialect{split: splitLine, decode: decodeCAS18, begins: beginsCAS}, nil
	case profile.ScaleCASEnq:
		return dialect{split: splitCASBlock, decode: decodeCASBlock, begins: beginsCASBlock, ask: []byte{enq}}, nil
	case profile.ScaleTanita:
		return dialect{split: splitLine, decode: decodeTanita, begins: startsWith("{0,"), once: true}, nil
	case profile.ScaleRiceLake:
		return dialect{split: splitLine, decode: decodeRiceLake, begins: beginsNumber, once: true}, nil
	case profile.ScaleSeca:
		return dialect{split: splitSeca, decode: secaDecoder(p.Display), begins: startsWith("\x02A")}, nil
	}
	return dialect{}, fmt.Errorf("protocol %q: %w", p.Protocol, errors.ErrUnsupported)
}

// splitLine finds a line that ends in LF, with or without CR.
func splitLine(buf []byte) (int, []byte) {
	end := bytes.IndexByte(buf, '\n')
	switch {
	case end < 0 && len(buf) >= lineBytesMax:
		return len(buf), nil
	case end < 0:
		return 0, nil
	case end >= lineBytesMax:
		return end + 1, nil
	}
	line := bytes.TrimSuffix(buf[:end], []byte{'\r'})
	if len(line) == 0 {
		return end + 1, nil
	}
	return end + 1, line
}

func startsWith(prefix string) func([]byte) bool {
	return func(b []byte) bool { return agrees(b, prefix) }
}

// agrees reports whether b and the prefix are the same as far as both go, and b is not empty.
func agrees(b []byte, prefix string) bool {
	n := min(len(b), len(prefix))
	return n > 0 && string(b[:n]) == prefix[:n]
}

func printable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

func noLine(msg []byte) error { return fmt.Errorf("%q: %w", msg, ErrFormat) }
