package paper

import (
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Started records that a printer was given the job. It is on disk before the first byte leaves.
type Started struct {
	Job     id.Job `cbor:"1,keyasint"`
	Printer string `cbor:"2,keyasint"` // name of the device
	Attempt int    `cbor:"3,keyasint"` // from 1
}

// Kind is paper.started/1.
func (Started) Kind() chain.Kind { return "paper.started/1" }

// Check reports a job or printer without a name, or an attempt that cannot be.
func (e Started) Check() error {
	var errs []error
	if e.Printer == "" || len(e.Printer) > printerBytesMax {
		errs = append(errs, fmt.Errorf("printer's name of %d bytes: want 1 to %d", len(e.Printer), printerBytesMax))
	}
	if e.Attempt < 1 {
		errs = append(errs, fmt.Errorf("attempt %d: the first is 1", e.Attempt))
	}
	return errors.Join(append(errs, e.Job.Check())...)
}

func (e Started) project(v ledger.View, h chain.Header) error {
	return alter(v, e.Job, h, func(j *Job) {
		j.State, j.Reason, j.Printer, j.Attempt = StatePrinting, "", e.Printer, e.Attempt
		j.Tries++
	})
}

// Start gives a queued job to a printer and returns it as it will be. It reports ErrNoJob, ErrState, or what Check
// finds.
func Start(tx *ledger.Tx, job id.Job, printer string) (Job, error) {
	j, err := inState(tx, job, StateQueued)
	if err != nil {
		return j, err
	}
	j.State, j.Reason, j.Printer = StatePrinting, "", printer
	j.Attempt++
	j.Tries++
	return j, tx.Append(j.Subject, Started{Job: j.ID, Printer: printer, Attempt: j.Attempt})
}
