package kit

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"markaz.example/devices/profile"
	"markaz.example/devices/tape"
)

// dialect is what a driver has to speak on a model's serial line, or "" for a model without one.
func dialect(t *testing.T, file string) string {
	t.Helper()
	m, err := profile.Load(shipped, file)
	if err != nil {
		t.Fatal(err)
	}
	switch p := m.(type) {
	case profile.Printer:
		return p.Class + " " + p.Status + " " + p.Image.Command
	case profile.Scale:
		return p.Class + " " + p.Protocol + " " + p.Talk
	case profile.Finger:
		if p.Line.Baud > 0 {
			return p.Class + " " + p.Protocol
		}
	case profile.Paypoint: // banks call us
	default:
		t.Fatalf("%s is of a class that this test does not know", file)
	}
	return ""
}

// Each way of speaking that a shipped model has on a serial line is on a tape, which its driver's tests play.
func TestEverySerialProtocolHasATape(t *testing.T) {
	taped := map[string]bool{}
	for _, pattern := range []string{"../*/testdata/tapes/*.tape", "../*/*/testdata/tapes/*.tape"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			f, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			recorded, err := tape.Read(f)
			f.Close()
			if err != nil || len(recorded.Exchanges) == 0 {
				t.Errorf("%s: %d exchanges, %v", file, len(recorded.Exchanges), err)
			}
			taped[dialect(t, recorded.Profile)] = true
		}
	}
	models, err := fs.Glob(shipped, "*.toml")
	if err != nil {
		t.Fatal(err)
	}
	spoken := 0
	for _, file := range models {
		d := dialect(t, file)
		if d == "" {
			continue
		}
		spoken++
		if !taped[d] {
			t.Errorf("%s speaks %q, and there is no tape of that", file, d)
		}
	}
	if spoken == 0 || taped[""] {
		t.Errorf("%d serial models; a tape of a model without a line: %v", spoken, taped[""])
	}
}
