package desk

import (
	"context"
	"errors"

	"markaz.example/edge/book/household"
	"markaz.example/edge/book/person"
	"markaz.example/edge/civil"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/vault"
)

// seal hides a text for the record at seq; an empty one is no field. Refusal: VaultClosed.
func (f *Floor) seal(h id.Household, seq uint64, field, text string) (vault.Sealed, error) {
	if f.Vault == nil {
		return nil, refusal(VaultClosed, nil)
	}
	if text == "" {
		return nil, nil
	}
	s, err := f.Vault.Seal(household.Subject(h), f.sealedAt(seq, field), []byte(text))
	return s, closed(err)
}

func (f *Floor) sealedAt(seq uint64, field string) vault.Place {
	return vault.Place{In: f.Ledger.Incarnation(), Seq: seq, Field: field}
}

// fieldOf is the text of a sealed field; "" for none. Refusal: VaultClosed.
func (f *Floor) fieldOf(p person.Person, name string, field person.Field) (string, error) {
	if field.None() {
		return "", nil
	}
	if f.Vault == nil {
		return "", refusal(VaultClosed, nil)
	}
	b, err := f.Vault.Open(household.Subject(p.Household), f.sealedAt(field.Seq, name), field.Sealed)
	return string(b), closed(err)
}

// closed makes a refusal of what a vault reports: whatever it is, the desk goes on without names.
func closed(err error) error {
	if err == nil {
		return nil
	}
	return refusal(VaultClosed, err)
}

// unseal is everything that is sealed of a person. Refusal: VaultClosed.
func (f *Floor) unseal(p person.Person) (out Shown, err error) {
	out.Person = p.ID
	name, err := f.fieldOf(p, person.FieldName, p.Name)
	if err != nil {
		return out, err
	}
	digits, err := f.fieldOf(p, person.FieldNumber, p.Number)
	if err != nil {
		return out, err
	}
	if out.Birth, err = f.birth(p); err != nil {
		return out, err
	}
	if out.Name, err = civil.ParseName(name); err != nil {
		return out, refusal(BoxFault, err)
	}
	if digits == "" {
		return out, nil
	}
	if out.Number, err = civil.ParseNumber(digits); err != nil {
		return out, refusal(BoxFault, err)
	}
	return out, nil
}

func (f *Floor) birth(p person.Person) (civil.Birth, error) {
	day, err := f.fieldOf(p, person.FieldBirth, p.Birth)
	if err != nil || day == "" {
		return civil.Birth{}, err
	}
	return civil.ReadBirth(day, p.Precision)
}

// ForgetHousehold records that a household is forgotten, and then deletes its key: names, numbers and birth dates of all its
// members open never again, here or in any copy of the chain. What was measured stays, of nobody. A power cut in between
// is made good by SettleForgotten. Refusals: NobodyKnown, BadReason, VaultClosed.
func (f *Floor) ForgetHousehold(ctx context.Context, actor string, h id.Household, reason string) error {
	if !oneOf(reason, ForgetReasons()) {
		return refusal(BadReason, nil)
	}
	if f.Vault == nil {
		return refusal(VaultClosed, nil)
	}
	err := f.Decide(ctx, actor, func(tx *ledger.Tx) error {
		of, _ := household.Get(tx, h)
		for _, m := range of.Members {
			if err := person.Forget(tx, m.Person, person.Forgotten{Reason: reason}); err != nil {
				return err
			}
		}
		return household.Forget(tx, h, household.Forgotten{Reason: reason})
	})
	if err != nil {
		return err
	}
	return f.Refused(f.Vault.Forget(household.Subject(h)))
}

// ForgetReasons are why somebody is forgotten: they asked for it, or their time is over.
func ForgetReasons() []string { return []string{"asked", "retention"} }

// SettleForgotten deletes the keys of households that were forgotten while the power went, or of which an older copy of the
// vault still has the key. It is called before a floor is served. An error is for the log: it is tried again at the next
// start.
func (f *Floor) SettleForgotten(ctx context.Context) error {
	if f.Vault == nil {
		return nil
	}
	var keys []string
	err := f.Look(ctx, func(snap ledger.Snapshot) error {
		for h := range household.All(snap) {
			if subject := household.Subject(h.ID); h.Forgotten && f.Vault.Has(subject) {
				keys = append(keys, subject)
			}
		}
		return nil
	})
	faults := []error{err}
	for _, subject := range keys {
		faults = append(faults, f.Vault.Forget(subject))
	}
	return errors.Join(faults...)
}

// Keyless counts households that were not forgotten and have no key in the vault: it is an older copy, or another's.
func (f *Floor) Keyless(ctx context.Context) (missing int, err error) {
	if f.Vault == nil {
		return 0, nil
	}
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		missing, err = f.Vault.Without(func(yield func(string) bool) {
			for h := range household.All(snap) {
				if !h.Forgotten && !yield(household.Subject(h.ID)) {
					return
				}
			}
		})
		return err
	})
	return missing, err
}
