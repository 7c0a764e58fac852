package archive

import (
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"markaz.example/sync/wire"
)

var update = flag.Bool("update", false, "write the golden acts anew")

// acts are one of each, as they go into the raft log.
func acts(t testing.TB) map[string][]byte {
	in := newBox("ISB-01", "a").in
	settle, err := Settle{
		Incarnation: in, Branch: "37-0f1e2d3c4b5a6978", Keep: KeepBranch, Who: "A. Khan", Why: "box 2 was the clone",
		At: time.UnixMilli(1_767_225_600_000),
	}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	odd, err := NameOdd(in, []wire.Odd{wire.NewOdd(7, "record is not well-formed"), wire.NewOdd(9, "a kind to come")})
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"settle": settle, "odd": odd}
}

// TestActsAreFrozen: what an older node put into the log, this one reads.
func TestActsAreFrozen(t *testing.T) {
	for name, act := range acts(t) {
		path := filepath.Join("testdata", name+".hex")
		if *update {
			if err := os.WriteFile(path, []byte(hex.EncodeToString(act)+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		golden, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := hex.EncodeToString(act); got != strings.TrimSpace(string(golden)) {
			t.Errorf("%s: got %s, want %s", name, got, golden)
		}
	}
}

// FuzzActs: whatever an act about chains holds, it is refused or done, the chain it is not about stays, and what it
// changed verifies.
func FuzzActs(f *testing.F) {
	a, b, other := rehearsal(f)
	for _, act := range acts(f) {
		f.Add(act)
	}
	for _, keep := range []Keep{KeepHeld, KeepBranch} {
		c, _ := a.Chain(b.in)
		act, err := Settle{Incarnation: b.in, Branch: c.Branches[0].Name, Keep: keep, Who: "A. Khan", Why: "it is the older"}.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(act)
	}
	f.Add([]byte{tagSettle})
	f.Add([]byte{tagOdd, 0xa1, 0x02, 0x9a, 0xff, 0xff, 0xff, 0xff})
	last := a.Applied()
	f.Fuzz(func(t *testing.T, act []byte) {
		if len(act) == 0 || act[0] < tagSettle {
			t.Skip("the office's")
		}
		_, s := rehearse(t, a, Entry{Index: last + 1, Act: act})
		if c, _ := s.chain(other.in); c.Held != other.head {
			t.Fatal("an act about no branch moved a chain")
		}
		walk := walker{ctx: t.Context()}
		for _, c := range s.chains {
			if err := walk.chain(s.root, c); err != nil {
				t.Fatal(err)
			}
		}
	})
}
