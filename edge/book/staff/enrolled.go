package staff

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Enrolled records that somebody joined the staff; the record's subject is the new code.
type Enrolled struct {
	Name      string   `cbor:"1,keyasint"` // what colleagues call them, of their own choice; no name of an identity card
	Role      Role     `cbor:"2,keyasint"`
	Skills    []string `cbor:"3,keyasint"` // codes: "sign-language"; none means none besides the role's
	Languages []string `cbor:"4,keyasint"` // codes of languages they speak with visitors: "ur", "ps"
	Sex       string   `cbor:"5,keyasint"` // "female" or "male", for desks that are asked for; empty when not said
}

// Changed records that what is known of somebody is now this, whole. The record's subject is their code.
type Changed Enrolled

// Ended records that somebody left the staff. Their code is not given again.
type Ended struct {
	Reason string `cbor:"1,keyasint"` // a code: "left"
}

// Kind is staff.enrolled/1.
func (Enrolled) Kind() chain.Kind { return "staff.enrolled/1" }

// Kind is staff.changed/1.
func (Changed) Kind() chain.Kind { return "staff.changed/1" }

// Kind is staff.ended/1.
func (Ended) Kind() chain.Kind { return "staff.ended/1" }

// Check reports a name that cannot be shown, a role that is none, and codes that are none or stand twice.
func (e Enrolled) Check() error {
	sex := error(nil)
	if !slices.Contains([]string{"", "female", "male"}, e.Sex) {
		sex = fmt.Errorf("sex %q: want female, male or nothing", e.Sex)
	}
	return errors.Join(checkName(e.Name), e.Role.Check(), checkWords("skill", e.Skills), checkWords("language", e.Languages), sex)
}

// Check is Enrolled's.
func (e Changed) Check() error { return Enrolled(e).Check() }

// Check reports a reason that is no code.
func (e Ended) Check() error { return CheckWord("reason", e.Reason) }

func checkName(name string) error {
	switch {
	case name == "" || len(name) > nameBytesMax || !utf8.ValidString(name):
		return fmt.Errorf("a name of %d bytes: want 1 to %d", len(name), nameBytesMax)
	case strings.ContainsFunc(name, unicode.IsControl) || strings.TrimSpace(name) != name:
		return fmt.Errorf("name %q: want plain letters", name)
	}
	return nil
}

func checkWords(what string, words []string) error {
	if len(words) > wordsMax {
		return fmt.Errorf("%d of %s: want %d at most", len(words), what, wordsMax)
	}
	for i, w := range words {
		if err := CheckWord(what, w); err != nil {
			return err
		}
		if slices.Contains(words[:i], w) {
			return fmt.Errorf("%s %q stands twice", what, w)
		}
	}
	return nil
}

func (e Enrolled) project(v ledger.View, h chain.Header) error {
	p := Person{Code: id.Staff(h.Subject), Enrolled: stampOf(h)}
	return put(v, personKey(p.Code), p.with(e))
}

func (e Changed) project(v ledger.View, h chain.Header) error {
	if err := change(v, h, func(p *Person) { *p = p.with(Enrolled(e)) }); err != nil {
		return err
	}
	return note(v, h, Noted{What: NotedChanged, Detail: string(e.Role)})
}

func (e Ended) project(v ledger.View, h chain.Header) error {
	if err := change(v, h, func(p *Person) { p.Ended = true }); err != nil {
		return err
	}
	return errors.Join(leaveAll(v, id.Staff(h.Subject)), note(v, h, Noted{What: NotedEnded, Detail: e.Reason}))
}

func (p Person) with(e Enrolled) Person {
	p.Name, p.Role, p.Skills, p.Languages, p.Sex = e.Name, e.Role, e.Skills, e.Languages, e.Sex
	return p
}
