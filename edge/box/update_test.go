package box

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	updatebook "markaz.example/edge/book/update"
	"markaz.example/edge/clock"
	"markaz.example/edge/health"
	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
	updater "markaz.example/edge/update"
)

// updating is a box of version 1.0 with a release key, of which nothing runs.
func updating(t *testing.T) (*Box, ed25519.PrivateKey) {
	t.Helper()
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	_, public, err := updater.EncodeKeys(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	keys := filepath.Join(dir, "release.pub")
	if err := os.WriteFile(keys, public, 0o600); err != nil {
		t.Fatal(err)
	}
	o := Options{Software: "markaz 1.0", Log: slog.New(slog.DiscardHandler), Updating: Updating{Dir: dir, Keys: []string{keys}}}
	return &Box{Config: Config{Data: t.TempDir()}, Options: o}, key
}

func updateFile(t *testing.T, key ed25519.PrivateKey, v updater.Version) []byte {
	t.Helper()
	deb := []byte("a package")
	s, err := updater.Sign(key, updater.Manifest{
		Package: "markaz", Version: v, Arch: runtime.GOARCH, Size: uint64(len(deb)), Digest: sha256.Sum256(deb),
	})
	if err != nil {
		t.Fatal(err)
	}
	b, err := updater.Encode(s, deb)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *Box) isStaged() bool { return exists(filepath.Join(b.Data, "update/staged")) }

// TestAPackOfTheProgramIsStagedOnce: headquarters' pack stays active for months, and every start puts it into use anew.
func TestAPackOfTheProgramIsStagedOnce(t *testing.T) {
	for name, c := range map[string]struct {
		version updater.Version
		last    *updater.Outcome
		want    bool
	}{
		"newer":                   {"1.1", nil, true},
		"what is installed":       {"1.0", nil, false},
		"older":                   {"0.9", nil, false},
		"did not come up":         {"1.1", &updater.Outcome{Number: 1, To: "1.1", Result: updater.Returned}, false},
		"another did not come up": {"1.2", &updater.Outcome{Number: 1, To: "1.1", Result: updater.Returned}, true},
		"was refused":             {"1.1", &updater.Outcome{Number: 1, To: "1.1", Result: updater.Refused}, false},
	} {
		t.Run(name, func(t *testing.T) {
			b, key := updating(t)
			if c.last != nil {
				writeOutcome(t, b, *c.last)
			}
			if err := b.useUpdate(updateFile(t, key, c.version)); err != nil {
				t.Error(err)
			}
			if got := b.isStaged(); got != c.want {
				t.Errorf("staged: %v, want %v", got, c.want)
			}
		})
	}
}

func writeOutcome(t *testing.T, b *Box, o updater.Outcome) {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.Updating.Dir, "outcome.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestAStrangersUpdateIsNotStaged: neither from a stick nor in a pack.
func TestAStrangersUpdateIsNotStaged(t *testing.T) {
	b, _ := updating(t)
	stranger := ed25519.NewKeyFromSeed([]byte("00000000000000000000000000000001"))
	file := updateFile(t, stranger, "1.1")
	if b.tryUpdate(file) == nil || b.useUpdate(file) == nil || b.isStaged() {
		t.Error("a stranger's update was taken")
	}
}

// TestOutcomesAreRecordedAndShown: as the updater tells them, each once.
func TestOutcomesAreRecordedAndShown(t *testing.T) {
	b, _ := updating(t)
	f := ledgertest.Create(t, updatebook.Book())
	defer f.Close(t)
	board := health.New(func() clock.Stamp { return clock.Stamp{Wall: time.Now().UnixMilli()} })
	for _, c := range []struct {
		o         updater.Outcome
		condition string
	}{
		{updater.Outcome{Number: 1, From: "1.0", To: "1.1", Result: updater.Returned, Reason: "it does not serve"}, conditionUpdateReturned},
		{updater.Outcome{Number: 2, From: "1.0", To: "0.9", Result: updater.Refused, Reason: "older"}, conditionUpdateRefused},
		{updater.Outcome{Number: 3, From: "1.0", To: "1.2", Result: updater.Updated}, ""},
	} {
		for range 2 {
			if !b.recordOutcome(t.Context(), f.Ledger, c.o) {
				t.Error("not recorded")
			}
		}
		showOutcome(c.o, board)
		list := board.List()
		if c.condition == "" && len(list) != 0 || c.condition != "" && (len(list) != 1 || list[0].Code != c.condition) {
			t.Errorf("%+v shows %+v", c.o, list)
		}
	}
	_ = f.View(t.Context(), func(s ledger.Snapshot) error {
		if last, _ := updatebook.Last(s); last.Version != "1.2" {
			t.Errorf("last is %+v", last)
		}
		return nil
	})
	if got := f.Acknowledged().Seq; got != 4 { // the start, and three
		t.Errorf("%d records", got)
	}
}
