package paper

import "markaz.example/edge/ledger"

// Name is the name of this book's view.
const Name = "paper"

// Book lists the kinds of this book.
func Book() ledger.Book {
	return ledger.Book{Name: Name, Version: 1, Kinds: []ledger.Kind{
		ledger.Define(Queued.project),
		ledger.Define(Started.project),
		ledger.Define(Printed.project),
		ledger.Define(Failed.project),
		ledger.Define(Asked.project),
		ledger.Define(Withdrawn.project),
	}}
}
