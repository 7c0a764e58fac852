package witness

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func testimony(n uint64) Testimony {
	return Testimony{Of: [32]byte{1}, Boot: 3, Head: Mark{n, [32]byte{byte(n)}}, Held: Mark{n - 1, [32]byte{9}}}
}

// TestCutAtEveryByte: whatever a cut leaves of the file that is being written, the other says what was said before.
func TestCutAtEveryByte(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	syncs := 0
	w, _, ok, err := Open(path, func(time.Duration) { syncs++ })
	if ok || err != nil {
		t.Fatalf("of nothing: %v %v", ok, err)
	}
	defer w.Close()
	for n := uint64(2); n < 6; n++ {
		if err := w.Write(testimony(n)); err != nil {
			t.Fatal(err)
		}
	}
	if syncs != 2 {
		t.Errorf("%d syncs told, want 2: two files were made, two written over", syncs)
	}
	newest := path + suffixes[0]
	whole, err := os.ReadFile(newest)
	if err != nil {
		t.Fatal(err)
	}
	next := testimony(6).encode(5)
	for cut := range next {
		torn := append(bytes.Clone(next[:cut]), whole[cut:]...)
		if err := os.WriteFile(newest, torn, 0o600); err != nil {
			t.Fatal(err)
		}
		said, ok, err := Read(path)
		if err != nil || !ok || said != testimony(5) && said != testimony(4) && !bytes.Equal(torn, next) {
			t.Fatalf("cut at %d: %+v %v %v", cut, said, ok, err)
		}
	}
}

// TestAFlippedBitIsNoTestimony: a sum stands before everything that is believed.
func TestAFlippedBitIsNoTestimony(t *testing.T) {
	b := testimony(7).encode(1)
	for bit := range len(b) * 8 {
		b[bit/8] ^= 1 << (bit % 8)
		if _, _, err := decode(b); !errors.Is(err, errForm) {
			t.Errorf("bit %d is not noticed", bit)
		}
		b[bit/8] ^= 1 << (bit % 8)
	}
	if got, turn, err := decode(b); err != nil || turn != 1 || got != testimony(7) {
		t.Errorf("control: %+v %d %v", got, turn, err)
	}
}

// TestWhatCannotBeWrittenIsSaid: a failure leaves what was said last, and the next attempt begins anew.
func TestWhatCannotBeWrittenIsSaid(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	w, _, _, err := Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for n := uint64(1); n < 4; n++ {
		if err := w.Write(testimony(n)); err != nil {
			t.Fatal(err)
		}
	}
	w.files[0], err = os.Open(os.DevNull) // cannot be written
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(testimony(4)); err == nil {
		t.Error("a write that failed is not said")
	}
	if said, _, err := Read(path); err != nil || said != testimony(3) {
		t.Errorf("after a failure: %+v %v", said, err)
	}
	if err := w.Write(testimony(5)); err != nil {
		t.Error(err)
	}
	if said, _, err := Read(path); err != nil || said != testimony(5) {
		t.Errorf("after the next: %+v %v", said, err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(testimony(7).encode(1))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, turn, err := decode(b)
		if err == nil && !bytes.Equal(got.encode(turn), b) {
			t.Errorf("%x is read, and written as something else", b)
		}
	})
}
