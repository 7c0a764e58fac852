package quorum

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"markaz.example/edge/witness"
	"markaz.example/sync/archive"
)

// grownDir is the directory of a node that took so many batches of one box, each a record, and stopped.
func grownDir(t *testing.T, dir string, from, to uint64) {
	t.Helper()
	r := start(t, dir)
	defer r.close(t)
	c := grown("ISB-01", 1, int(to))
	for n := from; n <= to; n++ {
		r.submit(t, c, pack(t, c, n, n), archive.Append, n)
	}
}

// TestOlderFilesAreNoticed: log and archive of an earlier moment, together or the log alone, are named before anything is
// written. The control is the same without the witnesses, which opens.
func TestOlderFilesAreNoticed(t *testing.T) {
	dir := t.TempDir()
	grownDir(t, dir, 1, 5)
	older := copyDir(t, dir)
	grownDir(t, dir, 6, 9)
	for _, name := range []string{"raft.db", "archive.db"} {
		b, err := os.ReadFile(filepath.Join(older, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if n, a, err := open(t, dir); !errors.Is(err, ErrOlder) {
		t.Fatalf("got %v %v %v, want ErrOlder", n, a, err)
	}
	for _, name := range []string{"raft.db", "archive.db"} {
		if err := witness.Forget(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	n, a, err := open(t, dir)
	if err != nil {
		t.Fatalf("control: without a witness: %v, want that nobody notices", err)
	}
	if err := errors.Join(n.Close(), a.Close()); err != nil {
		t.Error(err)
	}
}

// TestALostPairIsNotBegunAgain: where both files are gone a node has a past, and does not begin as if it had none.
func TestALostPairIsNotBegunAgain(t *testing.T) {
	dir := t.TempDir()
	grownDir(t, dir, 1, 3)
	for _, name := range []string{"raft.db", "archive.db", "snapshots"} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := open(t, dir); !errors.Is(err, ErrOlder) {
		t.Errorf("got %v, want ErrOlder", err)
	}
}

// TestAWreckedLogIsNamed: what raft-boltdb would panic on, or take for a new log, is an error with a remedy.
func TestAWreckedLogIsNamed(t *testing.T) {
	dir := t.TempDir()
	grownDir(t, dir, 1, 3)
	whole, err := os.ReadFile(filepath.Join(dir, "raft.db"))
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"empty": nil, "zeros": make([]byte, len(whole)), "cut short": whole[:3*os.Getpagesize()]} {
		if err := os.WriteFile(filepath.Join(dir, "raft.db"), b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := open(t, dir); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: got %v, want ErrDamaged", name, err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "raft.db"), whole, 0o600); err != nil {
		t.Fatal(err)
	}
	r := start(t, dir) // control
	if _, err := r.Held(grown("ISB-01", 1, 3).In); err != nil {
		t.Error(err)
	}
	r.close(t)
}
