package person

import "markaz.example/edge/ledger"

// Name is the name of this book's view.
const Name = "person"

// Book lists the kinds of this book.
func Book() ledger.Book {
	return ledger.Book{Name: Name, Version: 1, Kinds: []ledger.Kind{
		ledger.Define(Registered.project),
		ledger.Define(Corrected.project),
		ledger.Define(Looked.project),
		ledger.Define(Forgotten.project),
	}}
}
