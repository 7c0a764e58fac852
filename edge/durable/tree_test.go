package durable_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/durable"
)

// grown is a file with buckets of several levels, one in another, a large value, and free pages.
func grown(t *testing.T) string {
	t.Helper()
	path := create(t)
	db, err := store.Open(path, false, sound)
	if err != nil {
		t.Fatal(err)
	}
	for round := range 3 {
		if err := db.Update(func(tx *bolt.Tx) error { return growBucket(tx.Bucket([]byte("b")), round) }); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func growBucket(b *bolt.Bucket, round int) error {
	inner, err := b.CreateBucketIfNotExists([]byte("inner"))
	if err != nil {
		return err
	}
	for i := range 2000 {
		key := fmt.Appendf(nil, "key %d of round %d", i, round)
		if err := errors.Join(b.Put(key, key), inner.Put(key, bytes.Repeat(key, 3)), b.Delete(fmt.Appendf(nil, "key %d of round %d", i, round-2))); err != nil {
			return err
		}
	}
	return b.Put([]byte("large"), make([]byte, 50_000))
}

func judge(path string) error {
	db, err := store.Open(path, true, func(tx *bolt.Tx) error { return store.Sound(tx, true) })
	if err == nil {
		db.Close()
	}
	return err
}

func TestSoundFilesPass(t *testing.T) {
	for name, path := range map[string]string{"new": create(t), "grown": grown(t)} {
		if err := judge(path); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	kept := durable.Store{NoFreelistSync: true, Damaged: errDamaged}
	path := filepath.Join(t.TempDir(), "x.db")
	if err := kept.Create(path, fill); err != nil {
		t.Fatal(err)
	}
	if err := judge(path); err != nil {
		t.Errorf("without a list of free pages: %v", err)
	}
}

// pages are those of a kind in a file, by where they begin.
func pages(b []byte, kind uint16) (out []int) {
	for at := 0; at < len(b); at += os.Getpagesize() {
		if binary.NativeEndian.Uint64(b[at:]) == uint64(at/os.Getpagesize()) && binary.NativeEndian.Uint16(b[at+8:]) == kind {
			out = append(out, at)
		}
	}
	return out
}

// A branch that leads to itself lets bbolt go round for ever; one that leads elsewhere hides what is there.
func TestMisleadingBranchesAreNamed(t *testing.T) {
	whole, err := os.ReadFile(grown(t))
	if err != nil {
		t.Fatal(err)
	}
	branches := pages(whole, 1)
	for name, spoil := range map[string]func(b []byte, at int){
		"to itself":     func(b []byte, at int) { copy(b[at+16+8:], b[at:at+8]) },
		"out of it":     func(b []byte, at int) { b[at+16+8+5] ^= 1 },
		"a lower key":   func(b []byte, at int) { key(b, at, 1)[0] = 0 },
		"a higher key":  func(b []byte, at int) { key(b, at, 1)[0] = 0xff },
		"another kind":  func(b []byte, at int) { b[at+8] ^= 8 },
		"too many":      func(b []byte, at int) { b[at+11] ^= 0x80 },
		"longer":        func(b []byte, at int) { b[at+12] ^= 1 },
		"another page":  func(b []byte, at int) { b[at] ^= 1 },
		"a key outside": func(b []byte, at int) { b[at+16+3] ^= 0x40 },
	} {
		caught := 0
		for _, at := range branches {
			b := bytes.Clone(whole)
			spoil(b, at)
			if err := judge(written(t, b)); errors.Is(err, errDamaged) {
				caught++
			} else if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if caught == 0 { // a page that is free may say what it likes
			t.Errorf("%s: not named in any of %d branches", name, len(branches))
		}
	}
}

// A bucket that is kept inside a page says itself what it is; one that calls itself a branch is gone round in for ever.
func TestMisleadingBucketIsNamed(t *testing.T) {
	path := create(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, at := range pages(whole, 2) {
		inside := at + 16 + 16 + len("b") + 16 // behind the element, its key and the bucket's own
		for _, bit := range []byte{1, 4, 0x80} {
			b := bytes.Clone(whole)
			b[inside+8] ^= bit
			if err := judge(written(t, b)); errors.Is(err, errDamaged) {
				named++
			} else if err != nil {
				t.Error(err)
			}
		}
	}
	if named != 3 { // the page in use; there is an older one
		t.Errorf("%d of 3 are named", named)
	}
}

// key is that of an element of a branch.
func key(b []byte, at, i int) []byte {
	e := at + 16 + i*16
	pos := binary.NativeEndian.Uint32(b[e:])
	return b[e+int(pos):]
}

func written(t *testing.T, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Whatever stands in the pages that lead to others: it comes to an end, and nothing falls.
func TestSoundEnds(t *testing.T) {
	whole, err := os.ReadFile(grown(t))
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 1))
	leading := append(pages(whole, 1), pages(whole, 16)...)
	for range 300 {
		b := bytes.Clone(whole)
		for range 1 + random.IntN(3) {
			b[leading[random.IntN(len(leading))]+random.IntN(200)] ^= 1 << random.IntN(8)
		}
		path, ended := written(t, b), make(chan error, 1)
		go func() { ended <- judge(path) }()
		select {
		case err := <-ended:
			if err != nil && !errors.Is(err, errDamaged) {
				t.Error(err)
			}
		case <-time.After(time.Minute):
			t.Fatal("it goes round for ever")
		}
	}
}
