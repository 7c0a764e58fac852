package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/ledger"
)

// spoilt makes a ledger of some notes, lets spoil loose on its closed file, and verifies it.
func spoilt(t *testing.T, spoil func(*bolt.Tx) error) error {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ledger.db")
	if err := ledger.Create(path, testIncarnation()); err != nil {
		t.Fatal(err)
	}
	fillNotes(t, path)
	inFile(t, path, spoil)
	l, err := ledger.OpenReadOnly(path, notes())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = l.Verify(t.Context(), nil)
	return err
}

// fillNotes lets a ledger run for a while: keys are set, set again and set to nothing.
func fillNotes(t *testing.T, path string) {
	t.Helper()
	l, err := ledger.Open(path, ledger.Options{Books: notes(), Software: "test"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	for i := range 20 {
		if err := l.Update(ctx, "test", note(fmt.Sprint("k", i%7), fmt.Sprint("v", i))); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	if err := errors.Join(<-ended, l.Close()); err != nil {
		t.Fatal(err)
	}
}

func inFile(t *testing.T, path string, change func(*bolt.Tx) error) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(change), db.Close()); err != nil {
		t.Fatal(err)
	}
}

func view(tx *bolt.Tx) *bolt.Bucket { return tx.Bucket([]byte("view/notes")) }

func TestFlippedViewIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*bolt.Tx) error
		want  error
	}{
		"nothing":              {func(*bolt.Tx) error { return nil }, nil},
		"a value":              {func(tx *bolt.Tx) error { return view(tx).Put([]byte("k3"), []byte("w17")) }, ledger.ErrDamaged},
		"a key":                {func(tx *bolt.Tx) error { return view(tx).Delete([]byte("k3")) }, ledger.ErrDamaged},
		"one more":             {func(tx *bolt.Tx) error { return view(tx).Put([]byte("k9"), []byte("v1")) }, ledger.ErrDamaged},
		"an earlier version's": {func(tx *bolt.Tx) error { return tx.DeleteBucket([]byte("sums")) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if err := spoilt(t, c.spoil); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

// A version that knows no sums was at work in between: the next start adds up anew, and a rebuild comes to the same.
func TestSumsAreAddedUpAfterAnEarlierVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	if err := ledger.Create(path, testIncarnation()); err != nil {
		t.Fatal(err)
	}
	fillNotes(t, path)
	kept := sums(t, path)
	inFile(t, path, func(tx *bolt.Tx) error { return tx.DeleteBucket([]byte("sums")) })
	fillNotes(t, path)
	fillNotes(t, path)
	before := sums(t, path)
	if before["view/notes"] != kept["view/notes"] {
		t.Error("added up anew, the same view has another sum")
	}
	if _, err := ledger.RebuildFile(t.Context(), path, notes(), nil); err != nil {
		t.Fatal(err)
	}
	for book, sum := range sums(t, path) {
		if sum != before[book] {
			t.Errorf("%s: a rebuild gives the sum %x, before %x", book, sum, before[book])
		}
	}
}

func sums(t *testing.T, path string) map[string]string {
	t.Helper()
	out := map[string]string{}
	inFile(t, path, func(tx *bolt.Tx) error {
		return tx.Bucket([]byte("sums")).ForEach(func(k, v []byte) error { out[string(k)] = string(v); return nil })
	})
	return out
}
