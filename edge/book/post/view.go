package post

import (
	"fmt"
	"strings"

	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
)

// The view's keys.
//
//	c            -> the newest letter, and its record
//	f/FATE/KIND  -> the newest letter of this kind that had this fate, and its record

// Cursor is a letter and the record that it was received.
type Cursor struct {
	Number uint64 `cbor:"1,keyasint"`
	Seq    uint64 `cbor:"2,keyasint"`
}

var cursorKey = []byte("c")

const fatePrefix = "f/"

func fateKey(fate, kind string) []byte { return []byte(fatePrefix + fate + "/" + kind) }

// Last is the newest letter received; zero before the first.
func Last(src ledger.Source) (c Cursor) {
	if b := src.Reader(Name).Get(cursorKey); b != nil {
		c = decode(b)
	}
	return c
}

// Kinds are the kinds of which a letter had this fate.
func Kinds(src ledger.Source, fate string) (out []string) {
	prefix := fatePrefix + fate + "/"
	src.Reader(Name).Scan([]byte(prefix), func(key, _ []byte) bool {
		out = append(out, strings.TrimPrefix(string(key), prefix))
		return true
	})
	return out
}

// decode reads what the projection stored. The ledger vouches for the bytes, so others are a mistake.
func decode(b []byte) (c Cursor) {
	if err := chain.DecodeBody(b, &c); err != nil {
		panic(fmt.Sprintf("BUG: view %s: %v", Name, err))
	}
	return c
}

func put(v ledger.View, key []byte, value any) error {
	b, err := chain.EncodeBody(value)
	if err != nil {
		return fmt.Errorf("view %s: %w", Name, err)
	}
	return v.Put(key, b)
}
