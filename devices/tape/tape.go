package tape

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Direction is who speaks.
type Direction byte

// The characters stand at the head of a line in a file.
const (
	Out Direction = '>' // to the device
	In  Direction = '<' // from the device
)

// Piece is bytes, or how many there were.
type Piece struct {
	Bytes  []byte // shown; or
	Hidden int    // masked or cut off: so many bytes
}

// Exchange is what one side said without a pause.
type Exchange struct {
	At     time.Time     // of its first byte
	Took   time.Duration // until the last was read, or the line had taken it
	Dir    Direction
	Pieces []Piece
}

// Len is how many bytes were said, hidden ones included.
func (e Exchange) Len() (n int) {
	for _, p := range e.Pieces {
		n += len(p.Bytes) + p.Hidden
	}
	return n
}

// String is the bytes for people: "1D 76 30 00 +9,216 bytes".
func (e Exchange) String() string {
	var words []string
	for _, p := range e.Pieces {
		for _, b := range p.Bytes {
			words = append(words, fmt.Sprintf("%02X", b))
		}
		if p.Hidden > 0 {
			words = append(words, "+"+thousands(p.Hidden)+" bytes")
		}
	}
	return strings.Join(words, " ")
}

// Text is what of the bytes can be read: scales and status messages are plain text. Others are dots.
func (e Exchange) Text() string {
	var out strings.Builder
	for _, p := range e.Pieces {
		for _, b := range p.Bytes {
			if b < 0x20 || b > 0x7e {
				b = '.'
			}
			out.WriteByte(b)
		}
	}
	return out.String()
}

// field is the bytes as they stand in a file.
func (e Exchange) field() string {
	var words []string
	for _, p := range e.Pieces {
		if len(p.Bytes) > 0 {
			words = append(words, hex.EncodeToString(p.Bytes))
		}
		if p.Hidden > 0 {
			words = append(words, fmt.Sprintf("+%d", p.Hidden))
		}
	}
	return strings.Join(words, " ")
}

func (e Exchange) clone() Exchange {
	e.Pieces = slices.Clone(e.Pieces)
	for i := range e.Pieces {
		e.Pieces[i].Bytes = slices.Clone(e.Pieces[i].Bytes)
	}
	return e
}

func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Tape is one recording of one device.
type Tape struct {
	Class     string    // of the device: "printer"
	Profile   string    // file in firmware-configs
	Began     time.Time // UTC, whole seconds
	Exchanges []Exchange
}
