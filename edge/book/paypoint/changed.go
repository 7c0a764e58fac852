package paypoint

import (
	"errors"
	"fmt"
	"slices"

	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
)

// Changed records that something people act on became different at a payment terminal.
type Changed struct {
	Terminal string `cbor:"1,keyasint"` // bank and terminal: "hbl/047"
	What     string `cbor:"2,keyasint"` // WhatCanPay or another of the list
	Now      string `cbor:"3,keyasint"` // a code: "no", "out"
	Reason   string `cbor:"4,keyasint"` // of WhatCanPay, why not: "cash"; otherwise empty
	Source   string `cbor:"5,keyasint"` // who said so: "push"; empty when time alone did
}

// What is recorded. Other things that are known of a terminal come and go unrecorded.
const (
	WhatCanPay     = "can-pay"
	WhatLink       = "link"
	WhatService    = "service"
	WhatCash       = "cash"
	WhatReceipt    = "receipt"
	WhatCardReader = "card-reader"
)

// Recorded says whether this book is about such a change.
func Recorded(what string) bool {
	return slices.Contains([]string{WhatCanPay, WhatLink, WhatService, WhatCash, WhatReceipt, WhatCardReader}, what)
}

// Kind is paypoint.changed/1.
func (Changed) Kind() chain.Kind { return "paypoint.changed/1" }

// Check reports a terminal that has no such name, something else than what is recorded, or words that are no codes.
func (e Changed) Check() error {
	var errs []error
	if !Recorded(e.What) {
		errs = append(errs, fmt.Errorf("%q is not recorded of payment terminals", e.What))
	}
	if e.Reason != "" {
		errs = append(errs, checkWord("reason", e.Reason))
	}
	if e.Source != "" {
		errs = append(errs, checkWord("source", e.Source))
	}
	return errors.Join(append(errs, checkTerminal(e.Terminal), checkWord("value", e.Now))...)
}

func checkTerminal(s string) error {
	if s == "" || len(s) > terminalBytesMax {
		return fmt.Errorf("terminal of %d bytes: want 1 to %d", len(s), terminalBytesMax)
	}
	strokes := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '/':
			strokes++
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '.':
		default:
			return fmt.Errorf("terminal %q: want letters, digits, dots and hyphens", s)
		}
	}
	if strokes != 1 {
		return fmt.Errorf("terminal %q: want bank/terminal", s)
	}
	return nil
}

// checkWord reports what is no code of 1 to 32 letters a-z, digits, hyphens and strokes: "n/a".
func checkWord(what, s string) error {
	if s == "" || len(s) > wordBytesMax {
		return fmt.Errorf("%s of %d bytes: want 1 to %d", what, len(s), wordBytesMax)
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '/' {
			return fmt.Errorf("%s %q: want letters a-z, digits and hyphens", what, s)
		}
	}
	return nil
}

func (e Changed) project(v ledger.View, h chain.Header) error {
	return put(v, key(e.Terminal, e.What), Last{Changed: e, Seq: h.Seq, Wall: h.Stamp.Wall, Grade: h.Stamp.Grade})
}

// Note records a change, unless it says what is known already. It reports what Check finds.
func Note(tx *ledger.Tx, e Changed) error {
	if err := e.Check(); err != nil {
		return err
	}
	if last, ok := Get(tx, e.Terminal, e.What); ok && last.Changed.Now == e.Now && last.Changed.Reason == e.Reason {
		return nil
	}
	return tx.Append(e.Terminal, e)
}
