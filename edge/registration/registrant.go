package registration

import (
	"context"
	"errors"
	"slices"

	"markaz.example/edge/book/household"
	"markaz.example/edge/book/person"
	"markaz.example/edge/civil"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Registrant is a person as a registration desk enters one.
type Registrant struct {
	As         string // household.Mother, Child and so on
	Name       civil.Name
	Sex        civil.Sex
	NumberKind string       // person.CNIC or person.BForm; empty without a number
	Number     civil.Number // None for none
	Birth      civil.Birth  // None for none; a child needs one
	Confirmed  []string     // doubts that staff looked at and confirms
}

// RegisterFamily forms a household with its first member, and says that the visit in hand is theirs. When the number is
// registered, the family that has it comes back with PersonKnown.
// Refusals: NoSuchDesk, NotRegistering, NobodyServed, VaultClosed, EntryShort, PersonKnown, PersonDoubt.
func (r *Registry) RegisterFamily(ctx context.Context, d id.Desk, v id.Visit, e Registrant) (Family, error) {
	h, err := id.NewHousehold(r.Floor.Rand)
	if err != nil {
		return Family{}, r.Floor.Refused(err)
	}
	if known, err := r.ready(ctx, d, e); err != nil {
		return known, err
	}
	// The key is on disk before anything can be recorded under it. A registration that is refused after this leaves a key
	// that nothing is sealed with.
	if err := r.makeKey(h); err != nil {
		return Family{}, err
	}
	return r.register(ctx, d, v, h, e, func(tx *ledger.Tx) error {
		return household.Form(tx, h, household.Formed{Desk: d, Visit: v})
	})
}

// makeKey reports VaultClosed, BoxFull or a fault.
func (r *Registry) makeKey(h id.Household) error {
	return r.Floor.Refused(told(r.Vault.Make(household.Subject(h))))
}

// AddMember registers one more of the family whose visit is in hand. Refusals: those of RegisterFamily, NobodyKnown,
// FamilyFull.
func (r *Registry) AddMember(ctx context.Context, d id.Desk, v id.Visit, h id.Household, e Registrant) (Family, error) {
	if known, err := r.ready(ctx, d, e); err != nil {
		return known, err
	}
	return r.register(ctx, d, v, h, e, func(tx *ledger.Tx) error {
		if at, ok := household.At(tx, v); !ok || at.ID != h || at.Forgotten {
			return desk.Refuse(desk.NobodyKnown)
		}
		return nil
	})
}

// ready holds an entry to what it needs, and finds who has its number. Refusals: NoSuchDesk, NotRegistering, NobodyServed,
// VaultClosed, EntryShort, PersonKnown with the family.
func (r *Registry) ready(ctx context.Context, d id.Desk, e Registrant) (Family, error) {
	if err := r.registers(d); err != nil {
		return Family{}, err
	}
	if r.Vault == nil {
		return Family{}, desk.Refuse(desk.VaultClosed)
	}
	short := e.Name.None() || e.Sex.Check() != nil || e.Number.None() != (e.NumberKind == "") || e.As == household.Child && e.Birth.None()
	if short {
		return Family{}, desk.Refuse(desk.EntryShort)
	}
	if e.Number.None() {
		return Family{}, nil
	}
	known, err := r.FindFamily(ctx, d, e.Number)
	switch {
	case err == nil:
		return known, desk.Refuse(desk.PersonKnown)
	case errors.Is(err, desk.Refuse(desk.NobodyKnown)):
		return Family{}, nil
	}
	return Family{}, err
}

// register records a person, what begins it first.
func (r *Registry) register(ctx context.Context, d id.Desk, v id.Visit, h id.Household, e Registrant, begin func(*ledger.Tx) error) (out Family, err error) {
	p, err := id.NewPerson(r.Floor.Rand)
	if err != nil {
		return out, r.Floor.Refused(err)
	}
	err = r.decide(ctx, d, v, func(tx *ledger.Tx) error {
		doubts, err := r.doubts(tx, h, e)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(doubts, func(doubt string) bool { return !slices.Contains(e.Confirmed, doubt) }) {
			return desk.Refuse(desk.PersonDoubt)
		}
		if err := begin(tx); err != nil {
			return err
		}
		entry := e
		entry.Confirmed = doubts // what was confirmed without need is not recorded
		return r.record(tx, d, v, h, p, entry)
	})
	if err != nil {
		return out, err
	}
	return r.attached(ctx, d)
}

// record appends the person, the membership and the visit.
func (r *Registry) record(tx *ledger.Tx, d id.Desk, v id.Visit, h id.Household, p id.Person, e Registrant) error {
	now, err := r.registered(tx.Next(), d, h, e)
	if err != nil {
		return err
	}
	if err := person.Register(tx, p, now); err != nil {
		return err
	}
	if err := household.Join(tx, h, household.Joined{Desk: d, Person: p, Place: e.As}); err != nil {
		return err
	}
	return household.Come(tx, h, household.Came{Desk: d, Visit: v})
}

// registered is an entry, sealed for the record at seq.
func (r *Registry) registered(seq uint64, d id.Desk, h id.Household, e Registrant) (out person.Registered, err error) {
	out = person.Registered{Desk: d, Household: h, Sex: e.Sex, NumberKind: e.NumberKind, Precision: e.Birth.Precision(), Confirmed: e.Confirmed}
	for _, part := range []struct {
		into  *[]byte
		field string
		text  string
	}{
		{(*[]byte)(&out.Name), person.FieldName, e.Name.Text()},
		{(*[]byte)(&out.Number), person.FieldNumber, e.Number.Digits()},
		{(*[]byte)(&out.Birth), person.FieldBirth, e.Birth.Date()},
	} {
		if *part.into, err = r.seal(h, seq, part.field, part.text); err != nil {
			return out, err
		}
	}
	if !e.Number.None() {
		out.Mark = r.Vault.Mark(e.Number.Digits())
	}
	return out, nil
}

// attached is the family whose visit is in hand.
func (r *Registry) attached(ctx context.Context, d id.Desk) (Family, error) {
	now, err := r.Desk(ctx, d)
	if err != nil || now.Family == nil {
		return Family{}, err
	}
	return *now.Family, nil
}
