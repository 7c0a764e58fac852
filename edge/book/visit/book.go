package visit

import "markaz.example/edge/ledger"

// Name is the name of this book's view.
const Name = "visit"

// Book lists the kinds of this book.
func Book() ledger.Book {
	return ledger.Book{Name: Name, Version: 6, Kinds: []ledger.Kind{
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
		ledger.Define(Opened2.project),
		ledger.Define(Called2.project),
		ledger.Define(Finished2.project),
		ledger.Define(Failed.project),
		ledger.Define(Returned.project),
		ledger.Define(Held.project),
		ledger.Define(Parked.project),
		ledger.Define(Resumed.project),
		ledger.Define(Transferred.project),
		ledger.Define(StopAdded.project),
		ledger.Define(StopCancelled.project),
		ledger.Define(Cancelled.project),
		ledger.Define(Undone.project),
		ledger.Define(Classed.project),
		ledger.Define(Needed.project),
		ledger.Define(Marked.project),
		ledger.Define(Renewed.project),
		ledger.Define(Promised.project),
		ledger.Define(Split.project),
		ledger.Define(Entered.project),
		ledger.Define(DayClosed.project),
		ledger.Define(DayReopened.project),
		ledger.Define(Carried.project),
		ledger.Define(DeskSet.project),
		ledger.Define(LineSet.project),
		ledger.Define(Announced.project),
		ledger.Define(Silenced.project),
		ledger.Define(BookOpened.project),
		ledger.Define(BookClosed.project),
		ledger.Define(QuickServed.project),
		ledger.Define(DayMarked.project),
	}}
}
