package id

import (
	"fmt"
	"regexp"
)

// Token is the number a visit is called by, unique per centre and business day.
// Shape: a letter other than I, O and Q (they are misread), then three digits from 001: "B042".
type Token string

// TokenNumberMax is the last number of a letter's day: three digits. A centre serves 2,000 a day over several letters.
const TokenNumberMax = 999

var tokenShape = regexp.MustCompile(`^[A-HJ-NPR-Z](?:[1-9][0-9]{2}|0[1-9][0-9]|00[1-9])$`)

// NewToken composes a token. Check it: the letter and number may be out of range.
func NewToken(letter byte, number int) Token { return Token(fmt.Sprintf("%c%03d", letter, number)) }

// Check reports ErrShape.
func (t Token) Check() error { return check("token", string(t), tokenShape, "B042") }

// Desk is the place a visitor is called to.
// Shape: one letter A-Z or two: "A".
type Desk string

var deskShape = regexp.MustCompile(`^[A-Z]{1,2}$`)

// Check reports ErrShape.
func (d Desk) Check() error { return check("desk", string(d), deskShape, "A") }

// Service is the code of what a desk does.
// Shape: 2 to 24 of a-z, 0-9 and hyphen, a letter first: "kafaalat".
type Service string

var serviceShape = regexp.MustCompile(`^[a-z][a-z0-9-]{1,23}$`)

// Check reports ErrShape.
func (s Service) Check() error { return check("service", string(s), serviceShape, "kafaalat") }
