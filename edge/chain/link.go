package chain

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// ErrBroken is reported when a record does not follow the one before it.
var ErrBroken = errors.New("chain is broken")

// Hash binds a record and everything before it.
type Hash [sha256.Size]byte

// String is the first eight bytes in hex: enough to compare by eye. Use %x for all of them.
func (h Hash) String() string { return hex.EncodeToString(h[:8]) }

// Link is the hash of a record: SHA-256 of the hash before it, then its stored bytes.
func Link(prev Hash, stored []byte) Hash {
	d := sha256.New()
	d.Write(prev[:])
	d.Write(stored)
	var h Hash
	d.Sum(h[:0])
	return h
}

// Position is a place in a chain: the newest of a range, or what a receiver holds. Seq 0 is the start.
type Position struct {
	Seq  uint64
	Hash Hash
}

func (p Position) String() string { return fmt.Sprintf("%d@%s", p.Seq, p.Hash) }

// Follow checks that stored bytes are the record after p, and gives the position of that record.
// It reports ErrBroken for a sequence that is not the next, and what Decode reports.
func (p Position) Follow(b []byte) (Position, Record, error) {
	r, err := Decode(b)
	if err != nil {
		return p, Record{}, fmt.Errorf("record after %d: %w", p.Seq, err)
	}
	if r.Seq != p.Seq+1 {
		return p, r, fmt.Errorf("%w: record says %d, its place is %d", ErrBroken, r.Seq, p.Seq+1)
	}
	return Position{Seq: r.Seq, Hash: Link(p.Hash, b)}, r, nil
}

// Walk follows a chain from record to record as Follow does, and keeps nothing but the position: for records that Encode
// wrote it allocates nothing. It is not for several goroutines.
type Walk struct {
	at      Position
	scratch []byte // what is hashed next, in one piece: a tenth faster than by two writes to a digest
}

// Walk begins at a position.
func (p Position) Walk() *Walk { return &Walk{at: p} }

// At is the position of the newest record.
func (w *Walk) At() Position { return w.at }

// Step checks that stored bytes are the next record. After an error the position is that of the last good record. It
// reports what Follow does.
func (w *Walk) Step(b []byte) error {
	seq, err := Check(b)
	if err != nil {
		return fmt.Errorf("record after %d: %w", w.at.Seq, err)
	}
	if seq != w.at.Seq+1 {
		return fmt.Errorf("%w: record says %d, its place is %d", ErrBroken, seq, w.at.Seq+1)
	}
	w.Link(b)
	return nil
}

// Pass is Step for whoever keeps records without having to understand them. A record that does not decode is let pass, for
// its hash holds it in its place: odd then says why, as Decode does. It reports ErrBroken for a record that says another
// sequence than its place, and ErrTooLarge.
func (w *Walk) Pass(b []byte) (odd, err error) {
	seq, odd := Check(b)
	switch {
	case errors.Is(odd, ErrTooLarge):
		return nil, fmt.Errorf("record after %d: %w", w.at.Seq, odd)
	case seq != w.at.Seq+1 && (seq != 0 || !errors.Is(odd, ErrMalformed)):
		return nil, fmt.Errorf("%w: record says %d, its place is %d", ErrBroken, seq, w.at.Seq+1)
	}
	w.Link(b)
	return odd, nil
}

// Link is Step for bytes that are known to be the next record: it only counts and hashes.
func (w *Walk) Link(b []byte) {
	w.scratch = append(append(w.scratch[:0], w.at.Hash[:]...), b...)
	w.at.Hash = sha256.Sum256(w.scratch)
	w.at.Seq++
}
