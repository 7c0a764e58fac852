package staff

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// BrokeGlass records that the subject took a right that their role has not, because nobody was there who has it: to see one
// field, or to do one act, at one place and for some minutes. The manager is told at once.
type BrokeGlass struct {
	Place   Place  `cbor:"1,keyasint"`
	Field   Field  `cbor:"2,keyasint"` // empty for an act
	Act     Act    `cbor:"3,keyasint"` // empty for a field
	About   string `cbor:"4,keyasint"` // the visit that was in hand; empty when none was
	Reason  string `cbor:"5,keyasint"` // a code: "no-clerk", "no-nurse", "urgent"
	Seconds uint16 `cbor:"6,keyasint"` // for how long
}

// SawGlass records that a manager, the record's actor, has seen that the subject broke glass.
type SawGlass struct {
	Broke uint64 `cbor:"1,keyasint"` // the record of it
}

// Kind is staff.broke-glass/1.
func (BrokeGlass) Kind() chain.Kind { return "staff.broke-glass/1" }

// Kind is staff.saw-glass/1.
func (SawGlass) Kind() chain.Kind { return "staff.saw-glass/1" }

// Check reports a right that cannot be taken, and what is no place, no reason or no time.
func (e BrokeGlass) Check() error {
	var right, about, time error
	if (e.Field == "") == (e.Act == "") || e.Field != "" && !e.Field.Breakable() || e.Act != "" && !e.Act.Breakable() {
		right = fmt.Errorf("glass before field %q, act %q: want one that may be broken", e.Field, e.Act)
	}
	if len(e.About) > aboutBytesMax || !utf8.ValidString(e.About) {
		about = fmt.Errorf("about %d bytes: want %d at most", len(e.About), aboutBytesMax)
	}
	if e.Seconds == 0 {
		time = errors.New("glass that is broken for no time")
	}
	return errors.Join(e.Place.Check(), right, about, time, CheckWord("reason", e.Reason))
}

// Check reports a record that cannot be.
func (e SawGlass) Check() error {
	if e.Broke == 0 {
		return errors.New("glass that was broken in no record")
	}
	return nil
}

// Breakable says whether the right to see a field may be taken. Money never: who looks at it has to pay, and paying is an
// act of tellers.
func (f Field) Breakable() bool { return len(sees[f]) > 0 && f != SeeMoney }

// Breakable says whether the right to an act may be taken. Never what is money, what rules the floor or the staff, and what
// two people do: there a second person is the whole point.
func (a Act) Breakable() bool { return slices.Contains([]Act{Serve, Classes, Measure, Devices}, a) }

// Glass is a right that was taken.
type Glass struct {
	BrokeGlass
	Seq   uint64   `cbor:"11,keyasint"`
	Staff id.Staff `cbor:"12,keyasint"`
	At    Stamp    `cbor:"13,keyasint"`
	Seen  bool     `cbor:"14,keyasint"`
	Count int      `cbor:"15,keyasint"` // how often this person did so, this time counted
}

func (e BrokeGlass) project(v ledger.View, h chain.Header) error {
	who := id.Staff(h.Subject)
	count := 1
	if err := change(v, h, func(p *Person) { p.Glass++; count = p.Glass }); err != nil {
		return err
	}
	if err := put(v, glassKey(h.Seq), Glass{e, h.Seq, who, stampOf(h), false, count}); err != nil {
		return err
	}
	detail := string(e.Field)
	if e.Act != "" {
		detail = string(e.Act)
	}
	return note(v, h, Noted{What: NotedGlass, Place: e.Place, Detail: detail, About: e.About})
}

// project keeps what was seen until the right has run out: whoever asks then finds it still.
func (e SawGlass) project(v ledger.View, h chain.Header) error {
	g, ok := get[Glass](v.Reader, glassKey(e.Broke))
	if !ok {
		return nil
	}
	if err := forgetSeen(v); err != nil {
		return err
	}
	g.Seen = true
	return errors.Join(put(v, glassKey(e.Broke), g), note(v, h, Noted{What: NotedGlassSeen, Place: g.Place}))
}

// forgetSeen leaves the newest of those that were seen.
func forgetSeen(v ledger.View) error {
	var seen []uint64
	for _, g := range scan[Glass](v.Reader, glassPrefix) {
		if g.Seen {
			seen = append(seen, g.Seq)
		}
	}
	for len(seen) >= glassKept {
		if err := v.Delete(glassKey(seen[0])); err != nil {
			return err
		}
		seen = seen[1:]
	}
	return nil
}

// Glasses are the rights that were taken, oldest first: all that no manager has seen, and the newest of the others.
func Glasses(src ledger.Source) []Glass { return scan[Glass](src.Reader(Name), glassPrefix) }
