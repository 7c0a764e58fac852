package visit

import (
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Called records that a desk called a waiting visit.
type Called struct {
	Desk id.Desk `cbor:"1,keyasint"`
	Stop uint8   `cbor:"2,keyasint"` // index in Opened.Stops
}

// Kind is visit.called/1.
func (Called) Kind() chain.Kind { return "visit.called/1" }

// Check reports a desk or stop that cannot be.
func (e Called) Check() error { return checkAt(e.Desk, e.Stop) }

func (e Called) project(v ledger.View, h chain.Header) error {
	err := alter(v, h, func(after *Visit) {
		stop := after.enter(StateCalled, h)
		stop.Desk, stop.Called, stop.Voiced, stop.Recalls = e.Desk, momentOf(h), momentOf(h), 0
	})
	if err != nil {
		return err
	}
	return show(v, h, e.Desk, 0)
}

// Call gives a waiting visit to a desk that has nobody in hand. It reports ErrNoVisit, ErrState or ErrDeskBusy.
func Call(tx *ledger.Tx, d id.Desk, v id.Visit) error {
	got, err := inState(tx, v, StateWaiting)
	if err != nil {
		return err
	}
	if _, busy := AtDesk(tx, d); busy {
		return fmt.Errorf("desk %s: %w", d, ErrDeskBusy)
	}
	return tx.Append(string(v), Called{Desk: d, Stop: uint8(got.At())})
}

func checkAt(d id.Desk, stop uint8) error {
	if stop >= StopsMax {
		return fmt.Errorf("stop %d: a visit has %d at most", stop, StopsMax)
	}
	return d.Check()
}

// Shown is one of the last calls, as the hall screen shows it.
type Shown struct {
	Seq     uint64   `cbor:"-"` // record of the call or recall
	Visit   id.Visit `cbor:"1,keyasint"`
	Token   id.Token `cbor:"2,keyasint"`
	Desk    id.Desk  `cbor:"3,keyasint"`
	Recalls int      `cbor:"4,keyasint"`
}

// show makes a call the newest on the hall screen and forgets the oldest beyond callsKept.
func show(v ledger.View, h chain.Header, d id.Desk, recalls int) error {
	called, err := load(v, h.Subject)
	if err != nil {
		return err
	}
	shown := Shown{Visit: called.ID, Token: called.Token, Desk: d, Recalls: recalls}
	if err := put(v, seqKey(callPrefix, h.Seq), shown); err != nil {
		return err
	}
	kept := keys(v.Reader, []byte(callPrefix))
	for len(kept) > callsKept {
		if err := v.Delete(kept[0]); err != nil {
			return err
		}
		kept = kept[1:]
	}
	return nil
}
