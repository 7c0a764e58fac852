package diagnosis

import (
	"fmt"
	"slices"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/letter"
)

// The view's keys.
//
//	o/ID  -> a wish that nobody answered

// Wish is what headquarters asks.
type Wish struct {
	ID   id.Errand `cbor:"1,keyasint"`
	Who  string    `cbor:"2,keyasint"` // asks
	Why  string    `cbor:"3,keyasint"`
	Seq  uint64    `cbor:"4,keyasint"` // the record
	Wall int64     `cbor:"5,keyasint"` // of the record
}

const prefix = "o/"

func key(wish id.Errand) []byte { return []byte(prefix + string(wish)) }

// Get is a wish that waits for an answer.
func Get(src ledger.Source, wish id.Errand) (Wish, bool) {
	b := src.Reader(Name).Get(key(wish))
	if b == nil {
		return Wish{}, false
	}
	return decode(b), true
}

// Open are the wishes that wait for an answer, newest first.
func Open(src ledger.Source) []Wish { return open(src.Reader(Name)) }

func open(r ledger.Reader) (out []Wish) {
	r.Scan([]byte(prefix), func(_, value []byte) bool {
		out = append(out, decode(value))
		return true
	})
	slices.SortFunc(out, func(x, y Wish) int { return int(int64(y.Seq) - int64(x.Seq)) })
	return out
}

func projectAsked(c letter.DiagnosisAsked, v ledger.View, h chain.Header) error {
	b, err := chain.EncodeBody(Wish{c.ID, c.Who, c.Why, h.Seq, h.Stamp.Wall})
	if err != nil {
		return fmt.Errorf("view %s: %w", Name, err)
	}
	if err := v.Put(key(c.ID), b); err != nil {
		return err
	}
	if all := open(v.Reader); len(all) > openMax {
		return v.Delete(key(all[openMax].ID))
	}
	return nil
}

func settle(v ledger.View, wish id.Errand) error { return v.Delete(key(wish)) }

// Ask records a wish.
func Ask(tx *ledger.Tx, c letter.DiagnosisAsked) error { return tx.Append(string(c.ID), c) }

// decode reads what the projection stored. The ledger vouches for the bytes, so others are a mistake.
func decode(b []byte) (w Wish) {
	if err := chain.DecodeBody(b, &w); err != nil {
		panic(fmt.Sprintf("BUG: view %s: %v", Name, err))
	}
	return w
}
