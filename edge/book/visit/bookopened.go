package visit

import (
	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
)

// BookOpened records that numbers are written by hand from here on, because nothing can be printed: kiosks send people to
// a desk. It ends with BookClosed, or with the day.
type BookOpened struct{}

// Kind is visit.book-opened/1.
func (BookOpened) Kind() chain.Kind { return "visit.book-opened/1" }

// Check accepts every value: there is nothing in it.
func (BookOpened) Check() error { return nil }

func (BookOpened) project(v ledger.View, h chain.Header) error {
	at, err := moment(v, h)
	if err != nil {
		return err
	}
	return put(v, bookKey, at)
}

// BookClosed records that numbers are printed again.
type BookClosed struct{}

// Kind is visit.book-closed/1.
func (BookClosed) Kind() chain.Kind { return "visit.book-closed/1" }

// Check accepts every value: there is nothing in it.
func (BookClosed) Check() error { return nil }

func (BookClosed) project(v ledger.View, h chain.Header) error {
	if _, err := moment(v, h); err != nil {
		return err
	}
	return v.Delete(bookKey)
}

// BookSince is when the paper book was opened; false while numbers are printed.
func BookSince(src ledger.Source) (at Moment, open bool) {
	open = get(src.Reader(Name), bookKey, &at)
	return at, open
}

// SetBook opens or closes the paper book; it records nothing when that is so already.
func SetBook(tx *ledger.Tx, open bool) error {
	if _, now := BookSince(tx); now == open {
		return nil
	}
	if open {
		return tx.Append("", BookOpened{})
	}
	return tx.Append("", BookClosed{})
}

// BookFirst is the first number of each letter that the paper book may give: BookFirst to id.TokenNumberMax, 99 for each
// letter, are an hour and a half of the busiest. Printed numbers begin at 001, and reach it on no day that was ever
// counted; should they, those that were written by then are passed over.
const BookFirst = 901
