package paper

import (
	"errors"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Withdrawn records that a slip will not be printed.
type Withdrawn struct {
	Job    id.Job `cbor:"1,keyasint"`
	Reason string `cbor:"2,keyasint"` // a code: "day-end"
}

// Kind is paper.withdrawn/1.
func (Withdrawn) Kind() chain.Kind { return "paper.withdrawn/1" }

// Check reports a job without a name, or a reason that is no code.
func (e Withdrawn) Check() error { return errors.Join(e.Job.Check(), CheckReason(e.Reason)) }

func (e Withdrawn) project(v ledger.View, h chain.Header) error {
	return alter(v, e.Job, h, func(j *Job) { j.State, j.Reason = StateWithdrawn, e.Reason })
}

// Withdraw ends the job of a subject. One that is printing, or at its end, is left alone, and so is a subject without.
func Withdraw(tx *ledger.Tx, subject, reason string) error {
	j, ok := For(tx, subject)
	if !ok || !j.Open() || j.State == StatePrinting {
		return nil
	}
	return tx.Append(subject, Withdrawn{Job: j.ID, Reason: reason})
}

// Settle ends up to SettledMax open jobs that were queued and asked for before a record. One that is printing is left to
// its printer; should that fail, the next call ends it.
func Settle(tx *ledger.Tx, before uint64, reason string) error {
	var old []Job
	each(tx.Reader(Name), openPrefix, func(j Job) bool {
		if j.Made >= before || len(old) == SettledMax {
			return false
		}
		if j.State != StatePrinting && j.Place < before {
			old = append(old, j)
		}
		return true
	})
	for _, j := range old {
		if err := tx.Append(j.Subject, Withdrawn{Job: j.ID, Reason: reason}); err != nil {
			return err
		}
	}
	return nil
}
