package registration

import (
	"context"
	"slices"

	"markaz.example/edge/book/person"
	"markaz.example/edge/book/staff"
	"markaz.example/edge/civil"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Correction is one field of a person as it should have been. The others are empty.
type Correction struct {
	What       string // person.FieldName, FieldNumber, FieldBirth or FieldSex
	Reason     string // one of CorrectReasons
	Name       civil.Name
	NumberKind string
	Number     civil.Number
	Birth      civil.Birth
	Sex        civil.Sex
	Confirmed  []string // doubts about a number, as of Registrant
}

// CorrectReasons are why a field is corrected, as texts know them.
func CorrectReasons() []string { return []string{"typing", "paper", "registered-now"} }

// CorrectPerson records one field of a member of the family in hand anew. What was recorded stays in the chain.
// Refusals: NoSuchDesk, NotRegistering, NobodyServed, NobodyKnown, BadReason, EntryShort, PersonKnown, PersonDoubt,
// VaultClosed, FieldHidden, NeedsSecond, NotSecond.
func (r *Registry) CorrectPerson(ctx context.Context, d id.Desk, v id.Visit, p id.Person, c Correction) error {
	if !slices.Contains(CorrectReasons(), c.Reason) {
		return desk.Refuse(desk.BadReason)
	}
	if r.Vault == nil {
		return desk.Refuse(desk.VaultClosed)
	}
	return r.decide(ctx, d, v, func(tx *ledger.Tx) error {
		who, err := InHand(tx, v, p)
		if err != nil {
			return err
		}
		if f := staff.Field(c.What); f.Breakable() && !r.Floor.Sees(ctx, tx, f) {
			return desk.Refuse(desk.FieldHidden) // whoever corrects sees what it was
		}
		if _, err := r.corrected(tx.Next(), d, who, c); err != nil {
			return err // nobody is fetched for what cannot be recorded
		}
		if err := r.Floor.Approved(ctx, tx, desk.Wanted{Act: staff.Correction, About: string(p)}); err != nil {
			return err
		}
		e, err := r.corrected(tx.Next(), d, who, c) // sealed for its own record, which the approval goes before
		if err != nil {
			return err
		}
		if staff.Known(tx) {
			e.Approved = string(desk.SeatOf(ctx).Second())
		}
		return person.Correct(tx, p, e)
	})
}

// corrected is a correction, sealed for the record at seq.
func (r *Registry) corrected(seq uint64, d id.Desk, who person.Person, c Correction) (e person.Corrected, err error) {
	e = person.Corrected{Desk: d, What: c.What, Reason: c.Reason}
	var text string
	switch c.What {
	case person.FieldName:
		text = c.Name.Text()
	case person.FieldNumber:
		text, e.NumberKind = c.Number.Digits(), c.NumberKind
		if e.Confirmed, err = confirmed(c.Number.Doubts(who.Sex), c.Confirmed); err != nil {
			return e, err
		}
		e.Mark = r.Vault.Mark(text)
	case person.FieldBirth:
		text, e.Precision = c.Birth.Date(), c.Birth.Precision()
	case person.FieldSex:
		e.Sex = c.Sex
		return e, short(c.Sex.Check() != nil)
	}
	if err := short(text == ""); err != nil {
		return e, err
	}
	e.Sealed, err = r.seal(who.Household, seq, c.What, text)
	return e, err
}

func short(is bool) error {
	if is {
		return desk.Refuse(desk.EntryShort)
	}
	return nil
}

// confirmed is the doubts about a number, all of which staff has to confirm. Refusal: PersonDoubt.
func confirmed(doubts []civil.Doubt, by []string) (out []string, err error) {
	for _, d := range doubts {
		if !slices.Contains(by, string(d)) {
			return nil, desk.Refuse(desk.PersonDoubt)
		}
		out = append(out, string(d))
	}
	return out, nil
}
