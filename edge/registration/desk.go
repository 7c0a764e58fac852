package registration

import (
	"context"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Desk is a registration desk's screen: whom it serves, and whose visit that is.
type Desk struct {
	Seq     uint64
	Visit   id.Visit
	Token   id.Token
	Service desk.Service
	Family  *Family // nil until the visit is a household's
}

// Desk is what a registration desk shows. Refusals: NoSuchDesk, NotRegistering, NobodyServed.
func (r *Registry) Desk(ctx context.Context, d id.Desk) (out Desk, err error) {
	if err := r.registers(d); err != nil {
		return out, err
	}
	err = r.Floor.LookServed(ctx, d, func(snap ledger.Snapshot, v *visit.Visit) error {
		service, _ := r.Floor.Catalogue.Service(v.Stop().Service)
		out = Desk{Seq: snap.Seq(), Visit: v.ID, Token: v.Token, Service: service, Family: r.FamilyOf(ctx, snap, v)}
		return nil
	})
	return out, err
}
