package staff

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// The view's keys.
//
//	p/CODE            -> a person
//	s/desk/A          -> who sits at a desk
//	s/floor/CONSOLE   -> who is on the manager's pages, by console
//	f/PLACE           -> the failures at a place since somebody last signed in there
//	a/SEQ, 8 bytes    -> an act that needs a look, by its record; the newest auditKept
//	g/SEQ, 8 bytes    -> a right that was taken, by its record; of those that a manager has seen the newest glassKept

// Person is a member of staff.
type Person struct {
	Code      id.Staff `cbor:"1,keyasint"`
	Name      string   `cbor:"2,keyasint"`
	Role      Role     `cbor:"3,keyasint"`
	Skills    []string `cbor:"4,keyasint"`
	Languages []string `cbor:"5,keyasint"`
	Sex       string   `cbor:"6,keyasint"`
	Enrolled  Stamp    `cbor:"7,keyasint"`
	Ended     bool     `cbor:"8,keyasint"`
	Verifier  string   `cbor:"9,keyasint"`  // of the PIN; empty before one was set
	Locked    string   `cbor:"10,keyasint"` // why the account is locked; empty when it is open
	Failures  Failures `cbor:"11,keyasint"` // since the last success
	Glass     int      `cbor:"12,keyasint"` // how often they took a right that is not their role's
}

// Failures are codes and PINs that did not fit, one after another.
type Failures struct {
	Count int   `cbor:"1,keyasint"`
	Last  Stamp `cbor:"2,keyasint"`
}

// Stamp is a time, as stored.
type Stamp struct {
	Boot  uint64 `cbor:"1,keyasint"`
	Mono  uint64 `cbor:"2,keyasint"` // milliseconds since the start of that boot
	Wall  int64  `cbor:"3,keyasint"` // milliseconds since 1970 UTC
	Grade uint8  `cbor:"4,keyasint"`
}

func stampOf(h chain.Header) Stamp {
	return Stamp{h.Stamp.Boot, h.Stamp.Mono, h.Stamp.Wall, uint8(h.Stamp.Grade)}
}

// Stamp is the clock's stamp.
func (s Stamp) Stamp() clock.Stamp {
	return clock.Stamp{Boot: s.Boot, Mono: s.Mono, Wall: s.Wall, Grade: clock.Grade(s.Grade)}
}

// Seat is somebody at a place.
type Seat struct {
	Place   Place    `cbor:"1,keyasint"`
	Staff   id.Staff `cbor:"2,keyasint"`
	Console Console  `cbor:"3,keyasint"`
	Since   Stamp    `cbor:"4,keyasint"`
	Seq     uint64   `cbor:"5,keyasint"` // the record of it
	From    id.Staff `cbor:"6,keyasint"` // who had the desk before, when it was taken over or given; empty otherwise
	Given   bool     `cbor:"7,keyasint"` // it was given
}

// Noted is an act that a manager may want to look at.
type Noted struct {
	What    string   `cbor:"1,keyasint"` // one of the codes below
	Subject id.Staff `cbor:"2,keyasint"` // whom it is about; empty when nobody's code was given
	Actor   string   `cbor:"3,keyasint"` // who did it
	Place   Place    `cbor:"4,keyasint"` // where; empty when that does not matter
	Detail  string   `cbor:"5,keyasint"` // an act, a reason, a role, a person, by What
	About   string   `cbor:"6,keyasint"` // of an approval
	Asked   id.Staff `cbor:"7,keyasint"` // of an approval
	Seq     uint64   `cbor:"8,keyasint"`
	At      Stamp    `cbor:"9,keyasint"`
}

// What is noted.
const (
	NotedApproved = "approved"
	NotedTookOver = "took-over"
	NotedFailed   = "failed"
	NotedLocked   = "locked"
	NotedUnlocked = "unlocked"
	NotedPin      = "pin-set"
	NotedChanged  = "changed"
	NotedEnded    = "ended"

	NotedGlass     = "broke-glass"
	NotedGlassSeen = "saw-glass"
)

const personPrefix, seatPrefix, failuresPrefix, notePrefix, glassPrefix = "p/", "s/", "f/", "a/", "g/"

func personKey(s id.Staff) []byte { return []byte(personPrefix + s) }
func failuresKey(at Place) []byte { return []byte(failuresPrefix + at) }
func noteKey(seq uint64) []byte   { return binary.BigEndian.AppendUint64([]byte(notePrefix), seq) }
func glassKey(seq uint64) []byte  { return binary.BigEndian.AppendUint64([]byte(glassPrefix), seq) }

// seatKey is one a desk, and one a console on the floor and at the door.
func seatKey(at Place, c Console) []byte {
	if at.Shared() {
		return []byte(seatPrefix + string(at) + "/" + string(c))
	}
	return []byte(seatPrefix + at)
}

// change alters the person a record is about.
func change(v ledger.View, h chain.Header, how func(*Person)) error {
	p, ok := get[Person](v.Reader, personKey(id.Staff(h.Subject)))
	if !ok {
		return fmt.Errorf("%s is about %q, who is not of the staff", h.Kind, h.Subject)
	}
	how(&p)
	return put(v, personKey(p.Code), p)
}

// note keeps an act among the newest.
func note(v ledger.View, h chain.Header, n Noted) error {
	n.Subject, n.Actor, n.Seq, n.At = id.Staff(h.Subject), h.Actor, h.Seq, stampOf(h)
	var oldest []byte
	count := 0
	v.Scan([]byte(notePrefix), func(key, _ []byte) bool {
		if count++; count == 1 {
			oldest = bytes.Clone(key)
		}
		return true
	})
	if count >= auditKept {
		if err := v.Delete(oldest); err != nil {
			return err
		}
	}
	return put(v, noteKey(h.Seq), n)
}

func put(v ledger.View, key []byte, value any) error {
	b, err := chain.EncodeBody(value)
	if err != nil {
		return fmt.Errorf("view %s: %w", Name, err)
	}
	return v.Put(key, b)
}

// get reads what put stored. The ledger vouches for the bytes, so others are a mistake.
func get[T any](r ledger.Reader, key []byte) (out T, ok bool) {
	b := r.Get(key)
	if b == nil {
		return out, false
	}
	return decode[T](b), true
}

func decode[T any](b []byte) (out T) {
	if err := chain.DecodeBody(b, &out); err != nil {
		panic(fmt.Sprintf("BUG: view %s: %v", Name, err))
	}
	return out
}

func scan[T any](r ledger.Reader, prefix string) (out []T) {
	r.Scan([]byte(prefix), func(_, value []byte) bool {
		out = append(out, decode[T](value))
		return true
	})
	return out
}

func seats(r ledger.Reader, prefix string) []Seat { return scan[Seat](r, prefix) }
