package staff

import "markaz.example/edge/ledger"

// Name is the name of this book's view.
const Name = "staff"

// Book lists the kinds of this book, in the order they were introduced.
func Book() ledger.Book {
	return ledger.Book{Name: Name, Version: 2, Kinds: []ledger.Kind{
		ledger.Define(Enrolled.project),
		ledger.Define(Changed.project),
		ledger.Define(Ended.project),
		ledger.Define(PinSet.project),
		ledger.Define(Locked.project),
		ledger.Define(Unlocked.project),
		ledger.Define(Failed.project),
		ledger.Define(SignedIn.project),
		ledger.Define(SignedOut.project),
		ledger.Define(TookOver.project),
		ledger.Define(HandedOver.project),
		ledger.Define(Approved.project),
		ledger.Define(BrokeGlass.project),
		ledger.Define(SawGlass.project),
	}}
}
