package visit

import (
	"errors"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Recalled records that the person who was called is called once more.
type Recalled struct {
	Desk id.Desk `cbor:"1,keyasint"`
	Stop uint8   `cbor:"2,keyasint"` // index of the stop
}

// Kind is visit.recalled/1.
func (Recalled) Kind() chain.Kind { return "visit.recalled/1" }

// Check reports a desk or stop that cannot be.
func (e Recalled) Check() error { return checkAt(e.Desk, e.Stop) }

// project makes the call the newest. It is no press of its own: what was heard in the hall cannot be taken back, but the
// call can.
func (e Recalled) project(v ledger.View, h chain.Header) error {
	var recalls int
	before, err := altered(v, h, func(after *Visit, at Moment) {
		stop := after.Stop()
		stop.Recalls++
		stop.Recalled++
		stop.Voiced, recalls = at, stop.Recalls
	})
	if err != nil {
		return err
	}
	earlier := before.Stop().Voiced.Seq
	return errors.Join(
		v.Delete(seqKey(callPrefix, earlier)),
		show(v, h, e.Desk, recalls),
		noteRecall(v, e.Desk, before.ID, earlier, h.Seq),
	)
}

// Recall calls again whom the desk called. It reports ErrNobody or ErrState.
func Recall(tx *ledger.Tx, d id.Desk) error {
	v, err := inHand(tx, d, StateCalled)
	if err != nil {
		return err
	}
	return tx.Append(string(v.ID), Recalled{Desk: d, Stop: v.Now})
}
