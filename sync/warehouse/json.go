package warehouse

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ErrBody is reported for a body that is not what chain.EncodeBody writes.
var ErrBody = errors.New("the body is not deterministic CBOR of plain values")

// The major types of CBOR.
const (
	cborNumber   = 0
	cborNegative = 1
	cborBytes    = 2
	cborText     = 3
	cborArray    = 4
	cborMap      = 5
	cborTag      = 6
	cborSimple   = 7
)

// shorter is the most that the next shorter way of writing a number takes, by the length of this one.
var shorter = [...]uint64{23, math.MaxUint8, math.MaxUint16, math.MaxUint32}

// appendJSON writes a record's body as FORMAT.md says, in jsonb's own spelling as far as the order of keys allows. It
// runs for every record; through the general decoder it took three times as long as PostgreSQL. A fuzz test holds it to
// that decoder. It reports ErrBody, and leaves nothing behind then.
func appendJSON(out, body []byte) ([]byte, error) {
	s := scribe{in: body, out: out}
	s.item(0)
	if s.err == nil && len(s.in) > 0 {
		s.fail("%d bytes behind it", len(s.in))
	}
	if s.err != nil {
		return out, s.err
	}
	return s.out, nil
}

// scribe goes through one item. After a failure there is nothing left to read.
type scribe struct {
	in, out []byte
	err     error
}

func (s *scribe) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf("%w: "+format, append([]any{ErrBody}, args...)...)
	}
	s.in = nil
}

func (s *scribe) say(text string) { s.out = append(s.out, text...) }

// head takes an item's first bytes: its major type, the five bits beside it, and the number these stand for.
func (s *scribe) head() (major, low byte, n uint64) {
	if len(s.in) == 0 {
		s.fail("it ends too early")
		return cborTag, 0, 0
	}
	first := s.in[0]
	major, low, s.in = first>>5, first&31, s.in[1:]
	if low < 24 {
		return major, low, uint64(low)
	}
	if low > 27 {
		s.fail("an item without a definite length")
		return major, low, 0
	}
	for _, b := range s.take(1 << (low - 24)) {
		n = n<<8 | uint64(b)
	}
	if major < cborSimple && n <= shorter[low-24] {
		s.fail("a number that is written longer than it is")
	}
	return major, low, n
}

func (s *scribe) take(n uint64) []byte {
	if n > uint64(len(s.in)) {
		s.fail("it ends too early")
		return nil
	}
	taken := s.in[:n]
	s.in = s.in[n:]
	return taken
}

func (s *scribe) item(depth int) {
	if depth > nestingMax {
		s.fail("nested deeper than %d", nestingMax)
		return
	}
	switch major, low, n := s.head(); major {
	case cborNumber:
		s.out = strconv.AppendUint(s.out, n, 10)
	case cborNegative:
		s.negative(n)
	case cborBytes:
		s.wrapped("$bytes", s.take(n))
	case cborText:
		s.text("", s.take(n))
	case cborArray:
		s.array(n, depth)
	case cborMap:
		s.pairs(n, depth)
	case cborTag:
		s.fail("a tag")
	case cborSimple:
		s.simple(low, n)
	}
}

// negative writes -1-n, which may be one beyond what 64 bits hold.
func (s *scribe) negative(n uint64) {
	if n == math.MaxUint64 {
		s.say("-18446744073709551616")
		return
	}
	s.out = strconv.AppendUint(append(s.out, '-'), n+1, 10)
}

func (s *scribe) array(n uint64, depth int) {
	s.say("[")
	for i := uint64(0); i < n && s.err == nil; i++ {
		if i > 0 {
			s.say(", ")
		}
		s.item(depth + 1)
	}
	s.say("]")
}

// pairs writes a map. Its keys rise, as in everything that chain.EncodeBody wrote, so that none can stand twice.
func (s *scribe) pairs(n uint64, depth int) {
	s.say("{")
	var last []byte
	for i := uint64(0); i < n && s.err == nil; i++ {
		if i > 0 {
			s.say(", ")
		}
		before := s.in
		s.key()
		written := before[:len(before)-len(s.in)]
		if i > 0 && string(written) <= string(last) {
			s.fail("keys that do not rise")
		}
		last = written
		s.say(": ")
		s.item(depth + 1)
	}
	s.say("}")
}

// key writes a number as its digits, and a text behind a colon: so no text can pass for a number.
func (s *scribe) key() {
	major, _, n := s.head()
	switch major {
	case cborNumber, cborNegative:
		s.say(`"`)
		if major == cborNumber {
			s.out = strconv.AppendUint(s.out, n, 10)
		} else {
			s.negative(n)
		}
		s.say(`"`)
	case cborText:
		text := s.take(n)
		if hasNUL(text) {
			s.fail("a key with a NUL")
			return
		}
		s.text(":", text)
	default:
		s.fail("a key that is neither number nor text")
	}
}

// text writes a JSON string. PostgreSQL has no NUL in a text, so a text with one is wrapped.
func (s *scribe) text(before string, text []byte) {
	switch {
	case !utf8.Valid(text):
		s.fail("a text that is not UTF-8")
		return
	case hasNUL(text):
		s.wrapped("$text", text)
		return
	}
	s.out = append(append(s.out, '"'), before...)
	written := 0
	for i, c := range text {
		if c < ' ' || c == '"' || c == '\\' {
			s.out = append(s.out, text[written:i]...)
			s.escape(c)
			written = i + 1
		}
	}
	s.out = append(append(s.out, text[written:]...), '"')
}

// escape writes a character as jsonb does when it is read.
func (s *scribe) escape(c byte) {
	const short, letters = "\b\f\n\r\t\"\\", `bfnrt"\`
	if i := strings.IndexByte(short, c); i >= 0 {
		s.out = append(s.out, '\\', letters[i])
		return
	}
	s.out = fmt.Appendf(s.out, `\u%04x`, c)
}

func hasNUL(text []byte) bool { return bytes.IndexByte(text, 0) >= 0 }

func (s *scribe) wrapped(as string, b []byte) {
	s.say(`{"` + as + `": "`)
	s.out = base64.StdEncoding.AppendEncode(s.out, b)
	s.say(`"}`)
}

func (s *scribe) simple(low byte, n uint64) {
	switch {
	case low == 20:
		s.say("false")
	case low == 21:
		s.say("true")
	case low == 22:
		s.say("null")
	case low == 25:
		s.float(half(uint16(n)))
	case low == 26:
		s.float(float64(math.Float32frombits(uint32(n))))
	case low == 27:
		s.float(math.Float64frombits(n))
	default:
		s.say(`{"$simple": ` + strconv.FormatUint(n, 10) + `}`)
	}
}

// float writes a number that has a point, so that it is not taken for a whole one.
func (s *scribe) float(f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) || f == 0 && math.Signbit(f) {
		s.say(`{"$float": "` + strconv.FormatFloat(f, 'g', -1, 64) + `"}`)
		return
	}
	before := len(s.out)
	s.out = strconv.AppendFloat(s.out, f, 'f', -1, 64)
	for _, c := range s.out[before:] {
		if c == '.' {
			return
		}
	}
	s.say(".0")
}

// half is a float of 16 bits: one sign, five of exponent, ten of fraction.
func half(bits uint16) float64 {
	exponent, fraction := int(bits>>10&31), float64(bits&1023)
	f := math.Ldexp(1024+fraction, exponent-25)
	switch exponent {
	case 0:
		f = math.Ldexp(fraction, -24)
	case 31:
		f = math.Inf(1)
		if fraction != 0 {
			f = math.NaN()
		}
	}
	return math.Copysign(f, 1-2*float64(bits>>15))
}
