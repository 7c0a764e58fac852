package visit

import (
	"encoding/binary"
	"fmt"
	"math"

	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Waiter is a stop that waits, as its line knows it: what decides who is next, and no more, since a line of hundreds is
// read for every screen.
type Waiter struct {
	Seq         uint64 // record that made it wait
	Visit       id.Visit
	Token       id.Token
	Service     id.Service
	Class       string
	Since       int64  // on the axis
	Seniority   int64  // on the axis
	Opened      uint64 // record that opened the visit
	Appointment int64  // wall milliseconds; 0 for none, and for later stops
	Needs       Needs
	To          id.Desk
	Staff       string
	Gate        uint64
}

// Line is everybody who waits for a service, in the order they came to the line.
func Line(src ledger.Source, s id.Service) []Waiter {
	var line []Waiter
	src.Reader(Name).Scan(linePrefix(s), func(key, value []byte) bool {
		w := decodeWaiter(value)
		w.Seq, w.Service = tail(key), s
		line = append(line, w)
		return true
	})
	return line
}

// Waiting is how many wait for a service.
func Waiting(src ledger.Source, s id.Service) int {
	n := 0
	src.Reader(Name).Scan(linePrefix(s), func(_, _ []byte) bool {
		n++
		return true
	})
	return n
}

// Calls is how often a service was called, ever. A waiter whose Gate is above it lets others go first.
func Calls(src ledger.Source, s id.Service) uint64 { return calls(src.Reader(Name), s) }

func calls(r ledger.Reader, s id.Service) uint64 {
	if b := r.Get(callsKey(s)); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

func putCalls(v ledger.View, s id.Service, n uint64) error {
	return v.Put(callsKey(s), binary.BigEndian.AppendUint64(nil, n))
}

// waiterOf is what the line keeps of a visit that waits.
func waiterOf(v *Visit) Waiter {
	s := v.Stop()
	w := Waiter{
		Visit: v.ID, Token: v.Token, Class: s.Class, Since: s.Since.Axis, Seniority: s.Seniority, Opened: v.Opened.Seq,
		Needs: v.Needs, To: s.To, Staff: s.Staff, Gate: s.Gate,
	}
	if len(v.Walked) == 0 {
		w.Appointment = v.Appointment
	}
	return w
}

// encode is a waiter in bytes: numbers as varints, then strings behind their length. The key has the rest.
func (w Waiter) encode() []byte {
	b := make([]byte, 0, 96)
	for _, n := range []int64{w.Since, w.Seniority, w.Appointment} {
		b = binary.AppendVarint(b, n)
	}
	b = binary.AppendUvarint(binary.AppendUvarint(b, w.Opened), w.Gate)
	ground := byte(0)
	if w.Needs.Ground {
		ground = 1
	}
	b = append(b, ground)
	for _, s := range []string{string(w.Visit), string(w.Token), w.Class, w.Needs.Language, w.Needs.Sex, w.Needs.Skill, string(w.To), w.Staff} {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	return b
}

func decodeWaiter(b []byte) (w Waiter) {
	d := unpacker{b}
	w.Since, w.Seniority, w.Appointment = d.varint(), d.varint(), d.varint()
	w.Opened, w.Gate = d.uvarint(), d.uvarint()
	w.Needs.Ground = d.bytes(1)[0] == 1
	w.Visit, w.Token, w.Class = id.Visit(d.text()), id.Token(d.text()), d.text()
	w.Needs.Language, w.Needs.Sex, w.Needs.Skill = d.text(), d.text(), d.text()
	w.To, w.Staff = id.Desk(d.text()), d.text()
	return w
}

// unpacker takes bytes apart that this package wrote. The ledger vouches for them, so others are a mistake.
type unpacker struct{ left []byte }

func (d *unpacker) varint() int64 {
	n, used := binary.Varint(d.left)
	d.bytes(used)
	return n
}

func (d *unpacker) uvarint() uint64 {
	n, used := binary.Uvarint(d.left)
	d.bytes(used)
	return n
}

func (d *unpacker) text() string { return string(d.bytes(int(min(d.uvarint(), math.MaxInt32)))) }

func (d *unpacker) bytes(n int) []byte {
	if n <= 0 && n != 0 || n > len(d.left) {
		panic(fmt.Sprintf("BUG: view %s: a waiter of %d bytes wants %d", Name, len(d.left), n))
	}
	b := d.left[:n]
	d.left = d.left[n:]
	return b
}
