package reading_test

import (
	"context"
	"testing"

	"markaz.example/edge/book/reading"
	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
)

// Of each kind and person the newest counts; older ones stay in the chain.
func TestNewestOfEachKind(t *testing.T) {
	f := ledgertest.Create(t, reading.Book())
	defer f.Close(t)
	for _, e := range []reading.Taken{
		{Who: reading.Child, What: reading.Weight, Value: 4250}, {Who: reading.Mother, What: reading.Weight, Value: 52_100},
		{Who: reading.Child, What: reading.Length, Value: 563}, {Who: reading.Child, What: reading.Weight, Value: 4260},
	} {
		e.Desk, e.How, e.Raw, e.Device = "B", reading.FromScale, []int64{int64(e.Value)}, "scale/infant"
		err := f.Update(context.Background(), "desk/B", func(tx *ledger.Tx) error { return reading.Take(tx, "VVVVVVVVVVVVVVVV", e) })
		if err != nil {
			t.Fatal(err)
		}
	}
	err := f.View(context.Background(), func(s ledger.Snapshot) error {
		kept := reading.Of(s, "VVVVVVVVVVVVVVVV")
		want := []uint32{52_100, 563, 4260}
		if len(kept) != len(want) {
			t.Fatalf("kept %+v", kept)
		}
		for i, k := range kept {
			if k.Taken.Value != want[i] || k.Seq == 0 || k.Wall == 0 {
				t.Errorf("kept %d: %+v", i, k)
			}
		}
		if other := reading.Of(s, "WWWWWWWWWWWWWWWW"); other != nil {
			t.Errorf("of somebody who was not measured: %+v", other)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
