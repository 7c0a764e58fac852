package durable_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/durable"
)

var (
	errMissing = errors.New("missing")
	errInUse   = errors.New("in use")
	errFormat  = errors.New("format")
	errDamaged = errors.New("damaged")
)

var store = durable.Store{Missing: errMissing, InUse: errInUse, Format: errFormat, Damaged: errDamaged}

func fill(tx *bolt.Tx) error { _, err := tx.CreateBucket([]byte("b")); return err }

func sound(*bolt.Tx) error { return nil }

func create(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.db")
	if err := store.Create(path, fill); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCreateLeavesNothingUnfinished(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	broken := errors.New("the power went")
	err := durable.Create(path, func(aside string) error {
		return errors.Join(os.WriteFile(aside, []byte("half"), 0o600), broken)
	})
	if !errors.Is(err, broken) {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an unfinished file has its name: %v", err)
	}
	if err := durable.Create(path, func(aside string) error { return os.WriteFile(aside, []byte("whole"), 0o600) }); err != nil {
		t.Fatalf("after an unfinished start: %v", err)
	}
	if err := durable.Create(path, nil); !errors.Is(err, fs.ErrExist) {
		t.Errorf("creating over a file gives %v, want fs.ErrExist", err)
	}
	if got, _ := os.ReadFile(path); string(got) != "whole" {
		t.Errorf("the file holds %q", got)
	}
}

func TestWriteFileReplacesWhole(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "key")
	for _, text := range []string{"one", "two"} {
		if err := durable.WriteFile(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(path); string(got) != text {
			t.Errorf("the file holds %q, want %q", got, text)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
	if err := durable.WriteFile(filepath.Join(dir, "no", "key"), nil); err == nil {
		t.Error("a directory that is not there was written to")
	}
}

// TestMakeDir: that the names are synced is shown by cmd/markaz-torture, which takes them away otherwise.
func TestMakeDir(t *testing.T) {
	top := t.TempDir()
	deep := filepath.Join(top, "a", "b", "c")
	for range 2 { // the second finds it there
		if err := durable.MakeDir(deep); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(deep); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	file := filepath.Join(top, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, filepath.Join(file, "below")} {
		if durable.MakeDir(path) == nil {
			t.Errorf("%s was made", path)
		}
	}
}

func TestOpenNamesWhatIsWrong(t *testing.T) {
	whole, err := os.ReadFile(create(t))
	if err != nil {
		t.Fatal(err)
	}
	bad := errors.New("not ours")
	for name, c := range map[string]struct {
		file  []byte // nil for none
		check func(*bolt.Tx) error
		want  error
	}{
		"whole":       {whole, sound, nil},
		"missing":     {nil, sound, errMissing},
		"empty":       {[]byte{}, sound, errDamaged},
		"text":        {[]byte(strings.Repeat("this is no database ", 1000)), sound, errDamaged},
		"cut short":   {whole[:3*4096], sound, errDamaged},
		"not ours":    {whole, func(*bolt.Tx) error { return bad }, bad},
		"check falls": {whole, func(*bolt.Tx) error { panic("page 7") }, errDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.db")
			if c.file != nil {
				if err := os.WriteFile(path, c.file, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			db, err := store.Open(path, true, c.check)
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if err == nil {
				db.Close()
			}
		})
	}
}

func TestOneProcessAtATime(t *testing.T) {
	path := create(t)
	first, err := store.Open(path, false, sound)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if _, err := store.Open(path, false, sound); !errors.Is(err, errInUse) {
		t.Errorf("got %v, want in use", err)
	}
}
