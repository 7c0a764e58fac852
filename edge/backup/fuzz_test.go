package backup

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// inner is the archive that a backup seals.
func inner(t testing.TB) []byte {
	t.Helper()
	m := newMaker()
	m.files[0] = Bytes(Ledger, []byte("records"))
	stream, own := m.sealed(t)
	plain, err := unseal(bytes.NewReader(stream[prefaceBytes:]), []Identity{own})
	if err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewReader(plain)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	all, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// FuzzArchive: whoever knows a recipient may seal anything. It ends with one of our errors, or with a signature that holds.
func FuzzArchive(f *testing.F) {
	whole := inner(f)
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add(bytes.ReplaceAll(whole, []byte(`"bytes": 7`), []byte(`"bytes": 9`)))
	f.Fuzz(func(t *testing.T, b []byte) {
		u, err := begin(bytes.NewReader(b))
		for err == nil {
			_, _, err = u.next()
		}
		for _, known := range []error{io.EOF, ErrDamaged, ErrMalformed, ErrForged} {
			if errors.Is(err, known) {
				return
			}
		}
		t.Errorf("got %v", err)
	})
}

// FuzzFile: any bytes as a file, with its size right, so that the seal is reached.
func FuzzFile(f *testing.F) {
	stream, own := newMaker().sealed(f)
	path := finished(f, stream)
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:prefaceBytes])
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		err := readAll(path, own)
		for _, known := range []error{io.EOF, ErrDamaged, ErrMalformed, ErrForged, ErrNotOurs} {
			if errors.Is(err, known) {
				return
			}
		}
		t.Errorf("got %v", err)
	})
}

func FuzzPreface(f *testing.F) {
	f.Add(newMaker().manifest.open().encode())
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := decodePreface(b)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Errorf("got %v", err)
			}
			return
		}
		if again, err := decodePreface(p.encode()); err != nil || again.Head != p.Head || again.Sum != p.Sum {
			t.Errorf("written again it reads %+v, %v; it was %+v", again, err, p)
		}
	})
}
