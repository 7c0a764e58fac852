package registration

import (
	"context"

	"markaz.example/edge/book/person"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/vault"
)

// Books is what a registry keeps besides the floor's books.
func Books() []ledger.Book { return []ledger.Book{person.Book()} }

// Registry is the families of one centre. Any goroutine may call it.
type Registry struct {
	Floor *desk.Floor
	Vault *vault.Vault // seals who people are; nil means that nobody is registered here
}

// registers reports NoSuchDesk or NotRegistering.
func (r *Registry) registers(d id.Desk) error {
	at, ok := r.Floor.Catalogue.Desk(d)
	switch {
	case !ok:
		return desk.Refuse(desk.NoSuchDesk)
	case !at.Registers:
		return desk.Refuse(desk.NotRegistering)
	}
	return nil
}

// decide takes a decision of a registration desk about the visit that it serves.
// Refusals: NoSuchDesk, NotRegistering, NobodyServed.
func (r *Registry) decide(ctx context.Context, d id.Desk, v id.Visit, decision func(*ledger.Tx) error) error {
	if err := r.registers(d); err != nil {
		return err
	}
	return r.Floor.DecideServed(ctx, d, v, func(tx *ledger.Tx, _ *visit.Visit) error { return told(decision(tx)) })
}
