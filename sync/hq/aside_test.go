package hq

import (
	"crypto/ed25519"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"markaz.example/sync/archive"
	"markaz.example/sync/fleet"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

// forked is an archive file with 300 records of a chain, and a branch that goes on behind record 250 or behind the end.
type forked struct {
	*archive.Archive
	t     *testing.T
	chain *wiretest.Chain
	index uint64
}

func newForked(t *testing.T) *forked {
	t.Helper()
	a, err := archive.Open(filepath.Join(t.TempDir(), "archive.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	f := &forked{Archive: a, t: t, chain: wiretest.New("ISB-01", 1)}
	f.chain.Grow(300)
	f.store(f.chain, 1, 200)
	f.store(f.chain, 201, 300)
	return f
}

func (f *forked) store(c *wiretest.Chain, from, to uint64) {
	f.t.Helper()
	b, err := wire.Pack(c.Key, c.In, c.At(from-1), 0, c.Records(from, to))
	if err != nil {
		f.t.Fatal(err)
	}
	frame, err := wire.Encode(b)
	if err != nil {
		f.t.Fatal(err)
	}
	f.index++
	if _, err := f.Apply([]archive.Entry{{Index: f.index, Key: c.Key.Public().(ed25519.PublicKey), Batch: frame}}); err != nil {
		f.t.Fatal(err)
	}
}

// branch keeps a history aside that leaves the chain at a record and has 30 of its own.
func (f *forked) branch(seed, after uint64) {
	other := f.chain.Clone(seed)
	other.Truncate(after)
	other.Grow(30)
	f.store(other, 201, after+30)
}

// TestAsideIsReadOnce: what the page shows of branches is read again when there is something else, and only then: here
// the file is shut, and a look that reads it finds nothing.
func TestAsideIsReadOnce(t *testing.T) {
	f := newForked(t)
	look := &aside{archive: f.Archive, log: slog.New(slog.DiscardHandler)}
	if got := look.Forks(f.chain.In); got != nil {
		t.Errorf("a chain without branches has %+v", got)
	}
	f.branch(2, 250)
	first := look.Forks(f.chain.In)
	if len(first) != 1 || first[0].First != 251 || first[0].Ours.Seq != 251 || first[0].Theirs.Seq != 251 || first[0].Records != 30 {
		t.Fatalf("the page shows %+v", first)
	}
	f.branch(3, 220)
	second := look.Forks(f.chain.In)
	if len(second) != 2 {
		t.Fatalf("after another branch the page shows %+v", second)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(second, look.Forks(f.chain.In)); diff != "" {
		t.Errorf("the file was read again: %s", diff)
	}
	fresh := &aside{archive: f.Archive, log: slog.New(slog.DiscardHandler)}
	if got := fresh.Forks(f.chain.In); len(got) == 2 {
		t.Error("the control read a shut file")
	}
}

// TestAsideSeesTheChainGoOn: a branch that only went on where the chain ended contradicts it when the chain goes on too.
func TestAsideSeesTheChainGoOn(t *testing.T) {
	onwards := looked{chain: archive.Chain{Branches: []archive.Branch{{Name: "1"}}}, forks: []fleet.Fork{{}}}
	now := onwards.chain
	if !onwards.still(now) {
		t.Error("nothing changed, and it is looked at again")
	}
	if now.Held.Seq = 7; onwards.still(now) {
		t.Error("the chain went on, and it is not looked at again")
	}
	onwards.forks[0].First = 5
	if !onwards.still(now) {
		t.Error("the histories differ already, and each record has it looked at again")
	}
	if now.Branches = []archive.Branch{{Name: "1", Settled: 9}}; onwards.still(now) {
		t.Error("it was settled, and is not looked at again")
	}
	if now = onwards.chain; onwards.still(archive.Chain{Branches: now.Branches, Odd: 1}) {
		t.Error("a record was named, and it is not looked at again")
	}
}
