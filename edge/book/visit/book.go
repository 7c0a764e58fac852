package visit

import "markaz.example/edge/ledger"

// Name is the name of this book's view.
const Name = "visit"

// Book lists the kinds of this book.
func Book() ledger.Book {
	return ledger.Book{Name: Name, Version: 1, Kinds: []ledger.Kind{
		ledger.Define(DayOpened.project),
		ledger.Define(Opened.project),
		ledger.Define(Issued.project),
		ledger.Define(Called.project),
		ledger.Define(Recalled.project),
		ledger.Define(Confirmed.project),
		ledger.Define(Finished.project),
		ledger.Define(NoShow.project),
		ledger.Define(Left.project),
		ledger.Define(Restored.project),
	}}
}
