package desk

import (
	"context"

	"markaz.example/edge/book/diagnosis"
	"markaz.example/edge/book/pack"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Wishes are headquarters' wishes to look into the box that nobody answered, newest first.
func (f *Floor) Wishes(ctx context.Context) (out []diagnosis.Wish, err error) {
	err = f.Look(ctx, func(s ledger.Snapshot) error {
		out = diagnosis.Open(s)
		return nil
	})
	return out, err
}

// GiveDiagnosis records the report that somebody at the floor's screen allowed. It refuses with WishGone.
func (f *Floor) GiveDiagnosis(ctx context.Context, actor string, g diagnosis.Given) error {
	return f.Decide(ctx, actor, func(tx *ledger.Tx) error { return diagnosis.Give(tx, g) })
}

// RefuseDiagnosis records that it is not allowed. It refuses with WishGone.
func (f *Floor) RefuseDiagnosis(ctx context.Context, actor string, wish id.Errand) error {
	return f.Decide(ctx, actor, func(tx *ledger.Tx) error { return diagnosis.Refuse(tx, wish) })
}

// Packs are the packs of headquarters that this box knows, by name.
func (f *Floor) Packs(ctx context.Context) (out []pack.Series, err error) {
	err = f.Look(ctx, func(s ledger.Snapshot) error {
		out = pack.All(s)
		return nil
	})
	return out, err
}
