package anthropometry

import (
	"context"

	"markaz.example/edge/book/growth"
	"markaz.example/edge/book/household"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/civil"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/registration"
)

// ScreenWoman records a woman's arm by the programme's cut-off. Refusals: those of Desk, NobodyKnown, NoWoman,
// MeasureAgain.
func (h *Hall) ScreenWoman(ctx context.Context, d id.Desk, v id.Visit, p id.Person, armsMM []uint32) error {
	return h.decide(ctx, d, v, func(tx *ledger.Tx, at *visit.Visit) error {
		who, err := registration.InHand(tx, v, p)
		if err != nil {
			return err
		}
		if as, _ := placeOf(tx, v, p); as == household.Child || who.Sex != civil.Female {
			return desk.Refuse(desk.NoWoman)
		}
		if len(armsMM) < 2 {
			return desk.Refuse(desk.MeasureAgain)
		}
		place := growth.Place{Visit: v, Stop: uint8(at.At()), Desk: d}
		e, err := growth.MakeScreened(place, armsMM, h.Settings.CutOffMM, h.Settings.Limits)
		if err != nil {
			return err
		}
		return growth.Screen(tx, p, e)
	})
}
