package update

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
)

// Name is the name of this book's view.
const Name = "update"

// What became of an update.
const (
	ResultUpdated  = "updated"  // the new version serves
	ResultReturned = "returned" // it did not come up, and the old one was put back
	ResultRefused  = "refused"  // nothing was changed
)

const (
	// versionBytesMax bounds a version as Debian writes it.
	versionBytesMax = 80

	// reasonBytesMax bounds what a technician is told: a line.
	reasonBytesMax = 200
)

// Updated records that an update of the box's program is over, whichever way.
type Updated struct {
	Number  uint64 `cbor:"1,keyasint"` // of this machine's updates, from 1; begins anew when its directory was lost
	Was     string `cbor:"2,keyasint"` // the version before
	Version string `cbor:"3,keyasint"` // that was to be; empty where the file did not say
	Result  string `cbor:"4,keyasint"`
	Reason  string `cbor:"5,keyasint,omitempty"` // for a technician; may be cut short
}

// Kind is box.updated/1.
func (Updated) Kind() chain.Kind { return "box.updated/1" }

// Check reports a result that there is not, and texts that are too long.
func (e Updated) Check() error {
	switch {
	case e.Number == 0:
		return errors.New("update 0, the first is 1")
	case e.Result != ResultUpdated && e.Result != ResultReturned && e.Result != ResultRefused:
		return fmt.Errorf("there is no result %q", e.Result)
	case len(e.Was) > versionBytesMax || len(e.Version) > versionBytesMax:
		return fmt.Errorf("versions of %d and %d bytes, limit %d", len(e.Was), len(e.Version), versionBytesMax)
	case len(e.Reason) > reasonBytesMax || !utf8.ValidString(e.Reason):
		return fmt.Errorf("reason of %d bytes, want at most %d of UTF-8", len(e.Reason), reasonBytesMax)
	}
	return nil
}

var lastKey = []byte("last")

func (e Updated) project(v ledger.View, _ chain.Header) error {
	b, err := chain.EncodeBody(e)
	if err != nil {
		return fmt.Errorf("view %s: %w", Name, err)
	}
	return v.Put(lastKey, b)
}

// Last is the newest outcome; false before the first.
func Last(src ledger.Source) (e Updated, ok bool) {
	b := src.Reader(Name).Get(lastKey)
	if b == nil {
		return e, false
	}
	if err := chain.DecodeBody(b, &e); err != nil {
		panic(fmt.Sprintf("BUG: view %s: %v", Name, err))
	}
	return e, true
}

// Record records an outcome, unless it is the newest one again.
func Record(tx *ledger.Tx, e Updated) error {
	e.Reason = cut(e.Reason)
	if last, ok := Last(tx); ok && last == e {
		return nil
	}
	return tx.Append("", e)
}

// cut shortens a text to what fits, and leaves out what is no UTF-8.
func cut(s string) string {
	b := make([]byte, 0, reasonBytesMax)
	for _, r := range s {
		if r == utf8.RuneError || len(b)+utf8.RuneLen(r) > reasonBytesMax {
			continue
		}
		b = utf8.AppendRune(b, r)
	}
	return string(b)
}

// Book lists the kinds of this book.
func Book() ledger.Book {
	return ledger.Book{Name: Name, Version: 1, Kinds: []ledger.Kind{ledger.Define(Updated.project)}}
}
