package visit

import (
	"encoding/binary"
	"errors"
	"fmt"

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
//	l/SERVICE/SEQ      who waits, by the record that made it wait: what line.go needs of it
//	x/STATE/SEQ        -> visit on hold, parked or no-show, by the record that put it there
//	d/DESK             -> visit that the desk has in hand
//	e/DESK             whether the desk is open, if that was ever said
//	g/DAY/DESK/SEQ     a state that the desk came to on that day
//	u/DESK             the desk's last press, and what it changed
//	q/SERVICE          how often the service was called
//	z/SERVICE          why the line takes nobody today
//	a/SEQ              what is announced to the hall
//	h/SEQ              one of the last calls, for the hall screen
//	f/DAY              the day's figures
//	s/DAY              who was served without a number that day
//	y/DAY              what the day is marked with
//	k/LETTER           the last number given today
//	floor              the number that letters begin behind, and whether the next day's do; absent but after a restoration
//	b/DAY              a business day that was opened, and when on the axis
//	book               since when numbers are written by hand; absent while they are printed
//	day                the open day
//	axis               the newest moment
//	m/l/SERVICE        what its calls took today
//	m/b/HOUR/SERVICE   what they took in one hour of the day in the last four weeks; HOUR is a byte
//	m/c/SERVICE        who came to its line last
//	m/d/DESK           the last call that ended there
//	m/pace             how far apart calls are
//	m/pauses           how long desks were away
//
// SEQ is 8 bytes, big-endian.
var (
	dayKey   = []byte("day")
	floorKey = []byte("floor")
	axisKey  = []byte("axis")
	bookKey  = []byte("book")
)

func visitKey(v id.Visit) []byte { return []byte("v/" + v) }
func codeKey(c id.Code) []byte   { return []byte("c/" + c) }
func deskKey(d id.Desk) []byte   { return []byte("d/" + d) }
func stateKey(d id.Desk) []byte  { return []byte(statePrefix + d) }
func pressKey(d id.Desk) []byte  { return []byte("u/" + d) }
func beganKey(day string) []byte { return []byte(beganPrefix + day) }
func changePrefix(day string, d id.Desk) []byte {
	return []byte("g/" + day + "/" + string(d) + "/")
}
func changeKey(day string, d id.Desk, seq uint64) []byte {
	return seqKey(string(changePrefix(day, d)), seq)
}
func tallyKey(day string) []byte { return []byte("f/" + day) }
func quickKey(day string) []byte { return []byte("s/" + day) }
func markKey(day string) []byte  { return []byte("y/" + day) }
func letterKey(letter byte) []byte {
	return []byte{'k', '/', letter}
}
func tokenKey(day string, t id.Token) []byte { return []byte("t/" + day + "/" + string(t)) }
func callsKey(s id.Service) []byte           { return []byte("q/" + s) }
func closedKey(s id.Service) []byte          { return []byte(closedPrefix + s) }
func linePrefix(s id.Service) []byte         { return []byte("l/" + s + "/") }
func asidePrefix(s State) string             { return "x/" + string(s) + "/" }
func seqKey(prefix string, seq uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte(prefix), seq)
}

const (
	openPrefix     = "o/"
	notHandPrefix  = "n/"
	callPrefix     = "h/"
	closedPrefix   = "z/"
	announcePrefix = "a/"
	beganPrefix    = "b/"
	statePrefix    = "e/"
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
func alter(v ledger.View, h chain.Header, change func(*Visit, Moment)) error {
	_, err := altered(v, h, change)
	return err
}

// altered is alter, and gives the visit as it was before.
func altered(v ledger.View, h chain.Header, change func(*Visit, Moment)) (before Visit, err error) {
	before, err = load(v, h.Subject)
	if err != nil {
		return before, err
	}
	at, err := moment(v, h)
	if err != nil {
		return before, err
	}
	after := before.copied()
	change(&after, at)
	after.Changed = h.Seq
	return before, errors.Join(remember(v, &before, &after, at), replace(v, &before, &after))
}

// replace stores a visit and moves its index entries and its place in the day's figures. Before is nil for a new one.
func replace(v ledger.View, before, after *Visit) error {
	if before != nil {
		if err := unplace(v, before); err != nil {
			return err
		}
	}
	return place(v, before, after)
}

// unplace takes a visit out of the indexes.
func unplace(v ledger.View, before *Visit) error {
	for _, e := range indexes(before) {
		if err := v.Delete(e.key); err != nil {
			return err
		}
	}
	return nil
}

// place is the second half of replace.
func place(v ledger.View, before, after *Visit) error {
	for _, e := range indexes(after) {
		if err := v.Put(e.key, e.value); err != nil {
			return err
		}
	}
	if err := retally(v, before, after); err != nil {
		return err
	}
	return put(v, visitKey(after.ID), after)
}

type entry struct{ key, value []byte }

// indexes are the keys under which a visit is found besides its own, as a function of the visit alone.
func indexes(v *Visit) []entry {
	if v.Over() {
		return nil
	}
	stop, name := v.Stop(), []byte(v.ID)
	entries := []entry{{seqKey(openPrefix, v.Opened.Seq), name}}
	if v.NotInHand() {
		entries = append(entries, entry{seqKey(notHandPrefix, v.Opened.Seq), name})
	}
	switch {
	case stop.State == StateWaiting:
		key := binary.BigEndian.AppendUint64(linePrefix(stop.Service), stop.Since.Seq)
		entries = append(entries, entry{key, waiterOf(v).encode()})
	case stop.State.aside():
		entries = append(entries, entry{seqKey(asidePrefix(stop.State), stop.Since.Seq), name})
	case stop.State.atDesk():
		entries = append(entries, entry{deskKey(stop.Desk), name})
	}
	return entries
}

// day is the open business day as the view keeps it.
type day struct {
	Date   string `cbor:"1,keyasint"`
	Seq    uint64 `cbor:"2,keyasint"` // record that opened it
	Grade  uint8  `cbor:"3,keyasint"` // of the clock then
	Closed bool   `cbor:"4,keyasint"`
	Carry  bool   `cbor:"5,keyasint"` // who is left goes over into the next day
	Reason string `cbor:"6,keyasint"` // why it was closed
	Axis   int64  `cbor:"7,keyasint"` // when it was opened
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
