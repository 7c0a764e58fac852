package desk

import (
	"context"

	"markaz.example/edge/book/check"
	"markaz.example/edge/book/lease"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Drawn is one number of something scarce that was given away.
type Drawn struct {
	What   string
	Number uint64
}

// Draw gives a visit one of what headquarters lent this centre: a bed, a seat, a slot. It works without a link, and
// refuses with NoneLeft when none is left.
func (f *Floor) Draw(ctx context.Context, actor, what string, v id.Visit) (Drawn, error) {
	d := Drawn{What: what}
	err := f.Decide(ctx, actor, func(tx *ledger.Tx) (err error) {
		d.Number, err = lease.Draw(tx, what, string(v))
		return err
	})
	return d, err
}

// Lent is what headquarters lent this centre and was not drawn.
func (f *Floor) Lent(ctx context.Context) (out []lease.Lease, err error) {
	err = f.Look(ctx, func(s ledger.Snapshot) error {
		out = lease.All(s)
		return nil
	})
	return out, err
}

// Errands are what a visit has to do with headquarters.
type Errands struct {
	Given []lease.Given    // drawn for it
	Asked []check.Question // about it
	Lent  []lease.Lease    // what could be drawn
}

// ErrandsOf is what a visit has to do with headquarters.
func (f *Floor) ErrandsOf(ctx context.Context, v id.Visit) (e Errands, err error) {
	err = f.Look(ctx, func(s ledger.Snapshot) error {
		e.Given, e.Lent = lease.To(s, string(v)), lease.All(s)
		for _, q := range append(check.Open(s), check.Answered(s)...) {
			if q.Subject == string(v) {
				e.Asked = append(e.Asked, q)
			}
		}
		return nil
	})
	return e, err
}

// GiveBack gives back what is left of a lease before its end. It refuses with NoneLeft when nothing is.
func (f *Floor) GiveBack(ctx context.Context, actor string, name id.Errand) error {
	return f.Decide(ctx, actor, func(tx *ledger.Tx) error {
		for _, l := range lease.All(tx) {
			if l.ID == name {
				return lease.Return(tx, l)
			}
		}
		return lease.ErrNone
	})
}
