package chain

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"markaz.example/edge/id"
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

// Incarnation is one history: a centre's code and a random name drawn when its ledger was created. A box that was
// replaced or restored begins a new one.
type Incarnation struct {
	Centre id.Centre
	Nonce  [NonceBytes]byte
}

// NonceBytes is the length of an incarnation's random name.
const NonceBytes = 16

// String is the centre and the nonce in hex: "ISB-01/0f1e2d…". It is also the key of a chain at headquarters.
func (i Incarnation) String() string { return string(i.Centre) + "/" + hex.EncodeToString(i.Nonce[:]) }

// Genesis is the hash that the first record of an incarnation follows, so that no chain can be passed off as another's.
func (i Incarnation) Genesis() Hash {
	return Link(Hash{}, []byte("markaz chain 1\n"+i.String()))
}

// Start is the position before the first record.
func (i Incarnation) Start() Position { return Position{Hash: i.Genesis()} }

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

// Link is Step for bytes that are known to be the next record: it only counts and hashes.
func (w *Walk) Link(b []byte) {
	w.scratch = append(append(w.scratch[:0], w.at.Hash[:]...), b...)
	w.at.Hash = sha256.Sum256(w.scratch)
	w.at.Seq++
}
