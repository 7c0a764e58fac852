package paypoint

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
)

// Card is what a customer of a simulated terminal puts in: numbers that pass every check and belong to nobody.
type Card struct {
	Number     string  // 16 digits with a check digit, in ranges that card schemes keep for tests
	Expiry     string  // YYMM
	Discretion string  // what the bank adds to the track
	Name       string  // as embossed
	PIN        [8]byte // an encrypted PIN block
	Cryptogram [8]byte // what the chip signs with, tag 9F26
}

// testRanges begin numbers that schemes publish for testing.
var testRanges = [...]string{"411111", "424242", "555555", "222300"}

// NewCard draws a card.
func NewCard(r *rand.Rand) Card {
	c := Card{Expiry: "3012", Name: "TEST/CUSTOMER"}
	number := testRanges[r.IntN(len(testRanges))]
	number += fmt.Sprintf("%09d", r.IntN(1e9))
	c.Number = number + checkDigit(number)
	c.Discretion = fmt.Sprintf("%013d", r.Int64N(1e13))
	for i := range c.PIN {
		c.PIN[i], c.Cryptogram[i] = byte(r.Uint32()), byte(r.Uint32())
	}
	return c
}

// checkDigit makes a number pass. Source: ISO/IEC 7812-1, annex B.
func checkDigit(number string) string {
	sum := 0
	for i := range len(number) {
		d := int(number[len(number)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return fmt.Sprint((10 - sum%10) % 10)
}

// Track2 is the second track without its sentinels.
func (c Card) Track2() string { return c.Number + "=" + c.Expiry + "201" + c.Discretion }

// Track1 is the first track without its sentinels.
func (c Card) Track1() string {
	return "B" + c.Number + "^" + c.Name + "^" + c.Expiry + "201" + c.Discretion
}

// Chip is field 55: the number (5A), the track's equivalent (57), the cryptogram (9F26). Source: EMV book 3, annex A.
func (c Card) Chip() []byte {
	out := append([]byte{0x5a, 8}, unhex(c.Number)...)
	track := unhex(strings.Replace(c.Track2(), "=", "D", 1) + "F")
	out = append(append(out, 0x57, byte(len(track))), track...)
	return append(append(out, 0x9f, 0x26, 8), c.Cryptogram[:]...)
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(s[:len(s)/2*2])
	if err != nil {
		panic("BUG: a simulated card is not made of digits: " + s)
	}
	return b
}
