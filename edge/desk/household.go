package desk

import (
	"context"
	"errors"
	"slices"

	"markaz.example/edge/book/household"
	"markaz.example/edge/book/person"
	"markaz.example/edge/civil"
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

// The doubts about an entry besides civil's about its number. Each is looked at by a person and confirmed, or mended.
const (
	DoubtTwin     = "twin"      // the household has a child of this birth date and sex
	DoubtSameName = "same-name" // the household has somebody of this name
	DoubtNoNumber = "no-number" // an adult without an identity number
	DoubtOld      = "old"       // a child of eighteen years or more
)

// adultMonths is when a child is none any more: eighteen years.
const adultMonths = 18 * 12

// RegisterFamily forms a household with its first member, and says that the visit in hand is theirs. When the number is
// registered, the family that has it comes back with PersonKnown.
// Refusals: NoSuchDesk, NotRegistering, NobodyServed, VaultClosed, EntryShort, PersonKnown, PersonDoubt.
func (f *Floor) RegisterFamily(ctx context.Context, d id.Desk, v id.Visit, e Registrant) (Family, error) {
	h, err := id.NewHousehold(f.Rand)
	if err != nil {
		return Family{}, f.Refused(err)
	}
	if known, err := f.ready(ctx, d, e); err != nil {
		return known, err
	}
	// The key is on disk before anything can be recorded under it. A registration that is refused after this leaves a key
	// that nothing is sealed with.
	if err := f.makeKey(h); err != nil {
		return Family{}, err
	}
	return f.register(ctx, d, v, h, e, func(tx *ledger.Tx) error {
		return household.Form(tx, h, household.Formed{Desk: d, Visit: v})
	})
}

// makeKey reports VaultClosed, BoxFull or a fault.
func (f *Floor) makeKey(h id.Household) error { return f.Refused(f.Vault.Make(household.Subject(h))) }

// AddMember registers one more of the family whose visit is in hand. Refusals: those of RegisterFamily, NobodyKnown,
// FamilyFull.
func (f *Floor) AddMember(ctx context.Context, d id.Desk, v id.Visit, h id.Household, e Registrant) (Family, error) {
	if known, err := f.ready(ctx, d, e); err != nil {
		return known, err
	}
	return f.register(ctx, d, v, h, e, func(tx *ledger.Tx) error {
		if at, ok := household.At(tx, v); !ok || at.ID != h || at.Forgotten {
			return refusal(NobodyKnown, nil)
		}
		return nil
	})
}

// ready holds an entry to what it needs, and finds who has its number. Refusals: NoSuchDesk, NotRegistering, NobodyServed,
// VaultClosed, EntryShort, PersonKnown with the family.
func (f *Floor) ready(ctx context.Context, d id.Desk, e Registrant) (Family, error) {
	if err := f.registers(d); err != nil {
		return Family{}, err
	}
	if f.Vault == nil {
		return Family{}, refusal(VaultClosed, nil)
	}
	short := e.Name.None() || e.Sex.Check() != nil || e.Number.None() != (e.NumberKind == "") || e.As == household.Child && e.Birth.None()
	if short {
		return Family{}, refusal(EntryShort, nil)
	}
	if e.Number.None() {
		return Family{}, nil
	}
	known, err := f.FindFamily(ctx, d, e.Number)
	switch {
	case err == nil:
		return known, refusal(PersonKnown, nil)
	case errors.Is(err, refusal(NobodyKnown, nil)):
		return Family{}, nil
	}
	return Family{}, err
}

// register records a person, what begins it first.
func (f *Floor) register(ctx context.Context, d id.Desk, v id.Visit, h id.Household, e Registrant, begin func(*ledger.Tx) error) (out Family, err error) {
	p, err := id.NewPerson(f.Rand)
	if err != nil {
		return out, f.Refused(err)
	}
	err = f.registering(ctx, d, v, func(tx *ledger.Tx) error {
		doubts, err := f.doubts(tx, h, e)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(doubts, func(doubt string) bool { return !slices.Contains(e.Confirmed, doubt) }) {
			return refusal(PersonDoubt, nil)
		}
		if err := begin(tx); err != nil {
			return err
		}
		entry := e
		entry.Confirmed = doubts // what was confirmed without need is not recorded
		return f.record(tx, d, v, h, p, entry)
	})
	if err != nil {
		return out, err
	}
	return f.attached(ctx, d)
}

// record appends the person, the membership and the visit.
func (f *Floor) record(tx *ledger.Tx, d id.Desk, v id.Visit, h id.Household, p id.Person, e Registrant) error {
	now, err := f.registered(tx.Next(), d, h, e)
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
func (f *Floor) registered(seq uint64, d id.Desk, h id.Household, e Registrant) (out person.Registered, err error) {
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
		if *part.into, err = f.seal(h, seq, part.field, part.text); err != nil {
			return out, err
		}
	}
	if !e.Number.None() {
		out.Mark = f.Vault.Mark(e.Number.Digits())
	}
	return out, nil
}

// attached is the family whose visit is in hand.
func (f *Floor) attached(ctx context.Context, d id.Desk) (Family, error) {
	r, err := f.Registration(ctx, d)
	if err != nil || r.Family == nil {
		return Family{}, err
	}
	return *r.Family, nil
}

// Doubts is what a desk has to look at again before an entry is accepted. Household is empty for a new one.
func (f *Floor) Doubts(ctx context.Context, h id.Household, e Registrant) (out []string, err error) {
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		out, err = f.doubts(snap, h, e)
		return err
	})
	return out, err
}

func (f *Floor) doubts(src ledger.Source, h id.Household, e Registrant) (out []string, err error) {
	for _, d := range e.Number.Doubts(e.Sex) {
		out = append(out, string(d))
	}
	if e.As != household.Child && e.Number.None() {
		out = append(out, DoubtNoNumber)
	}
	if e.As == household.Child && e.Birth.Months(f.Today()) >= adultMonths {
		out = append(out, DoubtOld)
	}
	of, _ := household.Get(src, h)
	for _, m := range of.Members {
		if d := f.likeness(src, m, e); d != "" && !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out, nil
}

// likeness is in what an entry is like a member; what cannot be opened is like nobody.
func (f *Floor) likeness(src ledger.Source, m household.Membership, e Registrant) string {
	p, _ := person.Get(src, m.Person)
	own, err := f.unseal(p)
	switch {
	case err != nil:
		return ""
	case own.Name == e.Name:
		return DoubtSameName
	case m.As == e.As && p.Sex == e.Sex && !e.Birth.None() && own.Birth.Date() == e.Birth.Date():
		return DoubtTwin
	}
	return ""
}
