package visit

import (
	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Recalled records that the person who was called is called once more.
type Recalled struct {
	Desk id.Desk `cbor:"1,keyasint"`
	Stop uint8   `cbor:"2,keyasint"` // index in Opened.Stops
}

// Kind is visit.recalled/1.
func (Recalled) Kind() chain.Kind { return "visit.recalled/1" }

// Check reports a desk or stop that cannot be.
func (e Recalled) Check() error { return checkAt(e.Desk, e.Stop) }

func (e Recalled) project(v ledger.View, h chain.Header) error {
	var earlier uint64
	var recalls int
	err := alter(v, h, func(after *Visit) {
		stop := after.Stop()
		earlier = stop.Voiced.Seq
		stop.Recalls++
		stop.Voiced, recalls = momentOf(h), stop.Recalls
	})
	if err != nil {
		return err
	}
	if err := v.Delete(seqKey(callPrefix, earlier)); err != nil {
		return err
	}
	return show(v, h, e.Desk, recalls)
}

// Recall calls again whom the desk called. It reports ErrNobody or ErrState.
func Recall(tx *ledger.Tx, d id.Desk) error {
	v, err := inHand(tx, d, StateCalled)
	if err != nil {
		return err
	}
	return tx.Append(string(v.ID), Recalled{Desk: d, Stop: uint8(v.At())})
}
