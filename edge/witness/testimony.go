package witness

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// Mark is a place in a store: a number that only rises, and the hash of what stands there.
type Mark struct {
	Seq  uint64
	Hash [32]byte
}

// Testimony is what a witness says of a store.
type Testimony struct {
	Of   [32]byte // whose store: a hash of what names it for ever
	Boot uint64   // a second number that only rises: the ledger's start, the raft log's term
	Head Mark     // the newest that was acknowledged
	Held Mark     // the newest that somebody else confirmed to have; zero where nobody does
}

// What Judge reports. Each is one answer to the question what has happened; the owner of the store says what to do.
var (
	// ErrHeld: the file ends before what somebody else has confirmed.
	ErrHeld = errors.New("the file ends before what was confirmed elsewhere")
	// ErrOlder: the file ends in an earlier run of the machine: an older copy is in its place.
	ErrOlder = errors.New("the file is an older copy of itself")
	// ErrLost: the file ends too early in the very run that wrote it: the drive forgot what it had confirmed, or a header of
	// the file is damaged and the one before it is used.
	ErrLost = errors.New("what was acknowledged last is gone from the file")
	// ErrDiffers: the file reaches the place, and something else stands there: a clone that went on alone, or an edited file.
	ErrDiffers = errors.New("the file has another history than the one that was acknowledged")
	// ErrStrange: the witness is of another store.
	ErrStrange = errors.New("the file is not the one that its witness was kept of")
)

// Found is how a store stands when it is opened.
type Found struct {
	Of   [32]byte
	Boot uint64                             // of its newest record
	Head uint64                             // the newest it has
	At   func(seq uint64) ([32]byte, error) // what stands at a place up to Head
	// Unknown tells an error of At that says only that the place is not kept any more; nil means that there is none.
	Unknown func(error) bool
}

// Judge compares a store with what its witness says. It reports nothing when the store is ahead: a witness lags.
func (t Testimony) Judge(f Found) error {
	switch {
	case t.Of != f.Of:
		return ErrStrange
	case f.Head < t.Held.Seq:
		return fmt.Errorf("%w: it ends at %d, confirmed was %d", ErrHeld, f.Head, t.Held.Seq)
	case f.Head < t.Head.Seq && f.Boot < t.Boot:
		return fmt.Errorf("%w: it ends at %d in run %d, acknowledged was %d in run %d", ErrOlder, f.Head, f.Boot, t.Head.Seq, t.Boot)
	case f.Head < t.Head.Seq:
		return fmt.Errorf("%w: it ends at %d, acknowledged was %d", ErrLost, f.Head, t.Head.Seq)
	}
	return errors.Join(f.same(t.Head), f.same(t.Held))
}

// same reports ErrDiffers unless a place is as the witness has it.
func (f Found) same(m Mark) error {
	if m.Seq == 0 {
		return nil
	}
	got, err := f.At(m.Seq)
	switch {
	case err != nil && f.Unknown != nil && f.Unknown(err):
		return nil
	case err != nil:
		return fmt.Errorf("compare place %d with its witness: %w", m.Seq, err)
	case got != m.Hash:
		return fmt.Errorf("%w: place %d is %x, acknowledged was %x", ErrDiffers, m.Seq, got[:4], m.Hash[:4])
	}
	return nil
}

// The form of a file: FORMAT.md.
const (
	magic     = "MKWITN1\n"
	formBytes = len(magic) + 8 + 32 + 8 + 2*(8+32) + 4
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (t Testimony) encode(turn uint64) []byte {
	b := make([]byte, 0, formBytes)
	b = append(b, magic...)
	b = binary.BigEndian.AppendUint64(b, turn)
	b = append(b, t.Of[:]...)
	b = binary.BigEndian.AppendUint64(b, t.Boot)
	for _, m := range []Mark{t.Head, t.Held} {
		b = binary.BigEndian.AppendUint64(b, m.Seq)
		b = append(b, m.Hash[:]...)
	}
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// errForm is reported of a file that is no witness, or is half of one.
var errForm = errors.New("not a witness")

func decode(b []byte) (t Testimony, turn uint64, err error) {
	if len(b) != formBytes || string(b[:len(magic)]) != magic {
		return t, 0, errForm
	}
	body, sum := b[:formBytes-4], binary.BigEndian.Uint32(b[formBytes-4:])
	if crc32.Checksum(body, castagnoli) != sum {
		return t, 0, fmt.Errorf("%w: its sum is wrong", errForm)
	}
	body = body[len(magic):]
	turn = binary.BigEndian.Uint64(body)
	copy(t.Of[:], body[8:])
	t.Boot = binary.BigEndian.Uint64(body[40:])
	for i, m := range []*Mark{&t.Head, &t.Held} {
		at := body[48+40*i:]
		m.Seq = binary.BigEndian.Uint64(at)
		copy(m.Hash[:], at[8:])
	}
	return t, turn, nil
}
