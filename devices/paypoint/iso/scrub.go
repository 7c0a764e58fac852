package iso

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"

	"markaz.example/devices/profile"
)

// keep are the fields that may be read; all others are overwritten. None of them has room for a card number, which has
// 13 digits or more: 3 processing code, 4 amount, 7 sent at, 11 trace, 12 and 13 local time and date, 24 network or
// function, 37 reference, 38 approval, 39 response, 41 terminal, 70 network management.
//
// 4, 37 and 38 are there because the answer repeats them; nothing stores them. 42, the shop, is not, though hosts like to
// see it again: it has 15 characters. Nor are the sums of a reconciliation, which have 16 digits.
var keep = [129]bool{
	3: true, 4: true, 7: true, 11: true, 12: true, 13: true, 24: true, 37: true, 38: true, 39: true, 41: true, 70: true,
}

// ErrShape is a message that does not fit the table of fields. It has been overwritten.
var ErrShape = errors.New("the message does not fit the fields of this profile: compare it with the bank's table")

// walker goes over a message's bytes, which it may change, and makes no copies of them.
type walker struct {
	raw  []byte
	at   int
	how  profile.ISO8583
	bits [129]bool
}

// scrub overwrites in place every field that may not be read, up to the last byte; of a message that cannot be walked,
// everything. It returns the type of message.
func scrub(raw []byte, how profile.ISO8583, table func(mti string) *formats) (mti string, err error) {
	w := &walker{raw: raw, how: how}
	mti, err = w.walk(table)
	if err != nil {
		clear(raw)
		return "", err
	}
	return mti, nil
}

func (w *walker) walk(table func(string) *formats) (string, error) {
	mti, err := w.digits(4)
	if err != nil {
		return "", err
	}
	t := table(mti)
	if t == nil {
		return "", fmt.Errorf("%w: no such type of message", ErrShape)
	}
	if err := w.bitmaps(); err != nil {
		return "", err
	}
	for n := 2; n <= 128; n++ {
		if !w.bits[n] || n == 65 {
			continue
		}
		if err := w.field(n, t[n]); err != nil {
			return "", err
		}
	}
	if w.at != len(w.raw) {
		return "", fmt.Errorf("%w: %d bytes behind the last field", ErrShape, len(w.raw)-w.at)
	}
	return mti, nil
}

// take is the next bytes of the message.
func (w *walker) take(n int) ([]byte, error) {
	if n < 0 || len(w.raw)-w.at < n {
		return nil, fmt.Errorf("%w: it ends too soon", ErrShape)
	}
	w.at += n
	return w.raw[w.at-n : w.at], nil
}

// digits reads a number that is part of the message's frame: its type, or a length.
func (w *walker) digits(n int) (string, error) {
	if w.how.Numbers == profile.NumbersASCII {
		b, err := w.take(n)
		return string(b), err
	}
	b, err := w.take((n + 1) / 2)
	if err != nil {
		return "", err
	}
	all := hex.EncodeToString(b)
	return all[len(all)-n:], nil
}

func (w *walker) bitmaps() error {
	if err := w.bitmap(0); err != nil {
		return err
	}
	if !w.bits[1] {
		return nil
	}
	if err := w.bitmap(64); err != nil {
		return err
	}
	if w.bits[65] {
		return fmt.Errorf("%w: a third bitmap", ErrShape)
	}
	return nil
}

func (w *walker) bitmap(first int) error {
	size := 8
	if w.how.Bitmap == profile.BitmapHex {
		size = 16
	}
	b, err := w.take(size)
	if err != nil {
		return err
	}
	for i := range 64 {
		four := b[i/8] >> 4
		switch {
		case size == 16:
			if four = nibble(b[i/4]); four > 15 {
				return fmt.Errorf("%w: its bitmap is not in hex", ErrShape)
			}
		case i%8 >= 4:
			four = b[i/8] & 15
		}
		w.bits[first+i+1] = four&(8>>(i%4)) != 0
	}
	return nil
}

// nibble is what a hexadecimal digit means; more than 15 for another character.
func nibble(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	}
	return 16
}

// field steps over one field, and overwrites it unless it may be read.
func (w *walker) field(n int, f format) error {
	if f.kind == "" {
		return fmt.Errorf("%w: field %d does not exist", ErrShape, n)
	}
	count := f.max
	if f.dots > 0 {
		digits, err := w.digits(f.dots)
		if err != nil {
			return err
		}
		u, err := strconv.ParseUint(digits, 10, 16)
		if err != nil || int(u) > f.max {
			return fmt.Errorf("%w: length of field %d", ErrShape, n)
		}
		count = int(u)
	}
	b, err := w.take(size(w.how, f, count))
	if err != nil {
		return err
	}
	if !keep[n] {
		w.overwrite(b, f)
	}
	return nil
}

// size is how many bytes so many digits, characters or bytes of a field take. Where binary fields are in hex, a length
// that varies counts characters.
func size(how profile.ISO8583, f format, count int) int {
	switch {
	case f.kind == "b" && f.dots == 0 && how.Bitmap == profile.BitmapHex:
		return 2 * count
	case f.packed() && how.Numbers == profile.NumbersBCD:
		return (count + 1) / 2
	case f.kind == "x+n" && how.Numbers == profile.NumbersBCD:
		return 1 + (count+1)/2
	case f.kind == "x+n":
		return 1 + count
	}
	return count
}

// overwrite leaves what the field's kind still allows: zeros.
func (w *walker) overwrite(b []byte, f format) {
	zero := byte('0')
	if f.packed() && w.how.Numbers == profile.NumbersBCD || f.kind == "b" && w.how.Bitmap == profile.BitmapBinary {
		zero = 0
	}
	for i := range b {
		b[i] = zero
	}
}
