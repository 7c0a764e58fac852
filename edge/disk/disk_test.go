package disk

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// volume is one of a test: so many bytes, less what the ballast takes and what others fill.
type volume struct{ bytes, filled int64 }

func (v *volume) free(dir string) int64 {
	return v.bytes - v.filled - size(filepath.Join(dir, "ballast"))
}

func TestBallastIsGivenUpAndTakenBack(t *testing.T) {
	v := &volume{bytes: 100 << 20}
	b := &Ballast{Path: filepath.Join(t.TempDir(), "ballast"), Bytes: 1 << 20, Spare: 10 << 20, Free: v.free}
	for _, c := range []struct {
		what    string
		filled  int64
		release bool
		want    Room
	}{
		{"a wide volume", 0, false, Ample},
		{"little is left", 95 << 20, false, Scarce},
		{"a store found it full", 99 << 20, true, Spent},
		{"as long as it is full", 99 << 20, false, Spent},
		{"some was deleted, not enough", 90 << 20, false, Spent},
		{"there is room again", 50 << 20, false, Ample},
	} {
		v.filled = c.filled
		if c.release && !b.Release() {
			t.Errorf("%s: nothing was given up", c.what)
		}
		if got := b.Look(); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
	if got := size(b.Path); got != 1<<20 {
		t.Errorf("the ballast was taken back as %d bytes", got)
	}
}

// TestBallastIsReallyThere: a sparse file would hold no room.
func TestBallastIsReallyThere(t *testing.T) {
	b := &Ballast{Path: filepath.Join(t.TempDir(), "ballast"), Bytes: 1 << 20, Spare: 1}
	b.Look()
	if got := blocks(t, b.Path); got < 1<<20 {
		t.Errorf("%d bytes of blocks, want %d", got, 1<<20)
	}
	sparse := filepath.Join(t.TempDir(), "sparse")
	if err := os.WriteFile(sparse, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(sparse, 1<<20); err != nil {
		t.Fatal(err)
	}
	if got := blocks(t, sparse); got != 0 {
		t.Fatalf("control: a file that nothing was written to takes %d bytes: put TMPDIR on a file system with sparse files", got)
	}
	if err := Fill(sparse); err != nil || blocks(t, sparse) < 1<<20 {
		t.Errorf("filled: %v, %d bytes", err, blocks(t, sparse))
	}
}

// TestCeiling: a file grows while the volume bears the next step, and fills what it has when it does not.
func TestCeiling(t *testing.T) {
	v := &volume{bytes: 100 << 20}
	b := &Ballast{Path: filepath.Join(t.TempDir(), "ballast"), Bytes: 1, Spare: 1, Free: v.free}
	b.Look()
	if got := b.Ceiling(5); got != 0 {
		t.Errorf("on a wide volume %d", got)
	}
	v.filled = 99 << 20
	b.Look()
	if got := b.Ceiling(5); got != 5+growBytes {
		t.Errorf("on a full one %d", got)
	}
}

func TestDrivesThatLie(t *testing.T) {
	quick, slow := new(Times), new(Times)
	for range JudgedFrom {
		quick.Add(9 * time.Microsecond)
		slow.Add(2 * time.Millisecond)
	}
	for _, c := range []struct {
		kind string
		t    *Times
		want bool
	}{
		{"ext4", quick, true}, {"ext4", slow, false}, {"tmpfs", quick, false}, {"overlay", quick, false},
		{"fuse", quick, false}, {"ext4", new(Times), false},
	} {
		if got := (Volume{Kind: c.kind}).Lies(c.t.Summary()); got != c.want {
			t.Errorf("%s with a median of %v: lies %v, want %v", c.kind, c.t.Summary().Median, got, c.want)
		}
	}
}

func TestSummary(t *testing.T) {
	var times Times
	for n := range 100 {
		times.Add(time.Duration(n+1) * time.Millisecond)
	}
	got := times.Summary()
	if got.Count != 100 || got.Median != 65536*time.Microsecond || got.Longest != 100*time.Millisecond || got.P99 < 99*time.Millisecond {
		t.Errorf("got %+v", got)
	}
	times.Add(-time.Second) // a clock that was put back is no reason to fall
	times.Add(time.Hour)
	if got := times.Summary(); got.Count != 102 || got.Longest != time.Hour {
		t.Errorf("got %+v", got)
	}
}

func TestLook(t *testing.T) {
	v, err := Look(t.TempDir())
	if err != nil || v.Kind == "" || v.Size < v.Free || v.Size == 0 {
		t.Errorf("got %+v, %v", v, err)
	}
	if _, err := Look(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a volume of nothing is told")
	}
}
