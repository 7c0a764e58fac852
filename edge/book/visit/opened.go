package visit

import (
	"errors"
	"fmt"
	"slices"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Opened records that a person or family was received and given a number. It is not in hand before Issued.
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

func checkStops(stops []id.Service) error {
	if len(stops) == 0 || len(stops) > StopsMax {
		return fmt.Errorf("a visit with %d stops: want 1 to %d", len(stops), StopsMax)
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

func (e Opened) project(v ledger.View, h chain.Header) error {
	open, _ := openDay(v.Reader)
	after := &Visit{
		ID: id.Visit(h.Subject), Day: open.Date, Token: e.Token, Code: e.Code, Lang: e.Lang, Opened: momentOf(h),
	}
	for _, s := range e.Stops {
		after.Stops = append(after.Stops, Stop{Service: s, State: StatePlanned, Since: momentOf(h)})
	}
	letter, number := split(e.Token)
	return errors.Join(
		v.Put(letterKey(letter), []byte{byte(number >> 8), byte(number)}),
		v.Put(codeKey(e.Code), []byte(after.ID)),
		v.Put(tokenKey(open.Date, e.Token), []byte(after.ID)),
		replace(v, nil, after),
	)
}

// Asked is what a visitor asks for.
type Asked struct {
	Visit  id.Visit // drawn anew
	Code   id.Code  // drawn anew
	Letter byte     // of the first service's tokens
	Stops  []id.Service
	Lang   string
}

// Open gives the next number of the day to a visitor. It reports ErrNumbersUsedUp, ErrTaken, or what Check finds.
func Open(tx *ledger.Tx, today Day, a Asked) (id.Token, error) {
	r := tx.Reader(Name)
	if err := a.Visit.Check(); err != nil {
		return "", err
	}
	if r.Get(visitKey(a.Visit)) != nil || r.Get(codeKey(a.Code)) != nil {
		return "", fmt.Errorf("open visit %s: %w", a.Visit, ErrTaken)
	}
	token, err := NextToken(tx, today, a.Letter)
	if err != nil {
		return "", err
	}
	return token, tx.Append(string(a.Visit), Opened{Token: token, Code: a.Code, Stops: a.Stops, Lang: a.Lang})
}

// NextToken is the number after the last that was given under a letter today, or that a lost box may have given. It reports
// ErrNumbersUsedUp.
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
	number := int(last) + 1
	if number > id.TokenNumberMax {
		return "", fmt.Errorf("letter %c: %w", letter, ErrNumbersUsedUp)
	}
	return id.NewToken(letter, number), nil
}

// split takes a checked token apart.
func split(t id.Token) (letter byte, number int) {
	for _, digit := range []byte(t[1:]) {
		number = number*10 + int(digit-'0')
	}
	return t[0], number
}
