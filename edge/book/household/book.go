package household

import "markaz.example/edge/ledger"

// Name is the name of this book's view.
const Name = "household"

// Book lists the kinds of this book.
func Book() ledger.Book {
	return ledger.Book{Name: Name, Version: 1, Kinds: []ledger.Kind{
		ledger.Define(Formed.project),
		ledger.Define(Joined.project),
		ledger.Define(Came.project),
		ledger.Define(Forgotten.project),
	}}
}
