package letter

import (
	"errors"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
)

// CheckAnswered answers a question that the centre asked.
type CheckAnswered struct {
	ID     id.Errand `cbor:"1,keyasint"` // of the question
	Result string    `cbor:"2,keyasint"` // a code: "eligible"
	Source string    `cbor:"3,keyasint"` // who answered
	Wall   int64     `cbor:"4,keyasint"` // when that was known, milliseconds since 1970 UTC
	Cached bool      `cbor:"5,keyasint"` // from what was known before, not asked anew
}

// Kind is check.answered/1.
func (CheckAnswered) Kind() chain.Kind { return "check.answered/1" }

// Check reports an answer without a result or a source.
func (c CheckAnswered) Check() error {
	var dated error
	if c.Wall <= 0 {
		dated = errors.New("an answer without a date")
	}
	return errors.Join(c.ID.Check(), checkWord("result", c.Result, resultBytesMax), checkText("source", c.Source, sourceBytesMax), dated)
}
