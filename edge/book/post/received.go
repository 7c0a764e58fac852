package post

import (
	"errors"
	"fmt"
	"strings"

	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
)

// Received records that a letter had its effect, which stands beside it, or why it has none.
type Received struct {
	Number uint64 `cbor:"1,keyasint"` // of the letter
	Of     string `cbor:"2,keyasint"` // the letter's kind, as it said
	Fate   string `cbor:"3,keyasint"` // a code of the list; empty when it had its effect
}

// The fates of letters without an effect.
const (
	FateUnknown    = "unknown"     // a kind that this version does not know
	FateUnreadable = "unreadable"  // a kind that it knows, with a body that it cannot read
	FateUnsigned   = "unsigned"    // a pack that is not signed by this headquarters
	FateOtherChain = "other-chain" // a lease that was granted to another history of this centre
	FateNoQuestion = "no-question" // an answer to what this history never asked
)

// What Next reports.
var (
	ErrHad = errors.New("the letter is in the ledger already")
	ErrGap = errors.New("the letters before this one are missing")
)

// Kind is post.received/1.
func (Received) Kind() chain.Kind { return "post.received/1" }

// Check reports a letter without a number, or words that are none.
func (e Received) Check() error {
	switch {
	case e.Number == 0:
		return errors.New("letter 0, the first is 1")
	case e.Of == "" || len(e.Of) > kindBytesMax || strings.ContainsFunc(e.Of, func(r rune) bool { return r < ' ' || r > '~' }):
		return fmt.Errorf("kind of %d bytes: want 1 to %d of plain letters", len(e.Of), kindBytesMax)
	case len(e.Fate) > fateBytesMax || strings.ContainsFunc(e.Fate, func(r rune) bool { return (r < 'a' || r > 'z') && r != '-' }):
		return fmt.Errorf("fate %q: want a code", e.Fate)
	}
	return nil
}

func (e Received) project(v ledger.View, h chain.Header) error {
	if err := put(v, cursorKey, Cursor{e.Number, h.Seq}); err != nil || e.Fate == "" {
		return err
	}
	return put(v, fateKey(e.Fate, e.Of), Cursor{e.Number, h.Seq})
}

// Next reports ErrHad for a letter that was received before, and ErrGap for one that is not the next.
func Next(src ledger.Source, number uint64) error {
	switch last := Last(src).Number; {
	case number <= last:
		return fmt.Errorf("letter %d: %w", number, ErrHad)
	case number > last+1:
		return fmt.Errorf("letter %d after %d: %w", number, last, ErrGap)
	}
	return nil
}
