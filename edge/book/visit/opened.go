package visit

import (
	"errors"
	"fmt"
	"slices"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Opened records that a person or family was received and given a number. It is not in hand before Issued. Opened2 took
// its place: the step from here to there is one person of class normal without needs.
type Opened struct {
	Token id.Token     `cbor:"1,keyasint"` // letter of the first service; unique per business day
	Code  id.Code      `cbor:"2,keyasint"` // of the slip
	Stops []id.Service `cbor:"3,keyasint"` // what they came for, in order; at least one, none twice
	Lang  string       `cbor:"4,keyasint"` // two or three letters: "ur"
}

// Kind is visit.opened/1.
func (Opened) Kind() chain.Kind { return "visit.opened/1" }

// Check reports what is wrong with each field.
func (e Opened) Check() error {
	return errors.Join(e.Token.Check(), e.Code.Check(), checkStops(e.Stops), checkLang(e.Lang))
}

func (e Opened) project(v ledger.View, h chain.Header) error {
	return Opened2{Token: e.Token, Code: e.Code, Stops: e.Stops, Lang: e.Lang}.project(v, h)
}

// Opened2 records that a person or family was received and given a number. It is not in hand before Issued.
type Opened2 struct {
	Token       id.Token     `cbor:"1,keyasint"`  // letter of the first service; unique per business day
	Code        id.Code      `cbor:"2,keyasint"`  // of the slip
	Stops       []id.Service `cbor:"3,keyasint"`  // what they came for, in order; at least one, none twice
	Lang        string       `cbor:"4,keyasint"`  // two or three letters: "ur"
	Persons     uint8        `cbor:"5,keyasint"`  // who walk together; 0 is not known
	Journey     string       `cbor:"6,keyasint"`  // code of the template it follows; empty for none
	Class       string       `cbor:"7,keyasint"`  // empty is normal
	Fact        string       `cbor:"8,keyasint"`  // why the class, a code; the actor saw it
	Appointment int64        `cbor:"9,keyasint"`  // booked time, wall milliseconds since 1970 UTC; 0 for none
	Language    string       `cbor:"10,keyasint"` // that staff must speak; empty for any
	Sex         string       `cbor:"11,keyasint"` // that staff must be of: "f", "m"; empty for any
	Ground      bool         `cbor:"12,keyasint"` // must be reached without stairs
	Skill       string       `cbor:"13,keyasint"` // that staff must have; empty for none
	From        id.Visit     `cbor:"14,keyasint"` // that it was split from; empty for none
}

// Kind is visit.opened/2.
func (Opened2) Kind() chain.Kind { return "visit.opened/2" }

// Check reports what is wrong with each field.
func (e Opened2) Check() error {
	errs := []error{e.Token.Check(), e.Code.Check(), checkStops(e.Stops), checkLang(e.Lang), checkWordOrNone(e.Journey), e.needs().check()}
	if e.Class != "" || e.Fact != "" {
		errs = append(errs, Classed{e.Class, e.Fact}.Check())
	}
	if e.Appointment < 0 {
		errs = append(errs, fmt.Errorf("an appointment at %d ms", e.Appointment))
	}
	if e.From != "" {
		errs = append(errs, e.From.Check())
	}
	return errors.Join(errs...)
}

func (e Opened2) needs() Needs { return Needs{e.Language, e.Sex, e.Ground, e.Skill} }

func checkStops(stops []id.Service) error {
	if len(stops) == 0 || len(stops) > AskedMax {
		return fmt.Errorf("a visit with %d stops: want 1 to %d", len(stops), AskedMax)
	}
	for i, s := range stops {
		if err := s.Check(); err != nil {
			return err
		}
		if slices.Contains(stops[:i], s) {
			return fmt.Errorf("stop %q twice", s)
		}
	}
	return nil
}

func checkLang(s string) error {
	if n := len(s); n < 2 || n > 3 || !lower(s) {
		return fmt.Errorf("language %q: want for example %q", s, "ur")
	}
	return nil
}

func lower(s string) bool {
	for i := range len(s) {
		if s[i] < 'a' || s[i] > 'z' {
			return false
		}
	}
	return true
}

func (e Opened2) project(v ledger.View, h chain.Header) error {
	at, err := moment(v, h)
	if err != nil {
		return err
	}
	after := newVisit(v.Reader, h, at, e.Stops)
	after.Token, after.Code, after.Lang, after.Persons, after.Journey = e.Token, e.Code, e.Lang, e.Persons, e.Journey
	after.Class, after.Fact, after.Needs, after.Appointment, after.From = e.Class, e.Fact, e.needs(), e.Appointment, e.From
	if e.Class != "" {
		after.Issuer = h.Actor
	}
	if whole, ok := read(v.Reader, e.From); ok && whole.State() == StateWaiting && whole.Stop().Service == e.Stops[0] {
		after.Senior = whole.Stop().Seniority
	}
	letter, number := split(e.Token)
	return errors.Join(
		v.Put(letterKey(letter), []byte{byte(number >> 8), byte(number)}),
		enrol(v, after),
	)
}

// newVisit is a visit of the open day whose stops are planned, the first of them present.
func newVisit(r ledger.Reader, h chain.Header, at Moment, stops []id.Service) *Visit {
	open, _ := openDay(r)
	v := &Visit{ID: id.Visit(h.Subject), Day: open.Date, Opened: at, Changed: h.Seq}
	for i, s := range stops {
		v.Stops = append(v.Stops, Stop{Service: s, State: StatePlanned, Since: at})
		if i > 0 {
			v.Plan = append(v.Plan, uint8(i))
		}
	}
	return v
}

// enrol stores a new visit, which is found by its code and number from here on.
func enrol(v ledger.View, after *Visit) error {
	return errors.Join(
		v.Put(codeKey(after.Code), []byte(after.ID)),
		v.Put(tokenKey(after.Day, after.Token), []byte(after.ID)),
		replace(v, nil, after),
	)
}

// Asked is what a visitor asks for. Fields without a comment are as in Opened2.
type Asked struct {
	Visit       id.Visit // drawn anew
	Code        id.Code  // drawn anew
	Letter      byte     // of the first service's tokens
	Stops       []id.Service
	Lang        string
	Persons     uint8
	Journey     string
	Class       string
	Fact        string
	Appointment int64
	Needs       Needs
	From        id.Visit
}

// Open gives the next number of the day to a visitor. It reports ErrNumbersUsedUp, ErrTaken, or what Check finds.
func Open(tx *ledger.Tx, today Day, a Asked) (id.Token, error) {
	if err := unused(tx, a.Visit, a.Code); err != nil {
		return "", err
	}
	token, err := NextToken(tx, today, a.Letter)
	if err != nil {
		return "", err
	}
	return token, tx.Append(string(a.Visit), Opened2{
		Token: token, Code: a.Code, Stops: a.Stops, Lang: a.Lang, Persons: a.Persons, Journey: a.Journey,
		Class: a.Class, Fact: a.Fact, Appointment: a.Appointment, From: a.From,
		Language: a.Needs.Language, Sex: a.Needs.Sex, Ground: a.Needs.Ground, Skill: a.Needs.Skill,
	})
}

// unused reports ErrTaken for names that were drawn before.
func unused(tx *ledger.Tx, v id.Visit, c id.Code) error {
	r := tx.Reader(Name)
	if err := v.Check(); err != nil {
		return err
	}
	if r.Get(visitKey(v)) != nil || r.Get(codeKey(c)) != nil {
		return fmt.Errorf("open visit %s: %w", v, ErrTaken)
	}
	return nil
}

// NextToken is the number after the last that was given under a letter today, or that a lost box may have given. Numbers
// that somebody holds from the paper book or from the day before are passed over. It reports ErrNumbersUsedUp.
func NextToken(src ledger.Source, today Day, letter byte) (id.Token, error) {
	r := src.Reader(Name)
	last := lastNumber(r, letterKey(letter))
	low, lasts := floor(r)
	if today.New() {
		last = 0
	}
	if !today.New() || lasts {
		last = max(last, low)
	}
	for number := int(last) + 1; number <= id.TokenNumberMax; number++ {
		if t := id.NewToken(letter, number); !today.held(r, t) {
			return t, nil
		}
	}
	return "", fmt.Errorf("letter %c: %w", letter, ErrNumbersUsedUp)
}

// held says whether somebody has a number on a day.
func (d Day) held(r ledger.Reader, t id.Token) bool {
	return slices.Contains(d.carried, t) || r.Get(tokenKey(d.Date, t)) != nil
}

// split takes a checked token apart.
func split(t id.Token) (letter byte, number int) {
	for _, digit := range []byte(t[1:]) {
		number = number*10 + int(digit-'0')
	}
	return t[0], number
}
