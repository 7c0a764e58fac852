package paper

import (
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Queued records that a slip is to be printed. The record's subject is what it is for.
type Queued struct {
	Job  id.Job `cbor:"1,keyasint"`
	Form string `cbor:"2,keyasint"` // a code: "token"
}

// Kind is paper.queued/1.
func (Queued) Kind() chain.Kind { return "paper.queued/1" }

// Check reports a job without a name, or a form that is no code.
func (e Queued) Check() error { return errors.Join(e.Job.Check(), checkWord("form", e.Form)) }

func checkWord(what, s string) error {
	if s == "" || len(s) > wordBytesMax {
		return fmt.Errorf("%s of %d bytes: want 1 to %d", what, len(s), wordBytesMax)
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return fmt.Errorf("%s %q: want letters a-z, digits and hyphens", what, s)
		}
	}
	return nil
}

func (e Queued) project(v ledger.View, h chain.Header) error {
	return replace(v, nil, &Job{
		ID: e.Job, Form: e.Form, Subject: h.Subject, State: StateQueued, Made: h.Seq, Place: h.Seq, Since: h.Seq,
	})
}

// Queue asks for a slip for a subject, which has none so far. It reports ErrTaken, or what Check finds.
func Queue(tx *ledger.Tx, subject string, q Queued) error {
	_, known := Get(tx, q.Job)
	_, has := For(tx, subject)
	if known || has {
		return fmt.Errorf("queue %s for %s: %w", q.Job, subject, ErrTaken)
	}
	return tx.Append(subject, q)
}
