package visit

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"math"

	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// What decisions report when the state does not allow them.
var (
	ErrNoVisit       = errors.New("no such visit")
	ErrTaken         = errors.New("the visit or code exists already")
	ErrState         = errors.New("the visit's state does not allow it")
	ErrNobody        = errors.New("the desk has nobody in hand")
	ErrDeskBusy      = errors.New("the desk has somebody in hand")
	ErrNumbersUsedUp = errors.New("the numbers of the day are used up")
	ErrFull          = errors.New("the visit has all the stops or marks that it may have")
	ErrTwice         = errors.New("the visit comes to this service anyway")
	ErrMoved         = errors.New("there is no last press, or somebody changed the visit since")
	ErrAlone         = errors.New("somebody has to stay in the visit that is split")
	ErrNumberHeld    = errors.New("somebody has this number today")
	ErrNoDay         = errors.New("no business day was opened yet")
	ErrDayClosed     = errors.New("the business day is closed")

	errRange = errors.New("a promise has to be a range of minutes, the lower first")
)

func checkStop(stop uint8) error {
	if stop >= StopsMax {
		return fmt.Errorf("stop %d: a visit has %d at most", stop, StopsMax)
	}
	return nil
}

// New says that the decision under way opens the day.
func (d Day) New() bool { return d.Seq == math.MaxUint64 }

// Today is the open business day; false before the first.
func Today(src ledger.Source) (Day, bool) {
	d, ok := openDay(src.Reader(Name))
	return d.asDay(), ok
}

// Get is a visit by its name.
func Get(src ledger.Source, v id.Visit) (Visit, bool) { return read(src.Reader(Name), v) }

// ByCode is the visit whose slip carries a code.
func ByCode(src ledger.Source, c id.Code) (Visit, bool) { return follow(src.Reader(Name), codeKey(c)) }

// ByToken is the visit that had a number on a day.
func ByToken(src ledger.Source, date string, t id.Token) (Visit, bool) {
	return follow(src.Reader(Name), tokenKey(date, t))
}

// AtDesk is the visit that a desk called or serves.
func AtDesk(src ledger.Source, d id.Desk) (Visit, bool) { return follow(src.Reader(Name), deskKey(d)) }

// Aside is everybody in one of the states hold, parked and no-show, in the order they came to it.
func Aside(src ledger.Source, s State) []Visit {
	return some(src.Reader(Name), []byte(asidePrefix(s)), math.MaxInt)
}

// OfDay gives every visit that belongs to a business day or was carried over from it, in the order of their numbers. Each
// has what the figures of its stops need: the sums, the moments, what overtook, who was recalled.
func OfDay(src ledger.Source, date string) iter.Seq[Visit] {
	return func(yield func(Visit) bool) {
		each(src.Reader(Name), tokenKey(date, ""), yield)
	}
}

// NotInHand is the oldest visits whose paper was not confirmed, limit at most, in order.
func NotInHand(src ledger.Source, limit int) []Visit {
	return some(src.Reader(Name), []byte(notHandPrefix), limit)
}

// LastCalls is the newest calls of the day, newest first, callsKept at most.
func LastCalls(src ledger.Source) []Shown {
	var calls []Shown
	r := src.Reader(Name)
	for _, key := range keys(r, []byte(callPrefix)) {
		shown := Shown{Seq: tail(key)}
		get(r, key, &shown)
		calls = append([]Shown{shown}, calls...)
	}
	return calls
}

// Figures counts the visits of a business day; zero for a day that never was.
func Figures(src ledger.Source, date string) Tally { return tally(src.Reader(Name), date) }

func tally(r ledger.Reader, date string) Tally {
	t := Tally{Day: date}
	get(r, tallyKey(date), &t)
	return t
}

// standing is a visit that is not over. It reports ErrNoVisit or ErrState.
func standing(src ledger.Source, v id.Visit) (Visit, error) {
	got, ok := Get(src, v)
	if !ok {
		return got, fmt.Errorf("visit %s: %w", v, ErrNoVisit)
	}
	if got.Over() {
		return got, fmt.Errorf("visit %s is %s: %w", v, got.State(), ErrState)
	}
	return got, nil
}

// inState is a visit that has to be in a state. It reports ErrNoVisit or ErrState.
func inState(tx *ledger.Tx, v id.Visit, want State) (Visit, error) {
	got, ok := Get(tx, v)
	if !ok {
		return got, fmt.Errorf("visit %s: %w", v, ErrNoVisit)
	}
	if got.State() != want {
		return got, fmt.Errorf("visit %s is %s, not %s: %w", v, got.State(), want, ErrState)
	}
	return got, nil
}

// inHand is the visit that a desk has to have in a state. It reports ErrNobody or ErrState.
func inHand(tx *ledger.Tx, d id.Desk, want State) (Visit, error) {
	got, ok := AtDesk(tx, d)
	if !ok {
		return got, fmt.Errorf("desk %s: %w", d, ErrNobody)
	}
	return inState(tx, got.ID, want)
}

func read(r ledger.Reader, v id.Visit) (got Visit, ok bool) {
	ok = get(r, visitKey(v), &got)
	return got, ok
}

// follow reads the visit that an index names.
func follow(r ledger.Reader, key []byte) (Visit, bool) {
	name := r.Get(key)
	if name == nil {
		return Visit{}, false
	}
	return read(r, id.Visit(name))
}

// each calls visit for the visits of an index, in order, until it returns false.
func each(r ledger.Reader, prefix []byte, visit func(Visit) bool) {
	r.Scan(prefix, func(_, name []byte) bool {
		v, ok := read(r, id.Visit(name))
		if !ok {
			panic(fmt.Sprintf("BUG: view %s: index %q names a missing visit %q", Name, prefix, name))
		}
		return visit(v)
	})
}

func some(r ledger.Reader, prefix []byte, limit int) []Visit {
	var out []Visit
	each(r, prefix, func(v Visit) bool {
		if len(out) == limit {
			return false
		}
		out = append(out, v)
		return true
	})
	return out
}

// keys copies the keys with a prefix, since a view must not change while it is scanned.
func keys(r ledger.Reader, prefix []byte) [][]byte {
	var out [][]byte
	r.Scan(prefix, func(key, _ []byte) bool {
		out = append(out, bytes.Clone(key))
		return true
	})
	return out
}

// tail is the sequence that an index key ends with.
func tail(key []byte) uint64 { return binary.BigEndian.Uint64(key[len(key)-8:]) }
