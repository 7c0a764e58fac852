package visit

import (
	"encoding/binary"
	"fmt"
	"slices"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// The view's keys. A line is never stored as a list: it is the keys that share a prefix.
//
//	v/VISIT            the visit, whole
//	c/CODE             -> visit
//	t/DAY/TOKEN        -> visit
//	o/SEQ              -> visit that is not over, by the record that opened it
//	n/SEQ              -> visit that is not in hand, by the record that opened it
//	l/SERVICE/SEQ      -> visit that waits, by the record that made it wait
//	d/DESK             -> visit that the desk has in hand
//	h/SEQ              one of the last calls, for the hall screen
//	f/DAY              the day's figures
//	k/LETTER           the last number given today
//	floor              the number that letters begin behind, and whether the next day's do; absent but after a restoration
//	b/DAY              a business day that was opened
//	day                the open day
//
// SEQ is 8 bytes, big-endian.
var (
	dayKey   = []byte("day")
	floorKey = []byte("floor")
)

func visitKey(v id.Visit) []byte { return []byte("v/" + v) }
func codeKey(c id.Code) []byte   { return []byte("c/" + c) }
func deskKey(d id.Desk) []byte   { return []byte("d/" + d) }
func beganKey(day string) []byte { return []byte("b/" + day) }
func tallyKey(day string) []byte { return []byte("f/" + day) }
func letterKey(letter byte) []byte {
	return []byte{'k', '/', letter}
}
func tokenKey(day string, t id.Token) []byte { return []byte("t/" + day + "/" + string(t)) }
func linePrefix(s id.Service) []byte         { return []byte("l/" + s + "/") }
func seqKey(prefix string, seq uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte(prefix), seq)
}

const (
	openPrefix    = "o/"
	notHandPrefix = "n/"
	callPrefix    = "h/"
)

// load is the visit that a record is about. The decision that recorded it saw the visit there.
func load(v ledger.View, subject string) (Visit, error) {
	got, ok := read(v.Reader, id.Visit(subject))
	if !ok {
		return got, fmt.Errorf("no visit %q", subject)
	}
	return got, nil
}

// alter projects an event that changes the visit it is about.
func alter(v ledger.View, h chain.Header, change func(*Visit)) error {
	before, err := load(v, h.Subject)
	if err != nil {
		return err
	}
	after := before
	after.Stops = slices.Clone(before.Stops)
	change(&after)
	return replace(v, &before, &after)
}

// replace stores a visit and moves its index entries and its place in the day's figures. Before is nil for a new one.
func replace(v ledger.View, before, after *Visit) error {
	if before != nil {
		for _, key := range indexes(before) {
			if err := v.Delete(key); err != nil {
				return err
			}
		}
	}
	for _, key := range indexes(after) {
		if err := v.Put(key, []byte(after.ID)); err != nil {
			return err
		}
	}
	if err := retally(v, before, after); err != nil {
		return err
	}
	return put(v, visitKey(after.ID), after)
}

// indexes are the keys under which a visit is found besides its own, as a function of the visit alone.
func indexes(v *Visit) [][]byte {
	var keys [][]byte
	stop := v.Stop()
	if !v.Over() {
		keys = append(keys, seqKey(openPrefix, v.Opened.Seq))
	}
	if v.NotInHand() {
		keys = append(keys, seqKey(notHandPrefix, v.Opened.Seq))
	}
	if stop.State == StateWaiting {
		keys = append(keys, binary.BigEndian.AppendUint64(linePrefix(stop.Service), stop.Since.Seq))
	}
	if stop.State.atDesk() {
		keys = append(keys, deskKey(stop.Desk))
	}
	return keys
}

// day is the open business day as the view keeps it.
type day struct {
	Date  string `cbor:"1,keyasint"`
	Seq   uint64 `cbor:"2,keyasint"` // record that opened it
	Grade uint8  `cbor:"3,keyasint"` // of the clock then
}

func openDay(r ledger.Reader) (d day, ok bool) {
	ok = get(r, dayKey, &d)
	return d, ok
}

func (d day) grade() clock.Grade { return clock.Grade(d.Grade) }

// put stores a value of this package.
func put(v ledger.View, key []byte, value any) error {
	b, err := chain.EncodeBody(value)
	if err != nil {
		return fmt.Errorf("view %s: %w", Name, err)
	}
	return v.Put(key, b)
}

// get reads what put stored; false when there is nothing. The ledger vouches for the bytes, so others are a mistake.
func get(r ledger.Reader, key []byte, into any) bool {
	b := r.Get(key)
	if b == nil {
		return false
	}
	if err := chain.DecodeBody(b, into); err != nil {
		panic(fmt.Sprintf("BUG: view %s, key %q: %v", Name, key, err))
	}
	return true
}
