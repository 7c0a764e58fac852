package paper

import (
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Asked records that somebody, the record's actor, wants a slip printed that did not come out, or once more.
type Asked struct {
	Job     id.Job `cbor:"1,keyasint"`
	Reprint bool   `cbor:"2,keyasint"` // an earlier copy is or may be out; the paper says so
}

// Kind is paper.asked/1.
func (Asked) Kind() chain.Kind { return "paper.asked/1" }

// Check reports a job without a name.
func (e Asked) Check() error { return e.Job.Check() }

func (e Asked) project(v ledger.View, h chain.Header) error {
	return alter(v, e.Job, h, func(j *Job) {
		j.State, j.Reason, j.Tries, j.Place = StateQueued, "", 0, h.Seq
		j.Reprint = j.Reprint || e.Reprint
	})
}

// Ask queues a job once more: a held one as it was, another as a reprint. One that is queued or printing is left alone. A
// withdrawn one is asked for by somebody who was carried over into the next day. It reports ErrNoJob.
func Ask(tx *ledger.Tx, job id.Job) error {
	j, ok := Get(tx, job)
	if !ok {
		return fmt.Errorf("print job %s: %w", job, ErrNoJob)
	}
	switch j.State {
	case StateQueued, StatePrinting:
		return nil
	}
	return tx.Append(j.Subject, Asked{Job: job, Reprint: j.Reprint || j.State != StateHeld})
}
