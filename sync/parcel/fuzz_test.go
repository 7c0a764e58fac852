package parcel

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"testing"
)

// plain is what a parcel seals.
func plain(t testing.TB) []byte {
	t.Helper()
	own := identity(t, filepath.Join(t.TempDir(), "parcel.key"))
	var b bytes.Buffer
	if _, err := newSender(t, 3).Write(t.Context(), &b, own.Recipient(), nil); err != nil {
		t.Fatal(err)
	}
	r, err := unsealed(&b, own)
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// FuzzItems: whoever knows a recipient may seal anything. It ends with one of our errors, or with a signature that holds.
func FuzzItems(f *testing.F) {
	whole := plain(f)
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add(whole[:len(magic)+3])
	f.Add([]byte(magic + "\xff\xff\xff\xff\x7f"))
	f.Fuzz(func(t *testing.T, b []byte) {
		u, err := begin(bytes.NewReader(b))
		for err == nil {
			_, err = u.next()
		}
		for _, known := range []error{io.EOF, ErrDamaged, ErrMalformed, ErrForged} {
			if errors.Is(err, known) {
				return
			}
		}
		t.Errorf("got %v", err)
	})
}

func FuzzHead(f *testing.F) {
	f.Add(headOf(f, newSender(f, 1)))
	f.Add([]byte{0xa0})
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := decodeHead(b)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Errorf("got %v", err)
			}
			return
		}
		again, err := h.encode()
		if err != nil {
			t.Fatal(err)
		}
		if twice, err := decodeHead(again); err != nil || twice.Incarnation != h.Incarnation || twice.Direction != h.Direction {
			t.Errorf("written again it reads %+v, %v; it was %+v", twice, err, h)
		}
	})
}
