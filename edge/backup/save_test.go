package backup

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"
)

func TestSave(t *testing.T) {
	dir, m := t.TempDir(), newMaker()
	var path string
	for i := range uint64(4) {
		m.manifest.Head = 123456 + i
		stream, own := m.sealed(t)
		var err error
		if path, _, err = Save(t.Context(), dir, bytes.NewReader(stream), 2); err != nil {
			t.Fatal(err)
		}
		if err := Verify(t.Context(), path, own); err != nil {
			t.Error(err)
		}
	}
	if filepath.Base(path) != "markaz-ISB-01-000123459.backup" {
		t.Errorf("it is called %s", path)
	}
	if all, _ := os.ReadDir(dir); len(all) != 2 {
		t.Errorf("%v are kept", all)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// Wherever the stream ends too soon, or the stick is pulled, no file has a backup's name, and the next attempt clears up.
func TestNoHalfBackupHasAGoodName(t *testing.T) {
	stream, _ := newMaker().sealed(t)
	dir, pulled := t.TempDir(), errors.New("the stick is gone")
	for n := 0; n < len(stream); n += 401 {
		cut := io.MultiReader(bytes.NewReader(stream[:n]), iotest.ErrReader(pulled))
		if _, _, err := Save(t.Context(), dir, cut, 3); !errors.Is(err, pulled) {
			t.Fatalf("cut at %d: %v", n, err)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*"+suffix)); len(left) > 0 {
			t.Fatalf("cut at %d: %v", n, left)
		}
	}
	// A process that was killed leaves this.
	if err := os.WriteFile(filepath.Join(dir, "markaz-ISB-01-000000001.backup.new"), stream[:900], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Save(t.Context(), dir, bytes.NewReader(stream), 3); err != nil {
		t.Fatal(err)
	}
	if all, _ := os.ReadDir(dir); len(all) != 1 {
		t.Errorf("%v are left", all)
	}
}

func TestVerifyFindsWhatTheStickChanged(t *testing.T) {
	stream, _ := newMaker().sealed(t)
	path := finished(t, stream)
	if err := Verify(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 4
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Verify(t.Context(), path); !errors.Is(err, ErrDamaged) {
		t.Errorf("got %v", err)
	}
}

func TestRoomIsSaidBefore(t *testing.T) {
	if err := room(t.TempDir(), 1<<62); !errors.Is(err, ErrRoom) {
		t.Errorf("got %v", err)
	}
}
