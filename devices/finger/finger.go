package finger

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Position is a finger. Source of the numbers: ISO/IEC 19794-2:2005, table 2.
type Position uint8

// Of the ten, and zero for "whichever".
const (
	Unknown Position = iota
	RightThumb
	RightIndex
	RightMiddle
	RightRing
	RightLittle
	LeftThumb
	LeftIndex
	LeftMiddle
	LeftRing
	LeftLittle
)

// words are how positions stand in records and files.
var words = []string{
	"unknown", "right-thumb", "right-index", "right-middle", "right-ring", "right-little",
	"left-thumb", "left-index", "left-middle", "left-ring", "left-little",
}

func (p Position) String() string {
	if int(p) < len(words) {
		return words[p]
	}
	return fmt.Sprintf("Position(%d)", int(p))
}

// ParsePosition reads what String writes.
func ParsePosition(s string) (Position, error) {
	for i, w := range words {
		if w == s {
			return Position(i), nil
		}
	}
	return Unknown, fmt.Errorf("finger %q is none of %s", s, strings.Join(words, ", "))
}

// Why there is no capture though the reader is well. Each is something a person can change; a desk counts them.
var (
	ErrNoFinger  = errors.New("no finger was put on the reader")
	ErrMessy     = errors.New("the picture is smeared: finger wet, dry or moved")
	ErrSmall     = errors.New("too little of the finger was seen")
	ErrPoor      = errors.New("the quality is below what is asked for")
	ErrNoMatch   = errors.New("the finger is not the one on record")
	ErrDifferent = errors.New("the two pictures are of different fingers")
)

// Picture is one finger in grey: dark ridges on a light ground, the tip at the top, one byte a pixel.
type Picture struct {
	Width, Height int
	DPI           int
	Pix           []byte // Height rows of Width
}

// Wipe overwrites the picture.
func (p *Picture) Wipe() { clear(p.Pix) }

// Capture is one finger that was taken.
type Capture struct {
	Position Position // as asked for; readers of one finger cannot know
	Quality  int      // 0 to 100; the reader's own or Quality's, never called NFIQ
	Picture  *Picture // nil when the reader gives none, as certified ones do
	Signed   []byte   // what a certified reader signed, to pass on as it is; nil for others
}

// Wipe overwrites all that is biometric.
func (c *Capture) Wipe() {
	if c.Picture != nil {
		c.Picture.Wipe()
	}
	clear(c.Signed)
}

// Reader takes fingers. Capture waits for a finger as long as the context allows and answers with one of the errors
// above when there is a finger but no capture, ErrNoFinger at the deadline, and any other error when the reader is not
// well. One capture at a time; a second caller waits its turn.
type Reader interface {
	Capture(ctx context.Context, p Position) (Capture, error)
}
