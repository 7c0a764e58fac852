package ledger_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
)

// A copy holds what was acknowledged when it began, whatever is decided while it is written, and verifies.
func TestCopyIsOneState(t *testing.T) {
	f := ledgertest.Create(t)
	defer f.Close(t)
	path, want := filepath.Join(t.TempDir(), "copy.db"), f.Acknowledged().Seq
	err := f.Copy(t.Context(), func(c ledger.Copied, write func(io.Writer) error) error {
		if err := f.Tell(t.Context(), "floor", f.Ledger.Clock().Now().Time().AddDate(0, 0, 1), 3); err != nil {
			return err
		}
		if f.Acknowledged().Seq == want || c.Head.Seq != want {
			t.Errorf("the copy is of %d; %d was newest, now %d", c.Head.Seq, want, f.Acknowledged().Seq)
		}
		to, err := os.Create(path)
		if err != nil {
			return err
		}
		if err := errors.Join(write(to), to.Close()); err != nil {
			return err
		}
		if info, err := os.Stat(path); err != nil || info.Size() != c.Bytes {
			t.Errorf("%d bytes were said, %v", c.Bytes, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.OpenReadOnly(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if head, err := l.Verify(t.Context(), nil); err != nil || head.Seq != want {
		t.Errorf("the copy ends at %s, %v", head, err)
	}
}
