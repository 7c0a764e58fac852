package box

import (
	"slices"
	"testing"
	"time"

	"markaz.example/edge/clock"
	"markaz.example/edge/disk"
	"markaz.example/edge/health"
	"markaz.example/edge/ledger"
	"markaz.example/edge/patrol"
)

// TestDiskIsShownAndPasses: each trouble of the disk is one condition, which goes by itself.
func TestDiskIsShownAndPasses(t *testing.T) {
	for code, d := range map[string]ledger.Disk{
		conditionDiskScarce:  {Room: disk.Scarce},
		conditionDiskFull:    {Room: disk.Spent},
		conditionDiskLies:    {Lies: true, Syncs: disk.Summary{Median: 8 * time.Microsecond}},
		conditionChainBroken: {Walk: patrol.State{Found: "record 7 is filed as"}},
		conditionWitness:     {Witness: "read-only file system"},
	} {
		board := health.New(func() clock.Stamp { return clock.Stamp{} })
		showDisk(d, board)
		if got := board.List(); len(got) != 1 || got[0].Code != code {
			t.Errorf("%s: %+v", code, got)
		}
		showDisk(ledger.Disk{}, board)
		if got := board.List(); len(got) != 0 {
			t.Errorf("%s stays: %+v", code, got)
		}
	}
}

// TestRationedBooksExist: a book that was renamed would be refused, or kept, without a word.
func TestRationedBooksExist(t *testing.T) {
	r := rationing(0)
	for _, name := range slices.Concat(r.Queue, r.Large) {
		if !slices.ContainsFunc(Books(), func(b ledger.Book) bool { return b.Name == name }) {
			t.Errorf("no book is called %s", name)
		}
	}
}
