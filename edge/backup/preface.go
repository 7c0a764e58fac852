package backup

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"markaz.example/edge/id"
)

// What reading a backup reports.
var (
	ErrNotOurs   = errors.New("the backup is sealed to somebody else: bring the key, or the passphrase, that it was made for")
	ErrDamaged   = errors.New("the backup is cut short or damaged: take another one, and make a new one from the box while it runs")
	ErrMalformed = errors.New("the file is not a backup of markaz, or of a version that this program does not know")
	ErrForged    = errors.New("the backup is not signed by the box that it says it is of: do not use it")
)

// magic begins a file.
const magic = "markaz backup 1\n"

// Preface is what a file says of itself to everybody. Nothing in it is secret, and nothing of it is believed but Sum.
type Preface struct {
	Centre id.Centre
	Head   uint64
	Made   time.Time
	Bytes  int64  // of what follows the preface
	Sum    string // SHA-256 of it, hexadecimal
}

// encode fills the lines up with line ends, so that head shows them and nothing else.
func (p Preface) encode() []byte {
	b := fmt.Appendf(nil, "%scentre %s\nhead %d\nmade %s\nbytes %d\nsha256 %s\n",
		magic, p.Centre, p.Head, p.Made.UTC().Format(time.RFC3339), p.Bytes, p.Sum)
	return append(b, bytes.Repeat([]byte{'\n'}, prefaceBytes-len(b))...)
}

// decodePreface reads what encode wrote. It reports ErrMalformed.
func decodePreface(b []byte) (p Preface, err error) {
	text, ours := strings.CutPrefix(string(b), magic)
	if !ours || len(b) != prefaceBytes {
		return p, ErrMalformed
	}
	var made string
	if _, err := fmt.Sscanf(text, "centre %s\nhead %d\nmade %s\nbytes %d\nsha256 %s\n", &p.Centre, &p.Head, &made, &p.Bytes, &p.Sum); err != nil {
		return p, fmt.Errorf("%w: its first lines: %w", ErrMalformed, err)
	}
	if p.Made, err = time.Parse(time.RFC3339, made); err != nil {
		return p, fmt.Errorf("%w: made %q", ErrMalformed, made)
	}
	if sum, err := hex.DecodeString(p.Sum); err != nil || len(sum) != sumBytes || p.Bytes < 0 || p.Bytes > FileBytesMax || p.Centre.Check() != nil {
		return p, fmt.Errorf("%w: its first lines contradict each other", ErrMalformed)
	}
	return p, nil
}

// ReadPreface reads the beginning of an open file. It reports ErrMalformed.
func ReadPreface(r io.Reader) (Preface, error) {
	b := make([]byte, prefaceBytes)
	if _, err := io.ReadFull(r, b); err != nil {
		return Preface{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return decodePreface(b)
}

// Look reads the beginning of a file. It reports ErrMalformed.
func Look(path string) (Preface, error) {
	f, err := os.Open(path)
	if err != nil {
		return Preface{}, err
	}
	defer f.Close()
	return ReadPreface(f)
}
