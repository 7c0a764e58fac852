package booking

import "markaz.example/edge/ledger"

// Name is the name of this book's view.
const Name = "booking"

// Book lists the kinds of this book.
func Book() ledger.Book {
	return ledger.Book{Name: Name, Version: 1, Kinds: []ledger.Kind{
		ledger.Define(Booked.project), ledger.Define(Moved.project), ledger.Define(Cancelled.project),
		ledger.Define(CheckedIn.project), ledger.Define(Released.project),
	}}
}
