package registration

import (
	"context"
	"errors"
	"slices"

	"markaz.example/edge/book/household"
	"markaz.example/edge/book/person"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// ForgetHousehold records that a household is forgotten, and then deletes its key: names, numbers and birth dates of all its
// members open never again, here or in any copy of the chain. What was measured stays, of nobody. A power cut in between
// is made good by SettleForgotten. Refusals: NobodyKnown, BadReason, VaultClosed.
func (r *Registry) ForgetHousehold(ctx context.Context, actor string, h id.Household, reason string) error {
	if !slices.Contains(ForgetReasons(), reason) {
		return desk.Refuse(desk.BadReason)
	}
	if r.Vault == nil {
		return desk.Refuse(desk.VaultClosed)
	}
	err := r.Floor.Decide(ctx, actor, func(tx *ledger.Tx) error { return told(forget(tx, h, reason)) })
	if err != nil {
		return err
	}
	return r.Floor.Refused(told(r.Vault.Forget(household.Subject(h))))
}

// forget records it of every member, and of the household.
func forget(tx *ledger.Tx, h id.Household, reason string) error {
	of, _ := household.Get(tx, h)
	for _, m := range of.Members {
		if err := person.Forget(tx, m.Person, person.Forgotten{Reason: reason}); err != nil {
			return err
		}
	}
	return household.Forget(tx, h, household.Forgotten{Reason: reason})
}

// ForgetReasons are why somebody is forgotten: they asked for it, or their time is over.
func ForgetReasons() []string { return []string{"asked", "retention"} }

// SettleForgotten deletes the keys of households that were forgotten while the power went, or of which an older copy of the
// vault still has the key. It is called before a floor is served. An error is for the log: it is tried again at the next
// start.
func (r *Registry) SettleForgotten(ctx context.Context) error {
	if r.Vault == nil {
		return nil
	}
	var keys []string
	err := r.Floor.Look(ctx, func(snap ledger.Snapshot) error {
		for h := range household.All(snap) {
			if subject := household.Subject(h.ID); h.Forgotten && r.Vault.Has(subject) {
				keys = append(keys, subject)
			}
		}
		return nil
	})
	faults := []error{err}
	for _, subject := range keys {
		faults = append(faults, r.Vault.Forget(subject))
	}
	return errors.Join(faults...)
}

// Keyless counts households that were not forgotten and have no key in the vault: it is an older copy, or another's.
func (r *Registry) Keyless(ctx context.Context) (missing int, err error) {
	if r.Vault == nil {
		return 0, nil
	}
	err = r.Floor.Look(ctx, func(snap ledger.Snapshot) error {
		missing, err = r.Vault.Without(func(yield func(string) bool) {
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
