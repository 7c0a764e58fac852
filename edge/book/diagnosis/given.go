package diagnosis

import (
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// ErrNotAsked is reported for an answer to what headquarters does not ask, or has been answered.
var ErrNotAsked = errors.New("headquarters does not ask this")

// Given records a report that somebody, the record's actor, allowed.
type Given struct {
	ID     id.Errand `cbor:"1,keyasint"` // of the wish
	Format string    `cbor:"2,keyasint"` // of the report: "text+gzip"
	Report []byte    `cbor:"3,keyasint"` // masked before it came here
}

// Kind is diagnosis.given/1.
func (Given) Kind() chain.Kind { return "diagnosis.given/1" }

// Check reports a report that is empty or too large.
func (e Given) Check() error {
	var errs []error
	if len(e.Report) == 0 || len(e.Report) > ReportBytesMax {
		errs = append(errs, fmt.Errorf("report of %d bytes: want 1 to %d", len(e.Report), ReportBytesMax))
	}
	if e.Format == "" || len(e.Format) > formatBytesMax {
		errs = append(errs, fmt.Errorf("format of %d bytes: want 1 to %d", len(e.Format), formatBytesMax))
	}
	return errors.Join(append(errs, e.ID.Check())...)
}

func (e Given) project(v ledger.View, _ chain.Header) error { return settle(v, e.ID) }

// Give records a report. It reports ErrNotAsked.
func Give(tx *ledger.Tx, e Given) error {
	if _, ok := Get(tx, e.ID); !ok {
		return fmt.Errorf("give %s: %w", e.ID, ErrNotAsked)
	}
	return tx.Append(string(e.ID), e)
}
