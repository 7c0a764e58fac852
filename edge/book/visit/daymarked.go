package visit

import (
	"slices"

	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
)

// DayMarked records that something befell the open business day that its figures have to be read with.
type DayMarked struct {
	Mark string `cbor:"1,keyasint"` // a code: "link"
}

// Kind is visit.day-marked/1.
func (DayMarked) Kind() chain.Kind { return "visit.day-marked/1" }

// Check reports a mark that is no code.
func (e DayMarked) Check() error { return CheckWord(e.Mark) }

func (e DayMarked) project(v ledger.View, h chain.Header) error {
	if _, err := moment(v, h); err != nil {
		return err
	}
	open, _ := openDay(v.Reader)
	marks := dayMarks(v.Reader, open.Date)
	if slices.Contains(marks, e.Mark) {
		return nil
	}
	return put(v, markKey(open.Date), append(marks, e.Mark))
}

// MarksOf is what a business day was marked with, in the order in which it befell.
func MarksOf(src ledger.Source, date string) []string { return dayMarks(src.Reader(Name), date) }

func dayMarks(r ledger.Reader, date string) (marks []string) {
	get(r, markKey(date), &marks)
	return marks
}

// MarkDay marks the open business day; it records nothing when the day has that mark, is closed, or none is open. It reports
// what Check finds.
func MarkDay(tx *ledger.Tx, mark string) error {
	today, ok := Today(tx)
	if !ok || today.Closed || slices.Contains(MarksOf(tx, today.Date), mark) {
		return nil
	}
	return tx.Append("", DayMarked{mark})
}
