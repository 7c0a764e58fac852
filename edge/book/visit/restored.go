package visit

import (
	"encoding/binary"
	"errors"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/ledger"
)

// Restored records that the ledger came back from headquarters on another box, or is an older state. Numbers may have been given
// after its last record, so what follows leaves a gap: a number that two people hold calls both.
type Restored struct{}

// Kind is visit.restored/1.
func (Restored) Kind() chain.Kind { return "visit.restored/1" }

// Check accepts every value: there is nothing in it.
func (Restored) Check() error { return nil }

// project raises what was given under each letter, and what is given first under any other. Unless it is certain that the
// open day is the present one, that holds for the next day as well: the lost box may have opened it.
func (Restored) project(v ledger.View, h chain.Header) error {
	low := uint16(TokensLost)
	if before, _ := floor(v.Reader); before > 0 {
		low = before + TokensGap // the box restored before may have given numbers from there on
	}
	errs := []error{putFloor(v, low, !isToday(v, h))}
	for _, key := range keys(v.Reader, []byte("k/")) {
		errs = append(errs, v.Put(key, binary.BigEndian.AppendUint16(nil, lastNumber(v.Reader, key)+TokensGap)))
	}
	return errors.Join(errs...)
}

// isToday is whether a record was made on the open day, by a clock that may be trusted.
func isToday(v ledger.View, h chain.Header) bool {
	open, ok := openDay(v.Reader)
	return ok && h.Stamp.Grade >= clock.RTC && h.Stamp.Time().In(karachi).Format(time.DateOnly) == open.Date
}

// Restore says that the ledger came back.
func Restore(tx *ledger.Tx) error { return tx.Append("", Restored{}) }

// floor is the number that is passed over on a day, and whether the next day passes over it as well. Zero for most.
func floor(r ledger.Reader) (number uint16, lasts bool) {
	b := r.Get(floorKey)
	if len(b) != 3 {
		return 0, false
	}
	return binary.BigEndian.Uint16(b), b[2] == 1
}

func putFloor(v ledger.View, number uint16, lasts bool) error {
	b := append(binary.BigEndian.AppendUint16(nil, number), 0)
	if lasts {
		b[2] = 1
	}
	return v.Put(floorKey, b)
}

// passFloor takes the floor into a day that opens, once.
func passFloor(v ledger.View) error {
	if number, lasts := floor(v.Reader); lasts {
		return putFloor(v, number, false)
	}
	return v.Delete(floorKey)
}

// lastNumber is the last number of the day under a letter, by its key; 0 before the first.
func lastNumber(r ledger.Reader, key []byte) uint16 {
	if b := r.Get(key); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}
