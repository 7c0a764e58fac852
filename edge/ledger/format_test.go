package ledger_test

import (
	"errors"
	"path/filepath"
	"testing"

	"markaz.example/edge/ledger"
)

func TestFormatOf(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	if _, err := ledger.FormatOf(path); !errors.Is(err, ledger.ErrMissing) {
		t.Errorf("no file: %v", err)
	}
	if err := ledger.Create(path, testIncarnation()); err != nil {
		t.Fatal(err)
	}
	if got, err := ledger.FormatOf(path); got != 1 || err != nil {
		t.Errorf("a new file has format %d, %v", got, err)
	}
}
