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

// Withdraw records that a measurement of this visit does not count: another child was on the board.
// Refusals: those of Child, NoMeasurement.
func (h *Hall) Withdraw(ctx context.Context, d id.Desk, v id.Visit, p id.Person, seq uint64) error {
	return h.decide(ctx, d, v, func(tx *ledger.Tx, _ *visit.Visit) error {
		if _, err := registration.InHand(tx, v, p); err != nil {
			return err
		}
		if k, ok := growth.Newest(tx, p); !ok || k.Seq != seq || k.Measured.Visit != v {
			return desk.Refuse(desk.NoMeasurement)
		}
		return growth.Withdraw(tx, p, growth.Withdrawn{Of: seq, Reason: growth.WrongPerson})
	})
}
