package visit

import (
	"errors"
	"fmt"
	"slices"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Split records that some of a family go on by themselves, under a number of their own: Opened2.From of the new visit
// names this one.
type Split struct {
	Into    id.Visit `cbor:"1,keyasint"` // the visit of those who go
	Persons uint8    `cbor:"2,keyasint"` // how many go
}

// Kind is visit.split/1.
func (Split) Kind() chain.Kind { return "visit.split/1" }

// Check reports a visit that cannot be, or nobody.
func (e Split) Check() error {
	if e.Persons == 0 {
		return errors.New("a split of nobody")
	}
	return e.Into.Check()
}

func (e Split) project(v ledger.View, h chain.Header) error {
	return alter(v, h, func(after *Visit, _ Moment) { after.Persons -= min(e.Persons, after.Persons) })
}

// Divide opens a visit for some of a family: a.From and a.Persons say whose. At least one person stays. It reports
// ErrNoVisit, ErrState, also for a visit that this very decision ends with its day, ErrAlone, and what Open reports.
func Divide(tx *ledger.Tx, today Day, a Asked) (id.Token, error) {
	whole, err := standing(tx, a.From)
	if err != nil {
		return "", err
	}
	if whole.Day != today.Date && !slices.Contains(today.carried, whole.Token) {
		return "", fmt.Errorf("visit %s of %s, on %s: %w", a.From, whole.Day, today.Date, ErrState)
	}
	if whole.Persons <= a.Persons {
		return "", fmt.Errorf("visit %s of %d: %w", a.From, whole.Persons, ErrAlone)
	}
	token, err := Open(tx, today, a)
	if err != nil {
		return "", err
	}
	return token, tx.Append(string(a.From), Split{a.Visit, a.Persons})
}
