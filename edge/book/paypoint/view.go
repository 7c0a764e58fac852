package paypoint

import (
	"fmt"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/ledger"
)

// The view's keys.
//
//	t/TERMINAL/WHAT  -> the last change, with its record and time

// Last is the last that was recorded of one thing at one terminal.
type Last struct {
	Changed Changed     `cbor:"1,keyasint"`
	Seq     uint64      `cbor:"2,keyasint"` // the record
	Wall    int64       `cbor:"3,keyasint"` // milliseconds since 1970 UTC, as then believed
	Grade   clock.Grade `cbor:"4,keyasint"` // how far that is to be trusted
}

// Time is when it was recorded.
func (l Last) Time() time.Time { return time.UnixMilli(l.Wall).UTC() }

const prefix = "t/"

func key(terminal, what string) []byte { return []byte(prefix + terminal + "/" + what) }

// Get is the last that was recorded of one thing at a terminal.
func Get(src ledger.Source, terminal, what string) (Last, bool) {
	b := src.Reader(Name).Get(key(terminal, what))
	if b == nil {
		return Last{}, false
	}
	return decode(b), true
}

// All is the last that was recorded of everything, in order of terminals and then of what it is.
func All(src ledger.Source) (out []Last) {
	src.Reader(Name).Scan([]byte(prefix), func(_, value []byte) bool {
		out = append(out, decode(value))
		return true
	})
	return out
}

// decode reads what the projection stored. The ledger vouches for the bytes, so others are a mistake.
func decode(b []byte) (l Last) {
	if err := chain.DecodeBody(b, &l); err != nil {
		panic(fmt.Sprintf("BUG: view %s: %v", Name, err))
	}
	return l
}

func put(v ledger.View, key []byte, value any) error {
	b, err := chain.EncodeBody(value)
	if err != nil {
		return fmt.Errorf("view %s: %w", Name, err)
	}
	return v.Put(key, b)
}
