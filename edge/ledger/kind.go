package ledger

import (
	"markaz.example/edge/chain"
)

// Own is the ledger's own book, which every ledger keeps beside those that it is given.
func Own() Book { return own() }

// Name is the kind as records carry it.
func (k Kind) Name() chain.Kind { return k.name }

// Zero is the event of a kind with nothing in it: its type tells the fields.
func (k Kind) Zero() Event {
	e, _ := k.decode([]byte{0xa0}) // an empty map; that it could not have happened is no matter
	return e
}
