package quorum

import (
	"bytes"
	"errors"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/hashicorp/raft"
	bolt "go.etcd.io/bbolt"

	"markaz.example/sync/archive"
)

// logsName is raft-boltdb's bucket of entries.
var logsName = []byte("logs")

func entries() []*raft.Log {
	return []*raft.Log{
		{Index: 1, Term: 1, Type: raft.LogConfiguration, Data: []byte("members")},
		{Index: 2, Term: 1, Type: raft.LogNoop},
		{Index: 3, Term: 2, Type: raft.LogCommand, Data: bytes.Repeat([]byte("batch "), 50), Extensions: []byte("a ticket")},
	}
}

// written is a store with entries, by sums or, as an earlier version did it, without.
func written(t *testing.T, sums bool) (dir string) {
	t.Helper()
	dir = t.TempDir()
	s, err := openStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	write := s.StoreLogs
	if !sums {
		write = s.BoltStore.StoreLogs
	}
	if err := errors.Join(write(entries()), s.Close()); err != nil {
		t.Fatal(err)
	}
	return dir
}

// flip changes one bit of the newest entry, in the file of a closed store.
func flip(t *testing.T, dir string) {
	t.Helper()
	db, err := bolt.Open(filepath.Join(dir, "raft.db"), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bolt.Tx) error {
		b := tx.Bucket(logsName)
		k, v := b.Cursor().Last()
		v = bytes.Clone(v)
		v[len(v)/2] ^= 4 // in the data, which is most of it
		return b.Put(bytes.Clone(k), v)
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func reopened(t *testing.T, dir string) summed {
	t.Helper()
	s, err := openStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestEntriesComeBackAsTheyWere(t *testing.T) {
	for _, sums := range []bool{true, false} {
		s := reopened(t, written(t, sums))
		for i, want := range entries() {
			var got raft.Log
			if err := s.GetLog(uint64(i+1), &got); err != nil {
				t.Fatal(err)
			}
			got.AppendedAt = want.AppendedAt
			if len(got.Data) == 0 {
				got.Data = want.Data // nil and empty are one to raft
			}
			if !reflect.DeepEqual(&got, want) {
				t.Errorf("sums %v: got %+v, want %+v", sums, got, want)
			}
		}
	}
}

// The control is raft-boltdb alone, and an entry of an earlier version: neither notices anything.
func TestAFlippedEntryIsNamed(t *testing.T) {
	for _, sums := range []bool{true, false} {
		dir := written(t, sums)
		flip(t, dir)
		s := reopened(t, dir)
		var l raft.Log
		if err := s.BoltStore.GetLog(3, &l); err != nil {
			t.Fatalf("control: raft-boltdb says %v", err)
		}
		if err := s.GetLog(3, &l); errors.Is(err, ErrDamaged) != sums {
			t.Errorf("sums %v: %v", sums, err)
		}
		if err := verifyNewest(s); errors.Is(err, ErrDamaged) != sums {
			t.Errorf("sums %v, the newest: %v", sums, err)
		}
	}
}

// The walk in the background names what the start passed over, and the node says that its files are broken.
func TestTheLogIsWalked(t *testing.T) {
	n := &Node{store: reopened(t, written(t, true))}
	place, err := n.stretch(t.Context(), "")
	if err != nil || place != "3" {
		t.Fatalf("came to %q, %v", place, err)
	}
	if place, err = n.stretch(t.Context(), place); err != nil || place != "" {
		t.Fatalf("behind the end: %q, %v", place, err)
	}
	dir := written(t, true)
	flip(t, dir)
	n = &Node{store: reopened(t, dir)}
	if _, err := n.stretch(t.Context(), ""); !errors.Is(err, ErrDamaged) {
		t.Errorf("a flipped entry: %v", err)
	}
}

// A node whose log rotted does not start, and says what to do.
func TestARottenLogDoesNotStart(t *testing.T) {
	dir := t.TempDir()
	r := start(t, dir)
	c := grown("ISB-01", 1, 10)
	r.submit(t, c, pack(t, c, 1, 10), archive.Append, 10)
	r.close(t)
	flip(t, dir)
	if n, a, err := open(t, dir); !errors.Is(err, ErrDamaged) {
		t.Errorf("opened: %v, want %v", err, ErrDamaged)
		_ = errors.Join(n.Close(), a.Close())
	}
}
