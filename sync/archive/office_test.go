package archive

import (
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"testing"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
)

// counting is an office that counts, and refuses an act that begins with 0.
type counting struct{ fail error }

func (counting) Succeeds(*bolt.Bucket, chain.Incarnation, ed25519.PublicKey) bool { return false }

func (c counting) Apply(b *bolt.Bucket, index uint64, act []byte) (Answer, error) {
	if act[0] == 0 {
		return Answer{Refused: "zero"}, c.fail
	}
	n := uint64(0)
	if v := b.Get([]byte("n")); v != nil {
		n = binary.BigEndian.Uint64(v)
	}
	count := seqKey(n + uint64(act[0]))
	return Answer{Body: count}, b.Put([]byte("n"), count)
}

func counted(t *testing.T, a *Archive) (n uint64) {
	t.Helper()
	err := a.ViewOffice(func(b *bolt.Bucket) error {
		if b != nil {
			n = binary.BigEndian.Uint64(b.Get([]byte("n")))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// An act has its effect once, in the transaction of its entry, however often the log is played.
func TestActsAreAppliedOnce(t *testing.T) {
	path := archivePath(t)
	a, err := Open(path, counting{})
	if err != nil {
		t.Fatal(err)
	}
	log := []Entry{{Index: 1, Act: []byte{2}}, {Index: 2, Act: []byte{0}}, {Index: 3, Act: []byte{5}}}
	out, err := a.Apply(log)
	if err != nil || binary.BigEndian.Uint64(out[2].Answer.Body) != 7 || out[1].Answer.Refused != "zero" {
		t.Fatalf("got %+v, %v", out, err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if a, err = Open(path, counting{}); err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if _, err := a.Apply(append(log, Entry{Index: 4, Act: []byte{1}})); err != nil {
		t.Fatal(err)
	}
	if got := counted(t, a); got != 8 || a.Applied() != 4 {
		t.Errorf("counted %d, applied %d, want 8 and 4", got, a.Applied())
	}
}

func TestActsWithoutAnOfficeAreRefused(t *testing.T) {
	a := openVerified(t, archivePath(t))
	out, err := a.Apply([]Entry{{Index: 1, Act: []byte{1}}})
	if err != nil || !errors.Is(out[0].Err, ErrOffice) || a.Applied() != 1 {
		t.Errorf("got %+v, %v, applied %d", out, err, a.Applied())
	}
}

// An office that cannot write leaves the archive as it was; the process must leave.
func TestAnOfficeThatFailsPoisons(t *testing.T) {
	broken := errors.New("broken")
	a, err := Open(archivePath(t), counting{fail: broken})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if _, err := a.Apply([]Entry{{Index: 1, Act: []byte{3}}, {Index: 2, Act: []byte{0}}}); !errors.Is(err, ErrUnknown) {
		t.Errorf("got %v, want %v", err, ErrUnknown)
	}
	if got := counted(t, a); got != 0 || a.Applied() != 0 {
		t.Errorf("counted %d, applied %d, want nothing", got, a.Applied())
	}
}

// An archive that is put in place brings its office, which goes on counting.
func TestOfficeComesWithTheArchive(t *testing.T) {
	open := func() *Archive {
		a, err := Open(archivePath(t), counting{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { a.Close() })
		return a
	}
	full, empty := open(), open()
	if _, err := full.Apply([]Entry{{Index: 1, Act: []byte{2}}, {Index: 2, Act: []byte{5}}}); err != nil {
		t.Fatal(err)
	}
	if err := empty.Replace(streamed(t, full, func() {})); err != nil {
		t.Fatal(err)
	}
	if got := counted(t, empty); got != 7 {
		t.Errorf("the office says %d, want 7", got)
	}
	out, err := empty.Apply([]Entry{{Index: 3, Act: []byte{1}}})
	if err != nil || binary.BigEndian.Uint64(out[0].Answer.Body) != 8 {
		t.Errorf("after another act: %+v, %v", out, err)
	}
}
