package box

import (
	"context"
	"errors"
	"path/filepath"

	"markaz.example/edge/door"
	"markaz.example/edge/ledger"
)

// Verified is what a check of a whole chain found.
type Verified struct {
	Incarnation string `json:"incarnation"`
	Base        uint64 `json:"base"` // the record before the oldest that is kept
	Head        uint64 `json:"head"` // the newest
	Odd         int    `json:"odd"`  // that this version cannot read
}

// Verify checks every record of the chain: the running box does it beside its work, or this process where none runs. What
// is broken is an error that names it.
func Verify(ctx context.Context, c Config) (v Verified, err error) {
	err = NewDoorClient(c).Call(ctx, "POST", "/verify", struct{}{}, &v)
	if !errors.Is(err, ErrNotRunning) {
		return v, err
	}
	l, err := ledger.OpenReadOnly(filepath.Join(c.Data, ledgerName), Books())
	if err != nil {
		return v, err
	}
	defer l.Close()
	return verify(ctx, l)
}

// verifyVerb answers at the door of a running box.
func verifyVerb(d *door.Door, l *ledger.Ledger) {
	door.Verb(d, "POST /verify", func(ctx context.Context, _ struct{}) (Verified, error) { return verify(ctx, l) })
}

func verify(ctx context.Context, l *ledger.Ledger) (Verified, error) {
	v := Verified{Incarnation: l.Incarnation().String(), Base: l.Base().Seq}
	head, err := l.VerifyOdd(ctx, nil, func(ledger.Odd) { v.Odd++ })
	v.Head = head.Seq
	return v, err
}
