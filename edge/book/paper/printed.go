package paper

import (
	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Printed records that the printer confirmed the slip: it is out.
type Printed struct {
	Job id.Job `cbor:"1,keyasint"`
}

// Kind is paper.printed/1.
func (Printed) Kind() chain.Kind { return "paper.printed/1" }

// Check reports a job without a name.
func (e Printed) Check() error { return e.Job.Check() }

func (e Printed) project(v ledger.View, h chain.Header) error {
	return alter(v, e.Job, h, func(j *Job) { j.State, j.Reason = StatePrinted, "" })
}

// Confirm says that a job is out. It reports ErrNoJob or ErrState.
func Confirm(tx *ledger.Tx, job id.Job) error {
	j, err := inState(tx, job, StatePrinting)
	if err != nil {
		return err
	}
	return tx.Append(j.Subject, Printed{Job: job})
}
