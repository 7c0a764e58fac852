package chain

import (
	"math"
	"unicode/utf8"

	"markaz.example/edge/clock"
)

// The major types of CBOR that a header has, in the first three bits of an item.
const (
	cborNumber   = 0
	cborNegative = 1
	cborText     = 3
	cborMap      = 5
)

// View is a record as it stands in its stored bytes, which the texts and the body alias: nothing is copied.
type View struct {
	Seq                  uint64
	Stamp                clock.Stamp
	Kind, Actor, Subject []byte
	Body                 []byte
}

// Split reads a record that is written as Encode writes it: the nine keys in order, the body last. Every record that a
// box wrote is, and reading them by reflection was half the cost of walking a chain. For anything else it is false and
// the general decoder decides; what Split accepts, that one accepts as the same record, which FuzzScan compares. The
// header's values may still be outside their ranges, and its numbers longer than they need be.
func Split(b []byte) (v View, ok bool) {
	r := scanner{rest: b}
	r.expect(cborMap<<5 | 9)
	v.Seq, v.Stamp.Boot, v.Stamp.Mono, v.Stamp.Wall = r.number(1), r.number(2), r.number(3), r.signed(4)
	grade := r.number(5)
	v.Stamp.Grade = clock.Grade(grade)
	v.Kind, v.Actor, v.Subject = r.text(6), r.text(7), r.text(8)
	r.expect(9)
	if r.lost || grade > math.MaxUint8 || bodyDecoding.Wellformed(r.rest) != nil {
		return View{}, false
	}
	v.Body = r.rest[:len(r.rest):len(r.rest)] // the ninth value, and nothing after it
	return v, true
}

func (v View) record() Record {
	return Record{Header{Seq: v.Seq, Stamp: v.Stamp, Kind: Kind(v.Kind), Actor: string(v.Actor), Subject: string(v.Subject)}, v.Body}
}

// scanner goes through the pairs of a map. Once something is not what it is to be, the rest is empty.
type scanner struct {
	rest []byte
	lost bool
}

func (r *scanner) lose() { r.rest, r.lost = nil, true }

// take gives the next n bytes, or none when there are fewer.
func (r *scanner) take(n uint64) []byte {
	if n > uint64(len(r.rest)) {
		r.lose()
		return nil
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *scanner) expect(b byte) {
	if got := r.take(1); got == nil || got[0] != b {
		r.lose()
	}
}

// head takes a key and the first bytes of its value: the major type, and the number or length.
func (r *scanner) head(key byte) (major byte, n uint64) {
	r.expect(key)
	first := r.take(1)
	if first == nil {
		return 0, 0
	}
	low := first[0] & 31
	if low < 24 {
		return first[0] >> 5, uint64(low)
	}
	if low > 27 {
		r.lose() // of indefinite length, or reserved
		return 0, 0
	}
	for _, b := range r.take(1 << (low - 24)) {
		n = n<<8 | uint64(b)
	}
	return first[0] >> 5, n
}

func (r *scanner) number(key byte) uint64 {
	major, n := r.head(key)
	if major != cborNumber {
		r.lose()
	}
	return n
}

func (r *scanner) signed(key byte) int64 {
	major, n := r.head(key)
	if major > cborNegative || n > math.MaxInt64 {
		r.lose()
	}
	if major == cborNegative {
		return -1 - int64(n)
	}
	return int64(n)
}

func (r *scanner) text(key byte) []byte {
	major, n := r.head(key)
	text := r.take(n)
	if major != cborText || !utf8.Valid(text) {
		r.lose()
	}
	return text[:len(text):len(text)]
}
