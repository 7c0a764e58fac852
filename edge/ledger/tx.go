package ledger

import (
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/disk"
)

// Tx is one decision under way. It sees everything that was decided before it, its own events not yet.
type Tx struct {
	Snapshot
	now     clock.Stamp
	room    disk.Room
	shelf   *shelf
	pending []pending
}

type pending struct {
	subject string
	event   Event
	body    []byte
	kind    shelved
}

// ErrTooMany is reported by Append when one decision records more than a commit should carry.
var ErrTooMany = errors.New("one decision records too many events")

// Now is the time that the decision's records will bear.
func (tx *Tx) Now() clock.Stamp { return tx.now }

// Next is the sequence that the record of the next Append will have, should the decision succeed: what is sealed to its place
// needs to know it. A decision that is run again may find another.
func (tx *Tx) Next() uint64 { return tx.seq + uint64(len(tx.pending)) + 1 }

// Append records an event, should the decision succeed. It reports the event's own Check, ErrTooMany, or ErrFull when what
// room there is is kept for other books.
func (tx *Tx) Append(subject string, e Event) error {
	if len(tx.pending) == appendsMax {
		return fmt.Errorf("%w: limit %d", ErrTooMany, appendsMax)
	}
	if err := e.Check(); err != nil {
		return fmt.Errorf("append %s: %w", e.Kind(), err)
	}
	k, ok := tx.shelf.kinds[e.Kind()]
	if !ok {
		panic(fmt.Sprintf("BUG: no book has kind %s", e.Kind()))
	}
	if tx.room > k.until {
		return fmt.Errorf("append %s: %w: room is %s, and kept for the queue", e.Kind(), ErrFull, tx.room)
	}
	body, err := chain.EncodeBody(e)
	if err != nil {
		return fmt.Errorf("append %s: %w", e.Kind(), err)
	}
	tx.pending = append(tx.pending, pending{subject, e, body, k})
	return nil
}
