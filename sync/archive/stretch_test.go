package archive

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/id"
	"markaz.example/edge/witness"
)

// walked goes through all of an archive by small steps, and counts them.
func walked(t *testing.T, a *Archive) (steps int, err error) {
	t.Helper()
	for place := ""; ; steps++ {
		if place, err = a.Stretch(t.Context(), place); err != nil || place == "" {
			return steps + 1, err
		}
		if steps > 1000 {
			t.Fatal("no end at ", place)
		}
	}
}

// TestStretchFindsWhatVerifyFinds: by small steps every chain and branch is gone through, and a changed byte is named.
func TestStretchFindsWhatVerifyFinds(t *testing.T) {
	a, err := Open(archivePath(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	index := uint64(0)
	for i := range 3 {
		b := newBox(id.Centre(fmt.Sprint("ISB-0", i+1)), "x")
		for range 70 {
			index++
			apply1(t, a, b.entry(t, index, b.batch(t, 2)))
		}
	}
	steps, err := walked(t, a)
	if err != nil || steps < 9 {
		t.Errorf("%d steps, %v; want three for each chain", steps, err)
	}
	last := a.Chains()[2]
	err = a.db.Update(func(tx *bolt.Tx) error {
		batches := tx.Bucket(chainsName).Bucket([]byte(last.Incarnation.String())).Bucket(batchesName)
		k, v := batches.Cursor().Seek(seqKey(100))
		v = append([]byte(nil), v...)
		v[len(v)/2] ^= 1
		return batches.Put(k, v)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := walked(t, a); !errors.Is(err, ErrDamaged) && !strings.Contains(fmt.Sprint(err), "record") {
		t.Errorf("after a flipped bit: %v", err)
	}
}

// TestAnotherArchiveIsNoticed: the file of another headquarters, or one that was edited, at the very entry that was applied last.
func TestAnotherArchiveIsNoticed(t *testing.T) {
	files := [2]string{archivePath(t), archivePath(t)}
	for i, path := range files {
		a, err := Open(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		b := newBox("ISB-01", fmt.Sprint("box", i))
		apply1(t, a, b.entry(t, 1, b.batch(t, 5)))
		if err := errors.Join(a.Testify(), a.Close()); err != nil {
			t.Fatal(err)
		}
	}
	copyInto(t, files[1], files[0])
	if _, err := Open(files[0], nil); !errors.Is(err, ErrOther) {
		t.Errorf("another's archive: %v, want ErrOther", err)
	}
	if err := witness.Forget(files[0]); err != nil {
		t.Fatal(err)
	}
	a, err := Open(files[0], nil)
	if err != nil {
		t.Fatalf("control: without a witness: %v, want that nobody notices", err)
	}
	if a.Witnessed() != 0 {
		t.Errorf("after nothing was said: entry %d", a.Witnessed())
	}
	if err := errors.Join(a.Testify(), a.Close()); err != nil {
		t.Fatal(err)
	}
	if a, err = Open(files[0], nil); err != nil || a.Witnessed() != 1 {
		t.Errorf("once it was said: %v, entry %d", err, a.Witnessed())
	}
	a.Close()
}

func copyInto(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
