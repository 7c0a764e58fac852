package visit

import (
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Entered records a visit that was kept in the paper book while nothing could be printed: under the number that was
// written there, with what was done by then. What is left to do waits from here on, at the place that its time gives it.
type Entered struct {
	Token     id.Token     `cbor:"1,keyasint"`
	Code      id.Code      `cbor:"2,keyasint"` // for a paper, should one be printed
	Stops     []id.Service `cbor:"3,keyasint"` // in order; at least one, none twice
	Lang      string       `cbor:"4,keyasint"`
	Persons   uint8        `cbor:"5,keyasint"` // 0 is not known
	Came      int64        `cbor:"6,keyasint"` // as written, wall milliseconds since 1970 UTC
	Served    []int64      `cbor:"7,keyasint"` // when the first stops ended, as written, wall milliseconds; none for one that waits
	Outcomes  []string     `cbor:"8,keyasint"` // of those stops, codes
	Seniority int64        `cbor:"9,keyasint"` // Came on the axis of this box's visits
}

// Kind is visit.entered/1.
func (Entered) Kind() chain.Kind { return "visit.entered/1" }

// Check reports what is wrong with each field.
func (e Entered) Check() error {
	errs := []error{e.Token.Check(), e.Code.Check(), checkStops(e.Stops), checkLang(e.Lang)}
	if len(e.Served) != len(e.Outcomes) || len(e.Served) > len(e.Stops) {
		errs = append(errs, fmt.Errorf("%d stops, %d served, %d outcomes", len(e.Stops), len(e.Served), len(e.Outcomes)))
	}
	for _, o := range e.Outcomes {
		errs = append(errs, CheckWord(o))
	}
	last := e.Came
	for _, at := range append([]int64{e.Came}, e.Served...) {
		if at <= 0 || at < last {
			errs = append(errs, errors.New("times of the paper book that do not rise"))
		}
		last = at
	}
	return errors.Join(errs...)
}

func (e Entered) project(v ledger.View, h chain.Header) error {
	at, err := moment(v, h)
	if err != nil {
		return err
	}
	after := newVisit(v.Reader, h, at, e.Stops)
	after.Token, after.Code, after.Lang, after.Persons = e.Token, e.Code, e.Lang, e.Persons
	after.InHand, after.Written, after.Came = true, true, e.Came
	after.await(e.Seniority, at)
	for i, o := range e.Outcomes {
		stop := after.Stop()
		stop.Outcome = o
		stop.Served.Wall = e.Served[i] // as written: such a moment has no record of its own
		after.end(StateDone, 0, at)
	}
	if len(e.Outcomes) > 0 && !after.Over() {
		after.Stop().Seniority = e.Seniority
	}
	return enrol(v, after)
}

// Enter records a visit from the paper book. It reports ErrTaken, ErrNumberHeld when somebody has the number today, or
// what Check finds.
func Enter(tx *ledger.Tx, today Day, v id.Visit, e Entered) error {
	if err := unused(tx, v, e.Code); err != nil {
		return err
	}
	if today.held(tx.Reader(Name), e.Token) {
		return fmt.Errorf("number %s: %w", e.Token, ErrNumberHeld)
	}
	e.Seniority = Now(tx) - min(max(tx.Now().Wall-e.Came, 0), paperMsMax) // a wrong clock gives nobody years
	return tx.Append(string(v), e)
}
