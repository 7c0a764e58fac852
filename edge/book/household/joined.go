package household

import (
	"errors"
	"fmt"
	"slices"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// The places in a household.
const (
	Mother   = "mother"
	Father   = "father"
	Guardian = "guardian"
	Child    = "child"
	Member   = "member"
)

var places = []string{Mother, Father, Guardian, Child, Member}

// Joined records that a person is of a household. The record's subject is the household.
type Joined struct {
	Desk   id.Desk   `cbor:"1,keyasint"`
	Person id.Person `cbor:"2,keyasint"`
	Place  string    `cbor:"3,keyasint"` // Mother, Father, Guardian, Child or Member
}

// Kind is household.joined/1.
func (Joined) Kind() chain.Kind { return "household.joined/1" }

// Check reports a desk, person or place that cannot be.
func (e Joined) Check() error {
	if !slices.Contains(places, e.Place) {
		return errors.Join(e.Desk.Check(), e.Person.Check(), fmt.Errorf("a place of %d bytes: want one of %v", len(e.Place), places))
	}
	return errors.Join(e.Desk.Check(), e.Person.Check())
}

func (e Joined) project(v ledger.View, h chain.Header) error {
	of, _ := read(v.Reader, id.Household(h.Subject))
	of.Members = append(of.Members, Membership{e.Person, e.Place})
	if err := v.Put(personKey(e.Person), []byte(of.ID)); err != nil {
		return err
	}
	return put(v, of)
}

// Join records a member of a household that exists, or is formed in the same decision: it cannot be seen yet. It reports
// ErrForgotten, ErrFull, ErrTwice for somebody who is of a household already, or what Check finds.
func Join(tx *ledger.Tx, h id.Household, e Joined) error {
	of, _ := Get(tx, h)
	switch other, has := Of(tx, e.Person); {
	case of.Forgotten:
		return fmt.Errorf("household %s: %w", h, ErrForgotten)
	case len(of.Members) >= membersMax:
		return fmt.Errorf("household %s: %w", h, ErrFull)
	case has:
		return fmt.Errorf("person %s is of household %s: %w", e.Person, other.ID, ErrTwice)
	}
	return tx.Append(string(h), e)
}
