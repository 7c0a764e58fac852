package paper

import (
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Failed records that a slip was not confirmed.
type Failed struct {
	Job     id.Job `cbor:"1,keyasint"`
	Reason  string `cbor:"2,keyasint"` // a code: "paper-out"
	Certain bool   `cbor:"3,keyasint"` // no ink reached paper; otherwise it may or may not be out
	Again   bool   `cbor:"4,keyasint"` // the box tries again by itself; only when certain
}

// Kind is paper.failed/1.
func (Failed) Kind() chain.Kind { return "paper.failed/1" }

// Check reports a job without a name, a reason that is no code, or a second try of what may be out.
func (e Failed) Check() error {
	if e.Again && !e.Certain {
		return fmt.Errorf("job %s may be out: it cannot be tried again", e.Job)
	}
	return errors.Join(e.Job.Check(), CheckReason(e.Reason))
}

// CheckReason reports a reason that is not a code of 1 to 32 letters a-z, digits and hyphens.
func CheckReason(s string) error { return checkWord("reason", s) }

func (e Failed) project(v ledger.View, h chain.Header) error {
	return alter(v, e.Job, h, func(j *Job) {
		j.Reason = e.Reason
		switch {
		case e.Again:
			j.State = StateQueued
		case e.Certain:
			j.State = StateHeld
		default:
			j.State, j.Reprint = StateUncertain, true
		}
	})
}

// Fail says that a job that was printing was not confirmed. It reports ErrNoJob, ErrState, or what Check finds.
func Fail(tx *ledger.Tx, f Failed) error {
	j, err := inState(tx, f.Job, StatePrinting)
	if err != nil {
		return err
	}
	return tx.Append(j.Subject, f)
}

// Hold says that a queued job cannot be printed at present. It reports ErrNoJob, ErrState, or what Check finds.
func Hold(tx *ledger.Tx, job id.Job, reason string) error {
	j, err := inState(tx, job, StateQueued)
	if err != nil {
		return err
	}
	return tx.Append(j.Subject, Failed{Job: job, Reason: reason, Certain: true})
}

// Recover ends what was printing when the box stopped: it may or may not be out.
func Recover(tx *ledger.Tx) error {
	for _, j := range some(tx.Reader(Name), printingPrefix, SettledMax) {
		if err := tx.Append(j.Subject, Failed{Job: j.ID, Reason: ReasonRestart}); err != nil {
			return err
		}
	}
	return nil
}

// Doubt says of everything that waits that it may be out: the ledger came back from headquarters, and what the lost box
// printed after its last record that was sent is not in it. At most SettledMax jobs are taken at once; it tells how many.
func Doubt(tx *ledger.Tx) (int, error) {
	var waits []Job
	for _, prefix := range []string{queuedPrefix, printingPrefix, heldPrefix} {
		each(tx.Reader(Name), prefix, func(j Job) bool {
			if j.State != StateUncertain {
				waits = append(waits, j)
			}
			return len(waits) < SettledMax
		})
	}
	waits = waits[:min(len(waits), SettledMax)]
	for _, j := range waits {
		if err := tx.Append(j.Subject, Failed{Job: j.ID, Reason: ReasonRestart}); err != nil {
			return 0, err
		}
	}
	return len(waits), nil
}
