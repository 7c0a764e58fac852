package anthropometry

import (
	"context"

	"markaz.example/edge/book/growth"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/registration"
)

// Desk is a measuring desk's screen: the family in hand, and who of it was measured on this visit.
type Desk struct {
	Seq     uint64
	Visit   id.Visit
	Token   id.Token
	Service desk.Service
	Family  *registration.Family // nil until the visit is a household's
	Kept    map[id.Person]growth.Kept
	Arms    map[id.Person]growth.KeptScreened
	Next    []desk.Service // stops still to come, in order
}

// Desk is what a measuring desk shows. Refusals: NoSuchDesk, NotMeasuringDesk, NobodyServed.
func (h *Hall) Desk(ctx context.Context, d id.Desk) (out Desk, err error) {
	err = h.look(ctx, d, func(snap ledger.Snapshot, v *visit.Visit) error {
		service, _ := h.Floor.Catalogue.Service(v.Stop().Service)
		out = Desk{
			Seq: snap.Seq(), Visit: v.ID, Token: v.Token, Service: service, Next: h.stillToCome(v),
			Family: h.People.FamilyOf(ctx, snap, v),
		}
		out.measured(snap)
		return nil
	})
	return out, err
}

// measured adds who was measured on this visit.
func (out *Desk) measured(snap ledger.Snapshot) {
	out.Kept, out.Arms = map[id.Person]growth.Kept{}, map[id.Person]growth.KeptScreened{}
	for _, k := range growth.OfVisit(snap, out.Visit) {
		out.Kept[k.Person] = k
	}
	if out.Family == nil {
		return
	}
	for _, m := range out.Family.Members {
		if k, ok := growth.NewestScreened(snap, m.Person); ok && k.Screened.Visit == out.Visit {
			out.Arms[m.Person] = k
		}
	}
}

func (h *Hall) stillToCome(v *visit.Visit) []desk.Service {
	var plan []id.Service
	for _, i := range v.Plan {
		plan = append(plan, v.Stops[i].Service)
	}
	return h.services(plan)
}
