package lease

import (
	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
	"markaz.example/edge/letter"
)

func projectGranted(c letter.LeaseGranted, v ledger.View, h chain.Header) error {
	return put(v, key(c.What, c.ID), Lease{ID: c.ID, What: c.What, From: c.From, Count: c.Count, Until: c.Until, Seq: h.Seq})
}

// Grant records a lease. The letter that brought it comes once, and is to this chain.
func Grant(tx *ledger.Tx, c letter.LeaseGranted) error { return tx.Append(string(c.ID), c) }
