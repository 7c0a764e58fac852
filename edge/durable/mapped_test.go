package durable_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"strconv"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/durable"
)

// TestUnmap reads a file from end to end, and again after its pages were let go of.
func TestUnmap(t *testing.T) {
	const values = 2000
	value := bytes.Repeat([]byte{7}, 4096)
	path := create(t)
	db, err := store.Open(path, false, sound)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Update(func(tx *bolt.Tx) error {
		for i := range uint64(values) {
			if err := tx.Bucket([]byte("b")).Put(binary.BigEndian.AppendUint64(nil, i), value); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	readAll := func(tx *bolt.Tx) {
		seen := 0
		err := tx.Bucket([]byte("b")).ForEach(func(_, v []byte) error {
			if seen++; !bytes.Equal(v, value) {
				t.Fatalf("value %d changed", seen)
			}
			return nil
		})
		if err != nil || seen != values {
			t.Fatalf("%d values, %v", seen, err)
		}
	}
	err = db.View(func(tx *bolt.Tx) error {
		readAll(tx)
		before := mapped(t, path)
		durable.Unmap(tx)
		after := mapped(t, path)
		if before < values*4 || after > before/10 {
			t.Errorf("%d KiB mapped after reading everything, %d after letting go", before, after)
		}
		readAll(tx)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// mapped is how much of a file is in this process, in KiB.
func mapped(t *testing.T, path string) (kib int) {
	t.Helper()
	b, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	ours := false
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		switch {
		case len(f) > 4 && strings.Contains(f[0], "-"):
			ours = f[len(f)-1] == path
		case ours && f[0] == "Rss:":
			n, err := strconv.Atoi(f[1])
			if err != nil {
				t.Fatal(err)
			}
			kib += n
		}
	}
	return kib
}
