package check

import (
	"encoding/binary"
	"fmt"
	"slices"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// The view's keys.
//
//	o/ID              -> a question without an answer
//	a/SEQ, 8 bytes    -> a question with its answer, by the answer's record; the newest answeredKept

// Question is what was asked, and the answer once there is one.
type Question struct {
	ID          id.Errand   `cbor:"1,keyasint"`
	What        string      `cbor:"2,keyasint"`
	Subject     string      `cbor:"3,keyasint"`
	Provisional string      `cbor:"4,keyasint"`
	Seq         uint64      `cbor:"5,keyasint"` // the record
	Wall        int64       `cbor:"6,keyasint"` // of the record
	Grade       clock.Grade `cbor:"7,keyasint"` // how far that is to be trusted
	Answer      *Answer     `cbor:"8,keyasint"` // nil while open
}

// Answer is what came back.
type Answer struct {
	Result string `cbor:"1,keyasint"`
	Source string `cbor:"2,keyasint"`
	Wall   int64  `cbor:"3,keyasint"` // when the source knew it, milliseconds since 1970 UTC
	Cached bool   `cbor:"4,keyasint"`
	Seq    uint64 `cbor:"5,keyasint"` // the record
	Heard  int64  `cbor:"6,keyasint"` // of the record
}

const openPrefix, answeredPrefix = "o/", "a/"

func openKey(q id.Errand) []byte { return []byte(openPrefix + string(q)) }

func answeredKey(seq uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte(answeredPrefix), seq)
}

// Get is an open question.
func Get(src ledger.Source, q id.Errand) (Question, bool) {
	b := src.Reader(Name).Get(openKey(q))
	if b == nil {
		return Question{}, false
	}
	return decode(b), true
}

// Open is every question without an answer, oldest first.
func Open(src ledger.Source) []Question {
	out := scan(src, openPrefix)
	slices.SortFunc(out, func(x, y Question) int { return int(int64(x.Seq) - int64(y.Seq)) })
	return out
}

// Answered is the newest questions with their answers, newest last.
func Answered(src ledger.Source) []Question { return scan(src, answeredPrefix) }

func scan(src ledger.Source, prefix string) (out []Question) {
	src.Reader(Name).Scan([]byte(prefix), func(_, value []byte) bool {
		out = append(out, decode(value))
		return true
	})
	return out
}

// decode reads what the projection stored. The ledger vouches for the bytes, so others are a mistake.
func decode(b []byte) (q Question) {
	if err := chain.DecodeBody(b, &q); err != nil {
		panic(fmt.Sprintf("BUG: view %s: %v", Name, err))
	}
	return q
}

func put(v ledger.View, key []byte, value any) error {
	b, err := chain.EncodeBody(value)
	if err != nil {
		return fmt.Errorf("view %s: %w", Name, err)
	}
	return v.Put(key, b)
}
