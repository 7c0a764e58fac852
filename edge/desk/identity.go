package desk

import (
	"context"
	"errors"
	"slices"

	"markaz.example/edge/book/identity"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Identity is the identity check of whoever a desk serves. A finger that fails never ends the visit: after a few tries
// the desk is offered another finger, at any time an exception, and after a failure a case.
type Identity struct {
	Seq     uint64
	Visit   id.Visit
	Stop    int
	Token   id.Token
	Service Service
	Check   identity.Check
	Finger  string // to try now: "right-index"; empty when the check is settled or no finger is left
	Left    int    // tries of that finger before another one is offered
	MayFile bool   // a finger failed, so a case may be filed
}

// fingersInTurn is the order in which fingers are offered: those with the best prints of people who work with their
// hands come first, and hands take turns, since an injury is often of one.
var fingersInTurn = []string{
	"right-index", "left-index", "right-thumb", "left-thumb", "right-middle", "left-middle",
	"right-ring", "left-ring", "right-little", "left-little",
}

// Identity is the check at a desk. Refusals: NoSuchDesk, NobodyServed.
func (f *Floor) Identity(ctx context.Context, d id.Desk) (out Identity, err error) {
	err = f.LookServed(ctx, d, func(snap ledger.Snapshot, v *visit.Visit) error {
		service, _ := f.Catalogue.Service(v.Stop().Service)
		c := identity.Of(snap, v.ID, uint8(v.At()))
		out = Identity{
			Seq: snap.Seq(), Visit: v.ID, Stop: v.At(), Token: v.Token, Service: service, Check: c,
			MayFile: c.State == identity.StateOpen && c.Tries > 0,
		}
		out.Finger, out.Left = offered(c)
		return nil
	})
	return out, err
}

// offered is the finger to try, and how many tries it has left.
func offered(c identity.Check) (finger string, left int) {
	if c.State != identity.StateOpen {
		return "", 0
	}
	for _, name := range fingersInTurn {
		if failed := c.Failed(name); failed < triesPerFinger {
			return name, triesPerFinger - failed
		}
	}
	return "", 0
}

// Tried records a finger that was tried for a visit. A capture takes a while: when the desk serves somebody else by now,
// it is refused, and nothing is recorded against a stranger.
// Refusals: NoSuchDesk, NobodyServed, CheckSettled, TooManyTries.
func (f *Floor) Tried(ctx context.Context, d id.Desk, v id.Visit, e identity.Tried) error {
	return f.DecideServed(ctx, d, v, func(tx *ledger.Tx, at *visit.Visit) error {
		e.Desk, e.Stop = d, uint8(at.At())
		return identityRefusal(identity.Try(tx, v, e))
	})
}

// Exceptions are the reasons why a finger is not asked for any more, as texts know them.
func Exceptions() []string { return []string{"worn", "injured", "missing", "henna", "reader-down"} }

// Except goes on without a finger. Refusals: NoSuchDesk, NobodyServed, BadReason, CheckSettled.
func (f *Floor) Except(ctx context.Context, d id.Desk, reason string) error {
	if !slices.Contains(Exceptions(), reason) {
		return refusal(BadReason, nil)
	}
	return f.atDesk(ctx, d, func(tx *ledger.Tx, _ Desk) error {
		v, err := servedAt(tx, d)
		if err != nil {
			return err
		}
		return identityRefusal(identity.Except(tx, v.ID, identity.Excepted{Desk: d, Stop: uint8(v.At()), Reason: reason}))
	})
}

// FileCase files a case because no finger could be read, and prints its reference for the person to take along.
// Refusals: NoSuchDesk, NobodyServed, BadReason, CheckSettled, FileSoon.
func (f *Floor) FileCase(ctx context.Context, d id.Desk, reason string) (id.Case, error) {
	if !slices.Contains(Exceptions(), reason) {
		return "", refusal(BadReason, nil)
	}
	c, err := id.NewCase(f.Rand)
	if err != nil {
		return "", f.Refused(err)
	}
	return c, f.atDesk(ctx, d, func(tx *ledger.Tx, _ Desk) error {
		v, err := servedAt(tx, d)
		if err != nil {
			return err
		}
		stop := uint8(v.At())
		if check := identity.Of(tx, v.ID, stop); check.State == identity.StateOpen && check.Tries == 0 {
			return refusal(FileSoon, nil)
		}
		if err := identityRefusal(identity.File(tx, v.ID, identity.Filed{Desk: d, Stop: stop, Case: c, Reason: reason})); err != nil {
			return err
		}
		return f.QueuePaper(tx, referralSubject(c), FormReferral)
	})
}

func identityRefusal(err error) error {
	switch {
	case errors.Is(err, identity.ErrSettled):
		return refusal(CheckSettled, err)
	case errors.Is(err, identity.ErrTries):
		return refusal(TooManyTries, err)
	}
	return err
}
