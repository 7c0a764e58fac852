package desk

import (
	"context"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/clock"
	"markaz.example/edge/ledger"
)

// PaperBook is whether numbers are written by hand.
type PaperBook struct {
	Open  bool
	Since clock.Stamp // zero while it is closed
	First int         // of the numbers of each letter that may be written: First to id.TokenNumberMax
}

// PaperBook says whether numbers are written by hand at present.
func (f *Floor) PaperBook(ctx context.Context) (b PaperBook, err error) {
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		at, open := visit.BookSince(snap)
		b = PaperBook{Open: open, Since: at.Stamp(), First: visit.BookFirst}
		return nil
	})
	return b, err
}

// SetPaperBook opens or closes the paper book. While it is open nobody is given a printed number: Ask refuses with
// BookIsOpen, and people are sent to a desk.
func (f *Floor) SetPaperBook(ctx context.Context, actor string, open bool) error {
	return f.Decide(ctx, actor, func(tx *ledger.Tx) error {
		if _, err := f.openDay(tx); open && err != nil {
			return err
		}
		return visit.SetBook(tx, open)
	})
}
