package staff

import (
	"fmt"
	"strings"

	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
)

// PinSet records what a person's PIN is checked against from now on. An account that was locked is open again.
type PinSet struct {
	// Verifier is as package pin writes it: which box's secret it needs, the parameters of argon2id, salt and hash.
	Verifier string `cbor:"1,keyasint"`
}

// Locked records that a person cannot sign in any more until a second person opens the account.
type Locked struct {
	Reason string `cbor:"1,keyasint"` // a code: "failures"
}

// Unlocked records that a second person, the record's actor, opened an account again.
type Unlocked struct {
	Reason string `cbor:"1,keyasint"` // a code: "asked", "alone" when nobody could approve it
}

// Failed records that a code and a PIN did not fit. The subject is the code if there is such a person; empty otherwise.
type Failed struct {
	Place Place  `cbor:"1,keyasint"`
	Of    string `cbor:"2,keyasint"` // what was tried: "sign-in", "take-over", "hand-over", "second"
}

// Kind is staff.pin-set/1.
func (PinSet) Kind() chain.Kind { return "staff.pin-set/1" }

// Kind is staff.locked/1.
func (Locked) Kind() chain.Kind { return "staff.locked/1" }

// Kind is staff.unlocked/1.
func (Unlocked) Kind() chain.Kind { return "staff.unlocked/1" }

// Kind is staff.failed/1.
func (Failed) Kind() chain.Kind { return "staff.failed/1" }

// Check reports what is no verifier.
func (e PinSet) Check() error {
	if e.Verifier == "" || len(e.Verifier) > verifierBytesMax || strings.ContainsFunc(e.Verifier, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fmt.Errorf("verifier of %d bytes: want 1 to %d of plain letters", len(e.Verifier), verifierBytesMax)
	}
	return nil
}

// Check reports a reason that is no code.
func (e Locked) Check() error { return CheckWord("reason", e.Reason) }

// Check reports a reason that is no code.
func (e Unlocked) Check() error { return CheckWord("reason", e.Reason) }

// Check reports what is no place, or no code.
func (e Failed) Check() error {
	if err := e.Place.Check(); err != nil {
		return err
	}
	return CheckWord("what failed", e.Of)
}

func (e PinSet) project(v ledger.View, h chain.Header) error {
	err := change(v, h, func(p *Person) { p.Verifier, p.Failures, p.Locked = e.Verifier, Failures{}, "" })
	if err != nil {
		return err
	}
	return note(v, h, Noted{What: NotedPin})
}

func (e Locked) project(v ledger.View, h chain.Header) error {
	if err := change(v, h, func(p *Person) { p.Locked = e.Reason }); err != nil {
		return err
	}
	return note(v, h, Noted{What: NotedLocked, Detail: e.Reason})
}

func (e Unlocked) project(v ledger.View, h chain.Header) error {
	if err := change(v, h, func(p *Person) { p.Locked, p.Failures = "", Failures{} }); err != nil {
		return err
	}
	return note(v, h, Noted{What: NotedUnlocked, Detail: e.Reason})
}

func (e Failed) project(v ledger.View, h chain.Header) error {
	if h.Subject != "" {
		if err := change(v, h, func(p *Person) { p.Failures = p.Failures.more(h) }); err != nil {
			return err
		}
	}
	at, _ := get[Failures](v.Reader, failuresKey(e.Place))
	if err := put(v, failuresKey(e.Place), at.more(h)); err != nil {
		return err
	}
	return note(v, h, Noted{What: NotedFailed, Place: e.Place, Detail: e.Of})
}

func (f Failures) more(h chain.Header) Failures { return Failures{f.Count + 1, stampOf(h)} }
