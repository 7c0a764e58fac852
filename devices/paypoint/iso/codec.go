package iso

import (
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/moov-io/iso8583"
	"github.com/moov-io/iso8583/encoding"
	isoerrors "github.com/moov-io/iso8583/errors"
	"github.com/moov-io/iso8583/field"
	"github.com/moov-io/iso8583/prefix"

	"markaz.example/devices/profile"
)

// Message is what may be known of a message: its type, and harmless fields by number.
type Message struct {
	MTI    string         // four digits
	Fields map[int]string // digits with their leading zeros, characters as they came
}

// Codec reads and writes one bank's dialect. Any goroutine may use it.
type Codec struct {
	how    profile.ISO8583
	f87    formats
	f93    formats
	spec87 *iso8583.MessageSpec
	spec93 *iso8583.MessageSpec
}

// NewCodec reports what is wrong with the profile.
func NewCodec(how profile.ISO8583) (*Codec, error) {
	f87, err87 := standard87(how.Fields)
	f93, err93 := standard93(how.Fields)
	if err := errors.Join(err87, err93); err != nil {
		return nil, fmt.Errorf("ISO 8583 profile: %w", err)
	}
	return &Codec{how: how, f87: f87, f93: f93, spec87: spec(how, f87), spec93: spec(how, f93)}, nil
}

func (c *Codec) table(mti string) *formats {
	switch {
	case len(mti) != 4 || !number(mti):
		return nil
	case mti[0] == '0':
		return &c.f87
	case mti[0] == '1':
		return &c.f93
	}
	return nil
}

func number(s string) bool {
	return !slices.ContainsFunc([]byte(s), func(c byte) bool { return c < '0' || c > '9' })
}

// Decode overwrites in raw whatever may not be read, and then reads the rest. It reports ErrShape. What an error says
// bears no byte of the message.
func (c *Codec) Decode(raw []byte) (Message, error) {
	mti, err := scrub(raw, c.how, c.table)
	if err != nil {
		return Message{}, err
	}
	m := iso8583.NewMessage(c.spec(mti))
	if err := m.Unpack(raw); err != nil {
		clear(raw)
		return Message{}, fmt.Errorf("%w: %s", ErrShape, where(err))
	}
	out := Message{MTI: mti, Fields: map[int]string{}}
	for n := range m.GetFields() {
		if n < 2 || n >= len(keep) || !keep[n] {
			continue
		}
		if out.Fields[n], err = m.GetString(n); err != nil {
			return Message{}, fmt.Errorf("%w: field %d", ErrShape, n)
		}
	}
	return out, nil
}

// where is the field at which the library gave up: its own words may quote the message.
func where(err error) string {
	if at, ok := errors.AsType[*isoerrors.UnpackError](err); ok {
		return "field " + at.FieldID
	}
	return "a field's characters"
}

// Encode writes a message. Simulated terminals may send any field; the box sends answers only.
func (c *Codec) Encode(m Message) ([]byte, error) {
	if c.table(m.MTI) == nil {
		return nil, fmt.Errorf("type of message %q: want four digits that begin with 0 or 1", m.MTI)
	}
	out := iso8583.NewMessage(c.spec(m.MTI))
	out.MTI(m.MTI)
	for _, n := range slices.Sorted(maps.Keys(m.Fields)) {
		if err := out.Field(n, m.Fields[n]); err != nil {
			return nil, fmt.Errorf("field %d of %s: %w", n, m.MTI, err)
		}
	}
	b, err := out.Pack()
	if err != nil {
		return nil, fmt.Errorf("pack %s: %w", m.MTI, err)
	}
	return b, nil
}

func (c *Codec) spec(mti string) *iso8583.MessageSpec {
	if mti[0] == '1' {
		return c.spec93
	}
	return c.spec87
}

// spec is the library's own form of a table. Fixed numbers get no padding: it would strip leading zeros when reading.
func spec(how profile.ISO8583, table formats) *iso8583.MessageSpec {
	fields := map[int]field.Field{0: field.NewString(&field.Spec{Length: 4, Enc: numbers(how), Pref: fixed(how)})}
	bits := &field.Spec{Length: 8, Enc: encoding.Binary, Pref: prefix.Binary.Fixed}
	if how.Bitmap == profile.BitmapHex {
		bits.Enc, bits.Pref = encoding.BytesToASCIIHex, prefix.Hex.Fixed
	}
	fields[1] = field.NewBitmap(bits)
	for n, f := range table {
		if f.kind != "" {
			fields[n] = fieldOf(how, f)
		}
	}
	return &iso8583.MessageSpec{Name: "markaz", Fields: fields}
}

func fieldOf(how profile.ISO8583, f format) field.Field {
	s := &field.Spec{Length: f.max, Enc: encoding.ASCII, Pref: lengthOf(how, f.dots)}
	switch {
	case f.kind == "z" && how.Numbers == profile.NumbersBCD:
		s.Enc = packedTrack{}
	case f.packed():
		s.Enc = numbers(how)
	case f.kind == "b" && how.Bitmap == profile.BitmapHex:
		s.Length = size(how, f, f.max)
	case f.kind == "b":
		s.Enc = encoding.Binary
		return field.NewBinary(s)
	case f.kind == "x+n": // sign and digits together: they are never read
		s.Length, s.Enc, s.Pref = size(how, f, f.max), encoding.Binary, prefix.Binary.Fixed
		return field.NewBinary(s)
	}
	return field.NewString(s)
}

// packedTrack packs a track two characters a byte, with D for the separator, as packed dialects do. The library's own
// packed numbers know digits only.
type packedTrack struct{}

// Encode is for simulated terminals.
func (packedTrack) Encode(track []byte) ([]byte, error) {
	if len(track)%2 != 0 {
		track = append([]byte{'0'}, track...)
	}
	return hex.DecodeString(strings.ReplaceAll(string(track), "=", "D"))
}

// Decode sees zeros only: no track gets past scrub.
func (packedTrack) Decode(packed []byte, length int) ([]byte, int, error) {
	n := (length + 1) / 2
	if length < 0 || len(packed) < n {
		return nil, 0, ErrShape
	}
	all := hex.AppendEncode(nil, packed[:n])
	return all[len(all)-length:], n, nil
}

func numbers(how profile.ISO8583) encoding.Encoder {
	if how.Numbers == profile.NumbersBCD {
		return encoding.BCD
	}
	return encoding.ASCII
}

func fixed(how profile.ISO8583) prefix.Prefixer { return lengthOf(how, 0) }

func lengthOf(how profile.ISO8583, dots int) prefix.Prefixer {
	p := prefix.ASCII
	if how.Numbers == profile.NumbersBCD {
		p = prefix.BCD
	}
	return []prefix.Prefixer{p.Fixed, p.L, p.LL, p.LLL}[dots]
}
