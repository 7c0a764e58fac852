package flip

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"markaz.example/cmd/markaz-torture/victim"
	realbox "markaz.example/edge/box"
	"markaz.example/edge/chain"
	"markaz.example/edge/durable"
	"markaz.example/edge/ledger"
)

// Verdict is what a flip came to.
type Verdict string

// The verdicts.
const (
	Harmless Verdict = "harmless" // same records, same views, and it can be worked on
	Named    Verdict = "named"    // somebody is told what is wrong
	Undone   Verdict = "undone"   // an older state was taken without a word: what a witness of the head is for
	Silent   Verdict = "silent"   // something is another, and nobody is told
	Crashed  Verdict = "crashed"  // the process fell
)

// state is what a ledger holds.
type state struct {
	Head    chain.Position
	Records [sha256.Size]byte // of all stored bytes up to the head that was there before this start
	Views   [sha256.Size]byte
}

// examiner looks at flipped copies of a data directory.
type examiner struct {
	whole map[string][]byte // the files, by name
	dir   string            // for the copies
	want  state             // of the whole one
	head  uint64            // before the start that looks
}

func guard(err *error) func() { return durable.Store{Damaged: errFell}.Guard(err) }

var errFell = errors.New("reading fell over it")

// one flips a bit and says what becomes of it.
func (x *examiner) one(ctx context.Context, at int64, bit uint) (v Verdict, why error) {
	if err := x.lay(at, bit); err != nil {
		return "", err
	}
	for range 2 {
		got, err := x.look(ctx)
		if err != nil {
			return Named, err
		}
		if v, why = x.compare(got); v != Harmless {
			return v, why
		}
		if err := victim.Press(ctx, x.dir, pressesAfter); err != nil {
			return Named, err
		}
	}
	return Harmless, nil
}

// alone flips the same bit anew and says what bbolt's own check finds.
func (x *examiner) alone(at int64, bit uint) error {
	if err := x.lay(at, bit); err != nil {
		return err
	}
	return checked(filepath.Join(x.dir, ledgerName))
}

const ledgerName = "ledger.db"

// lay puts a copy with one bit flipped in place.
func (x *examiner) lay(at int64, bit uint) error {
	if err := os.RemoveAll(x.dir); err != nil {
		return err
	}
	for name, b := range x.whole {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(x.dir, name)), 0o700); err != nil {
			return err
		}
		if name == ledgerName && at >= 0 {
			b = bytes.Clone(b)
			b[at] ^= 1 << bit
		}
		if err := os.WriteFile(filepath.Join(x.dir, name), b, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// look opens the copy as a box does and verifies everything that can be verified.
func (x *examiner) look(ctx context.Context) (s state, err error) {
	l, err := victim.Open(x.dir)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	if s.Head, err = l.Verify(ctx, nil); err != nil {
		return s, err
	}
	if s.Records, err = recordsUpTo(l, x.head); err != nil {
		return s, err
	}
	views, err := victim.ViewsOf(ctx, l)
	s.Views = sha256.Sum256(views)
	return s, err
}

func recordsUpTo(l *ledger.Ledger, head uint64) (sum [sha256.Size]byte, err error) {
	h := sha256.New()
	for after := uint64(0); after < head; {
		records, err := l.Read(after, 1<<20)
		if err != nil {
			return sum, err
		}
		if len(records) == 0 {
			break // it ends before
		}
		for _, r := range records[:min(uint64(len(records)), head-after)] {
			fmt.Fprintf(h, "%d ", len(r))
			h.Write(r)
		}
		after += uint64(len(records))
	}
	h.Sum(sum[:0])
	return sum, nil
}

// compare is of the first look; at the second the ledger has more in it, and only records can be compared.
func (x *examiner) compare(got state) (Verdict, error) {
	switch {
	case got.Head.Seq < x.want.Head.Seq:
		return Undone, fmt.Errorf("the chain ends at %d, before at %d", got.Head.Seq-1, x.head)
	case got.Records != x.want.Records:
		return Silent, errors.New("records are others")
	case got.Head.Seq == x.want.Head.Seq && got.Views != x.want.Views:
		return Silent, errors.New("views are others")
	}
	return Harmless, nil
}

// take reads the whole directory, and those below.
func (x *examiner) take(whole string) error {
	x.whole = map[string][]byte{}
	return filepath.WalkDir(whole, func(path string, f fs.DirEntry, err error) error {
		if err != nil || !f.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(whole, path)
		if err != nil {
			return err
		}
		x.whole[name], err = os.ReadFile(path)
		return err
	})
}

// newExaminer reads the whole directory and looks at it unflipped.
func newExaminer(ctx context.Context, whole, dir string) (*examiner, error) {
	x := &examiner{dir: dir}
	if err := x.take(whole); err != nil {
		return nil, err
	}
	l, err := ledger.OpenReadOnly(filepath.Join(whole, ledgerName), realbox.Books())
	if err != nil {
		return nil, err
	}
	x.head = l.Acknowledged().Seq
	if err := l.Close(); err != nil {
		return nil, err
	}
	if err := x.lay(-1, 0); err != nil {
		return nil, err
	}
	x.want, err = x.look(ctx)
	return x, err
}
