package check

import (
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/letter"
)

// Asked records a question. The record's subject is whom it is about: a visit, a case.
type Asked struct {
	ID          id.Errand `cbor:"1,keyasint"`
	What        string    `cbor:"2,keyasint"` // is asked: "eligible"
	Provisional string    `cbor:"3,keyasint"` // what the desk goes by until there is an answer: "go-on"
}

// ErrQuestion is reported for an answer to what was never asked here, or is answered.
var ErrQuestion = errors.New("no such question is open here")

// Kind is check.asked/1.
func (Asked) Kind() chain.Kind { return "check.asked/1" }

// Check reports a question about nothing, or one that leaves the desk waiting.
func (e Asked) Check() error {
	var err error
	if e.Provisional == "" || len(e.Provisional) > provisionalBytesMax {
		err = fmt.Errorf("provisional answer of %d bytes: want 1 to %d", len(e.Provisional), provisionalBytesMax)
	}
	return errors.Join(e.ID.Check(), letter.CheckWhat(e.What), err)
}

func (e Asked) project(v ledger.View, h chain.Header) error {
	return put(v, openKey(e.ID), Question{
		ID: e.ID, What: e.What, Subject: h.Subject, Provisional: e.Provisional, Seq: h.Seq, Wall: h.Stamp.Wall, Grade: h.Stamp.Grade,
	})
}

// Ask records a question.
func Ask(tx *ledger.Tx, subject string, e Asked) error { return tx.Append(subject, e) }
