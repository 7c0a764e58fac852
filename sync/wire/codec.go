package wire

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/fxamacker/cbor/v2"

	"markaz.example/edge/chain"
)

// What Decode reports, and Encode for a message that Decode would refuse.
var (
	ErrTooLarge  = errors.New("message is larger than its kind allows")
	ErrKind      = errors.New("unknown kind of message")
	ErrMalformed = errors.New("message is not well-formed CBOR of the documented shape")
	ErrField     = errors.New("message has a value outside its range")
)

// Message is one of Hello, Welcome, Batch, Ack, Refusal, Beat, Probe, Landmark, Shelved, Letter, Received, Fetch, Piece,
// Recall, Past.
type Message interface {
	kind() byte
	check() error
	form() any
}

// The first byte of a frame. Frozen; a new kind takes the next number.
const (
	kindHello byte = 1 + iota
	kindWelcome
	kindBatch
	kindAck
	kindRefusal
	kindBeat
	kindProbe
	kindLandmark
	kindShelved
	kindLetter
	kindReceived
	kindFetch
	kindPiece
	kindRecall
	kindPast
)

func (Hello) kind() byte    { return kindHello }
func (Welcome) kind() byte  { return kindWelcome }
func (Batch) kind() byte    { return kindBatch }
func (Ack) kind() byte      { return kindAck }
func (Refusal) kind() byte  { return kindRefusal }
func (Beat) kind() byte     { return kindBeat }
func (Probe) kind() byte    { return kindProbe }
func (Landmark) kind() byte { return kindLandmark }
func (Shelved) kind() byte  { return kindShelved }
func (Letter) kind() byte   { return kindLetter }
func (Received) kind() byte { return kindReceived }
func (Fetch) kind() byte    { return kindFetch }
func (Piece) kind() byte    { return kindPiece }
func (Recall) kind() byte   { return kindRecall }
func (Past) kind() byte     { return kindPast }

var (
	encoding = must(cbor.CoreDetEncOptions().EncMode())
	decoding = must(cbor.DecOptions{
		DupMapKey:        cbor.DupMapKeyEnforcedAPF,
		IndefLength:      cbor.IndefLengthForbidden,
		TagsMd:           cbor.TagsForbidden,
		MaxNestedLevels:  nestingMax,
		MaxArrayElements: elementsMax,
		MaxMapPairs:      elementsMax,
		UTF8:             cbor.UTF8RejectInvalid,
	}.DecMode())
)

func must[T any](v T, err error) T {
	if err != nil {
		panic("BUG: options of wire: " + err.Error())
	}
	return v
}

// Encode gives a message's frame. It reports ErrField or ErrTooLarge.
func Encode(m Message) ([]byte, error) {
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("encode %T: %w", m, err)
	}
	body, err := encoding.Marshal(m.form())
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w: %w", m, ErrMalformed, err)
	}
	frame := append(make([]byte, 0, 1+len(body)), m.kind())
	frame = append(frame, body...)
	if len(frame) > bytesMax(m.kind()) {
		return nil, fmt.Errorf("encode %T: %w: %d bytes", m, ErrTooLarge, len(frame))
	}
	return frame, nil
}

// Decode reads a frame, which it does not keep. It reports ErrTooLarge, ErrKind, ErrMalformed or ErrField.
// A Batch that it gives is bounded, and not yet verified.
func Decode(frame []byte) (Message, error) {
	if len(frame) == 0 {
		return nil, fmt.Errorf("%w: empty frame", ErrMalformed)
	}
	kind, body := frame[0], frame[1:]
	if len(frame) > bytesMax(kind) {
		return nil, fmt.Errorf("%w: %d bytes of kind %d, limit %d", ErrTooLarge, len(frame), kind, bytesMax(kind))
	}
	m, err := decode(kind, body)
	if err != nil {
		return nil, err
	}
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("decode %T: %w", m, err)
	}
	return m, nil
}

func bytesMax(kind byte) int {
	switch kind {
	case kindBatch:
		return FrameBytesMax
	case kindLetter:
		return LetterBytesMax + aroundBytesMax
	case kindPiece:
		return PieceBytesMax + aroundBytesMax
	}
	return SmallBytesMax
}

func decode(kind byte, body []byte) (Message, error) {
	switch kind {
	case kindHello:
		return parse(body, helloForm.message)
	case kindWelcome:
		return parse(body, welcomeForm.message)
	case kindBatch:
		return parse(body, batchForm.message)
	case kindAck:
		return parse(body, ackForm.message)
	case kindRefusal:
		return parse(body, refusalForm.message)
	case kindBeat:
		return parse(body, beatForm.message)
	case kindProbe:
		return parse(body, probeForm.message)
	case kindLandmark:
		return parse(body, landmarkForm.message)
	}
	return decodeSecond(kind, body)
}

// decodeSecond reads the kinds that came with version 2.
func decodeSecond(kind byte, body []byte) (Message, error) {
	switch kind {
	case kindShelved:
		return parse(body, shelvedForm.message)
	case kindLetter:
		return parse(body, letterForm.message)
	case kindReceived:
		return parse(body, receivedForm.message)
	case kindFetch:
		return parse(body, fetchForm.message)
	case kindPiece:
		return parse(body, pieceForm.message)
	case kindRecall:
		return parse(body, recallForm.message)
	case kindPast:
		return parse(body, pastForm.message)
	}
	return nil, fmt.Errorf("%w: %d", ErrKind, kind)
}

func parse[F any, M Message](body []byte, message func(F) (M, error)) (Message, error) {
	var f F
	if err := decoding.Unmarshal(body, &f); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	m, err := message(f)
	if err != nil {
		return nil, fmt.Errorf("decode %T: %w", m, err)
	}
	return m, nil
}

func (h Hello) check() error {
	switch {
	case h.Version == 0:
		return fmt.Errorf("%w: version 0, the first is 1", ErrField)
	case len(h.Key) != keyBytes:
		return fmt.Errorf("%w: key of %d bytes, want %d", ErrField, len(h.Key), keyBytes)
	case h.Software == "" || !printable(h.Software, softwareBytesMax):
		return fmt.Errorf("%w: software name of %d bytes, want 1 to %d, printable", ErrField, len(h.Software), softwareBytesMax)
	case len(h.Dictionaries) > dictionariesMax:
		return fmt.Errorf("%w: %d dictionaries, limit %d", ErrField, len(h.Dictionaries), dictionariesMax)
	}
	return errors.Join(checkIncarnation(h.Incarnation), checkPosition(h.Incarnation, h.Head))
}

func (w Welcome) check() error {
	switch {
	case w.Version == 0:
		return fmt.Errorf("%w: version 0, the first is 1", ErrField)
	case w.Window == 0 || w.Window > WindowMax:
		return fmt.Errorf("%w: window of %d batches, want 1 to %d", ErrField, w.Window, WindowMax)
	case len(w.TimeSignature) > 0 && len(w.TimeSignature) != ed25519.SignatureSize:
		return fmt.Errorf("%w: signature of %d bytes, want %d", ErrField, len(w.TimeSignature), ed25519.SignatureSize)
	}
	return nil
}

func (r Refusal) check() error {
	switch {
	case r.Code == "" || !printable(r.Code, codeBytesMax):
		return fmt.Errorf("%w: code of %d bytes, want 1 to %d, printable", ErrField, len(r.Code), codeBytesMax)
	case !printable(r.Detail, detailBytesMax):
		return fmt.Errorf("%w: detail of %d bytes, want at most %d, printable", ErrField, len(r.Detail), detailBytesMax)
	}
	return nil
}

func (Ack) check() error      { return nil }
func (Shelved) check() error  { return nil }
func (Probe) check() error    { return nil }
func (Landmark) check() error { return nil }

func (b Beat) check() error {
	if len(b.Conditions) > conditionsMax || len(b.Packs) > packsMax {
		return fmt.Errorf("%w: %d conditions and %d packs, limits %d and %d", ErrField, len(b.Conditions), len(b.Packs), conditionsMax, packsMax)
	}
	for _, c := range b.Conditions {
		if c == "" || !printable(c, nameBytesMax) {
			return fmt.Errorf("%w: condition of %d bytes, want 1 to %d, printable", ErrField, len(c), nameBytesMax)
		}
	}
	for _, p := range b.Packs {
		if p.Name == "" || !printable(p.Name, packBytesMax) {
			return fmt.Errorf("%w: pack's name of %d bytes, want 1 to %d, printable", ErrField, len(p.Name), packBytesMax)
		}
	}
	return nil
}

// NewRefusal composes a refusal that fits, whatever is in the detail.
func NewRefusal(code, detail string, held chain.Position, fatal bool) Refusal {
	return Refusal{Code: code, Detail: clip(detail, detailBytesMax), Held: held, Fatal: fatal}
}

// clip makes a text printable, and cuts it to size between two letters.
func clip(s string, bytesMax int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == utf8.RuneError || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	for len(s) > bytesMax {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

func checkIncarnation(in chain.Incarnation) error {
	if err := in.Centre.Check(); err != nil {
		return fmt.Errorf("%w: %w", ErrField, err)
	}
	return nil
}

// checkPosition holds that a chain's start has one hash only, and nothing before it.
func checkPosition(in chain.Incarnation, at chain.Position) error {
	if start := in.Start(); at.Seq < start.Seq || at.Seq == start.Seq && at != start {
		return fmt.Errorf("%w: %s is not the start of %s, nor behind it", ErrField, at, in)
	}
	return nil
}

// printable keeps line ends and terminal escapes out of logs.
func printable(s string, bytesMax int) bool {
	return len(s) <= bytesMax && utf8.ValidString(s) &&
		!strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}
