package check

import (
	"bytes"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
	"markaz.example/edge/letter"
)

func projectAnswered(c letter.CheckAnswered, v ledger.View, h chain.Header) error {
	b := v.Get(openKey(c.ID))
	if b == nil {
		return fmt.Errorf("question %s was answered and is not open", c.ID)
	}
	q := decode(b)
	q.Answer = &Answer{Result: c.Result, Source: c.Source, Wall: c.Wall, Cached: c.Cached, Seq: h.Seq, Heard: h.Stamp.Wall}
	if err := v.Delete(openKey(c.ID)); err != nil {
		return err
	}
	if err := put(v, answeredKey(h.Seq), q); err != nil {
		return err
	}
	return prune(v)
}

// prune keeps the newest answers; the others are in the chain.
func prune(v ledger.View) error {
	var oldest []byte
	count := 0
	v.Scan([]byte(answeredPrefix), func(key, _ []byte) bool {
		if count++; count == 1 {
			oldest = bytes.Clone(key)
		}
		return true
	})
	if count <= answeredKept {
		return nil
	}
	return v.Delete(oldest)
}

// Finish records the answer to an open question. It reports ErrQuestion.
func Finish(tx *ledger.Tx, c letter.CheckAnswered) error {
	q, ok := Get(tx, c.ID)
	if !ok {
		return fmt.Errorf("answer %s: %w", c.ID, ErrQuestion)
	}
	return tx.Append(q.Subject, c)
}
