package reading

import (
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Name is the name of this book's view. Its keys: v/VISIT, the newest measurements of a visit.
const Name = "reading"

// Book lists the kinds of this book.
func Book() ledger.Book {
	return ledger.Book{Name: Name, Version: 1, Kinds: []ledger.Kind{ledger.Define(Taken.project)}}
}

// Of is the newest measurement of each kind and person of a visit, in the order in which they were taken.
func Of(src ledger.Source, v id.Visit) []Kept { return of(src.Reader(Name), v) }

func visitKey(v id.Visit) []byte { return []byte("v/" + v) }

// of reads what project stored. The ledger vouches for the bytes, so others are a mistake.
func of(r ledger.Reader, v id.Visit) (kept []Kept) {
	b := r.Get(visitKey(v))
	if b == nil {
		return nil
	}
	if err := chain.DecodeBody(b, &kept); err != nil {
		panic(fmt.Sprintf("BUG: view %s, visit %q: %v", Name, v, err))
	}
	return kept
}
