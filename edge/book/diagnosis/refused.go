package diagnosis

import (
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Refused records that somebody, the record's actor, does not allow it.
type Refused struct {
	ID id.Errand `cbor:"1,keyasint"` // of the wish
}

// Kind is diagnosis.refused/1.
func (Refused) Kind() chain.Kind { return "diagnosis.refused/1" }

// Check reports a wish without a name.
func (e Refused) Check() error { return e.ID.Check() }

func (e Refused) project(v ledger.View, _ chain.Header) error { return settle(v, e.ID) }

// Refuse records a refusal. It reports ErrNotAsked.
func Refuse(tx *ledger.Tx, wish id.Errand) error {
	if _, ok := Get(tx, wish); !ok {
		return fmt.Errorf("refuse %s: %w", wish, ErrNotAsked)
	}
	return tx.Append(string(wish), Refused{wish})
}
