package growth

import "markaz.example/edge/ledger"

// Name is the name of this book's view.
const Name = "growth"

// Book lists the kinds of this book.
func Book() ledger.Book {
	return ledger.Book{Name: Name, Version: 2, Kinds: []ledger.Kind{
		ledger.Define(Measured.project), ledger.Define(Screened.project), ledger.Define(Withdrawn.project),
		ledger.Define(Insisted.project),
	}}
}
