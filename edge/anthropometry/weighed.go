package anthropometry

import (
	"context"

	"markaz.example/edge/book/reading"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Weighed is what the scale said of a child that was put on it after a record; false for nothing.
func (h *Hall) Weighed(ctx context.Context, v id.Visit, after uint64) (out reading.Kept, ok bool) {
	_ = h.Floor.Look(ctx, func(snap ledger.Snapshot) error {
		out, ok = weighed(snap, v, after)
		return nil
	})
	return out, ok
}

func weighed(src ledger.Source, v id.Visit, after uint64) (reading.Kept, bool) {
	for _, k := range reading.Of(src, v) {
		if k.Taken.Who == reading.Child && k.Taken.What == reading.Weight && after != 0 && k.Seq > after {
			return k, true
		}
	}
	return reading.Kept{}, false
}
