package household

import (
	"errors"
	"iter"

	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// What decisions report when the state does not allow them.
var (
	ErrTwice     = errors.New("the name is in use")
	ErrUnknown   = errors.New("no household of this name is registered")
	ErrForgotten = errors.New("the household was forgotten")
	ErrFull      = errors.New("the household has too many members")
)

// Subject is what the vault calls a household.
func Subject(h id.Household) string { return "household/" + string(h) }

// Get is a household by name; one that was forgotten too.
func Get(src ledger.Source, h id.Household) (Household, bool) { return read(src.Reader(Name), h) }

// Of is the household of a person.
func Of(src ledger.Source, p id.Person) (Household, bool) {
	r := src.Reader(Name)
	return read(r, id.Household(r.Get(personKey(p))))
}

// At is the household whose visit it is.
func At(src ledger.Source, v id.Visit) (Household, bool) {
	r := src.Reader(Name)
	return read(r, id.Household(r.Get(visitKey(v))))
}

// All is every household, in order of their names.
func All(src ledger.Source) iter.Seq[Household] {
	return func(yield func(Household) bool) {
		src.Reader(Name).Scan([]byte(householdPrefix), func(key, value []byte) bool {
			return yield(decode(key, value))
		})
	}
}
