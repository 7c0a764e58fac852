package growth

import (
	"encoding/binary"
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// The view's keys. SEQ is 8 bytes, big-endian, so that a scan is in the order in which things happened.
//
//	p/PERSON/SEQ  -> a measurement of a child that counts
//	v/VISIT/SEQ   -> the person of a measurement at a visit
//	w/PERSON      -> the newest screening of a woman

// Kept is a measurement with the record that holds it.
type Kept struct {
	Measured Measured  `cbor:"1,keyasint"`
	Person   id.Person `cbor:"2,keyasint"`
	Actor    string    `cbor:"3,keyasint"` // who measured
	Seq      uint64    `cbor:"4,keyasint"`
	Wall     int64     `cbor:"5,keyasint"` // milliseconds since 1970 UTC
	Grade    uint8     `cbor:"6,keyasint"` // of the clock then
}

// KeptScreened is a screening with the record that holds it.
type KeptScreened struct {
	Screened Screened  `cbor:"1,keyasint"`
	Person   id.Person `cbor:"2,keyasint"`
	Actor    string    `cbor:"3,keyasint"`
	Seq      uint64    `cbor:"4,keyasint"`
	Wall     int64     `cbor:"5,keyasint"`
	Grade    uint8     `cbor:"6,keyasint"`
}

func personPrefix(p id.Person) []byte { return []byte("p/" + p + "/") }

func personKey(p id.Person, seq uint64) []byte {
	return binary.BigEndian.AppendUint64(personPrefix(p), seq)
}

func visitPrefix(v id.Visit) []byte { return []byte("v/" + v + "/") }

func visitKey(v id.Visit, seq uint64) []byte {
	return binary.BigEndian.AppendUint64(visitPrefix(v), seq)
}

func womanKey(p id.Person) []byte { return []byte("w/" + p) }

// Series are the measurements of a person that count, oldest first: the points of the curve. Of more than 200 the newest.
func Series(src ledger.Source, p id.Person) (all []Kept) {
	src.Reader(Name).Scan(personPrefix(p), func(_, value []byte) bool {
		all = append(all, decode[Kept](value))
		return true
	})
	return all[max(0, len(all)-seriesMax):]
}

// Newest is the last measurement of a person that counts.
func Newest(src ledger.Source, p id.Person) (Kept, bool) {
	all := Series(src, p)
	if len(all) == 0 {
		return Kept{}, false
	}
	return all[len(all)-1], true
}

// OfVisit are the measurements at a visit that count, of whomever, oldest first.
func OfVisit(src ledger.Source, v id.Visit) (all []Kept) {
	r := src.Reader(Name)
	prefix := visitPrefix(v)
	r.Scan(prefix, func(key, person []byte) bool {
		seq := binary.BigEndian.Uint64(key[len(prefix):])
		if kept, ok := read[Kept](r, personKey(id.Person(person), seq)); ok {
			all = append(all, kept)
		}
		return len(all) < visitMax
	})
	return all
}

// NewestScreened is the last screening of a woman.
func NewestScreened(src ledger.Source, p id.Person) (KeptScreened, bool) {
	return read[KeptScreened](src.Reader(Name), womanKey(p))
}

// ErrNoMeasurement is reported for a measurement that is not of this person, or does not count any more.
var ErrNoMeasurement = errors.New("this person has no such measurement; look at the list again")

// Measure records a measurement. It reports what Check finds.
func Measure(tx *ledger.Tx, p id.Person, e Measured) error { return tx.Append(string(p), e) }

// Screen records a screening. It reports what Check finds.
func Screen(tx *ledger.Tx, p id.Person, e Screened) error { return tx.Append(string(p), e) }

// Withdraw records that a measurement does not count. It reports ErrNoMeasurement.
func Withdraw(tx *ledger.Tx, p id.Person, e Withdrawn) error {
	if _, ok := read[Kept](tx.Reader(Name), personKey(p, e.Of)); !ok {
		return fmt.Errorf("withdraw record %d of %s: %w", e.Of, p, ErrNoMeasurement)
	}
	return tx.Append(string(p), e)
}

func put(v ledger.View, key []byte, value any) error {
	b, err := chain.EncodeBody(value)
	if err != nil {
		return fmt.Errorf("view %s: %w", Name, err)
	}
	return v.Put(key, b)
}

func read[T any](r ledger.Reader, key []byte) (T, bool) {
	b := r.Get(key)
	if b == nil {
		var none T
		return none, false
	}
	return decode[T](b), true
}

// decode reads what put stored. The ledger vouches for the bytes, so others are a mistake.
func decode[T any](b []byte) (value T) {
	if err := chain.DecodeBody(b, &value); err != nil {
		panic(fmt.Sprintf("BUG: view %s: %v", Name, err))
	}
	return value
}
