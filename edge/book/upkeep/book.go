package upkeep

import "markaz.example/edge/ledger"

// Name is the name of this book's view.
const Name = "upkeep"

// Book lists the kinds of this book.
func Book() ledger.Book {
	return ledger.Book{Name: Name, Version: 1, Kinds: []ledger.Kind{ledger.Define(BackedUp.project)}}
}
