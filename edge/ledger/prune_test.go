package ledger_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/block/blocktest"
	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/ledger"
)

// ofBlock is the records of a block of months.
const ofBlock = 200

// months is a ledger of five blocks and some rows, over some hours, which headquarters confirmed up to its end.
func months(t testing.TB) (path string, d *blocktest.Days) {
	t.Helper()
	return monthsBy(t, clock.Network)
}

func monthsBy(t testing.TB, g clock.Grade) (path string, d *blocktest.Days) {
	t.Helper()
	d = blocktest.New(1)
	d.Trust(g)
	d.Grow(5*ofBlock + 100)
	path = filepath.Join(t.TempDir(), "ledger.db")
	i := importer(t, path)
	for from := 0; from < 5*ofBlock; from += ofBlock {
		must(t, i.Sealed(seal(t, d.At[from], d.Records[from:from+ofBlock])))
	}
	must(t, i.Rows(d.At[5*ofBlock], d.Records[5*ofBlock:]))
	if _, err := i.Finish(t.Context(), notes(), nil); err != nil {
		t.Fatal(err)
	}
	return path, d
}

func confirm(t testing.TB, path string, at chain.Position) {
	t.Helper()
	value := append(binary.BigEndian.AppendUint64(nil, at.Seq), at.Hash[:]...)
	change(t, path, func(tx *bolt.Tx) error { return tx.Bucket([]byte("meta")).Put([]byte("confirmed"), value) })
}

func prune(t testing.TB, path string, keep time.Duration) ledger.Pruned {
	t.Helper()
	p, err := ledger.PruneFile(t.Context(), path, keep, nil)
	must(t, err)
	return p
}

// What is forgotten is named as such, and everything else is as it was.
func TestPrunedRecordsAreNamed(t *testing.T) {
	path, d := months(t)
	p := prune(t, path, 0)
	if p.Base != d.At[4*ofBlock] || p.Blocks != 4 || p.Records != 4*ofBlock {
		t.Fatalf("pruned %+v, want four blocks of five", p)
	}
	l, err := ledger.OpenReadOnly(path, notes())
	must(t, err)
	for _, seq := range []uint64{1, ofBlock, p.Base.Seq - 1} {
		if _, err := l.HashAt(seq); !errors.Is(err, ledger.ErrPruned) {
			t.Errorf("hash of %d: got %v, want ErrPruned", seq, err)
		}
		if _, err := l.Read(seq-1, 1000); !errors.Is(err, ledger.ErrPruned) {
			t.Errorf("read after %d: got %v, want ErrPruned", seq-1, err)
		}
		if err := l.Dump(t.Context(), &bytes.Buffer{}, seq); !errors.Is(err, ledger.ErrPruned) {
			t.Errorf("dump after %d: got %v, want ErrPruned", seq, err)
		}
	}
	for _, seq := range []uint64{0, p.Base.Seq, p.Base.Seq + 1, p.Base.Seq + ofBlock, d.Head().Seq} {
		if h, err := l.HashAt(seq); err != nil || h != d.At[seq].Hash {
			t.Errorf("hash of %d: %v", seq, err)
		}
	}
	if records, err := l.Read(p.Base.Seq, 1000); err != nil || !bytes.Equal(records[0], d.Records[p.Base.Seq]) {
		t.Errorf("read after the base: %v", err)
	}
	if head, err := l.Verify(t.Context(), nil); err != nil || head != d.Head() {
		t.Errorf("verified up to %s, %v", head, err)
	}
	s, err := l.Stats(t.Context(), nil)
	must(t, err)
	if s.Pruned != p.Base.Seq || s.Blocks != 1 {
		t.Errorf("got %+v", s)
	}
	must(t, l.Close())
	if again := prune(t, path, 0); again.Blocks != 0 || again.Base != p.Base {
		t.Errorf("pruned again: %+v", again)
	}
	must(t, reopen(t, path).Update(t.Context(), "test", note("a", "goes on")))
}

// Neither age alone nor confirmation alone lets a record go.
func TestPruneKeepsWhatItMust(t *testing.T) {
	hour := time.Hour
	for name, c := range map[string]struct {
		confirmed, blocks int
		keep              time.Duration
	}{
		"nothing confirmed":          {0, 0, 0},
		"in the middle of a block":   {2*ofBlock + 100, 2, 0},
		"at the end of a block":      {3 * ofBlock, 3, 0},
		"all confirmed, all young":   {5*ofBlock + 100, 0, 10_000 * hour},
		"all confirmed, half is old": {5*ofBlock + 100, 2, 0},
	} {
		t.Run(name, func(t *testing.T) {
			path, d := months(t)
			if name == "all confirmed, half is old" {
				c.keep = wallOf(t, d, len(d.Records)) - wallOf(t, d, 2*ofBlock+50)
			}
			confirm(t, path, d.At[c.confirmed])
			if p := prune(t, path, c.keep); p.Blocks != c.blocks {
				t.Errorf("pruned %+v, want %d blocks", p, c.blocks)
			}
		})
	}
}

// A clock of which nobody says that it is right lets nothing go, however old it makes everything look.
func TestPruneWantsATimeSomebodyVouchesFor(t *testing.T) {
	for g, blocks := range map[clock.Grade]int{clock.Unset: 0, clock.RTC: 0, clock.Human: 0, clock.Network: 4} {
		path, _ := monthsBy(t, g)
		if p := prune(t, path, 0); p.Blocks != blocks {
			t.Errorf("%s: pruned %d blocks, want %d", g, p.Blocks, blocks)
		}
	}
}

func wallOf(t testing.TB, d *blocktest.Days, seq int) time.Duration {
	t.Helper()
	r, err := chain.Decode(d.Records[seq-1])
	must(t, err)
	return time.Duration(r.Stamp.Wall) * time.Millisecond
}

func TestPruneWantsHeadquartersToHoldThisChain(t *testing.T) {
	path, d := months(t)
	forked := d.At[2*ofBlock+50]
	forked.Hash[0] ^= 1
	confirm(t, path, forked)
	if _, err := ledger.PruneFile(t.Context(), path, 0, nil); !errors.Is(err, ledger.ErrNotHeld) {
		t.Errorf("got %v, want ErrNotHeld", err)
	}
	l, err := ledger.OpenReadOnly(path, notes())
	must(t, err)
	defer l.Close()
	if _, err := l.HashAt(1); err != nil {
		t.Errorf("something was forgotten: %v", err)
	}
}

// Software with other views cannot make them from half a chain. It says so and changes nothing: the version before goes
// on.
func TestViewsOfAPrunedLedgerAreNotDropped(t *testing.T) {
	path, _ := months(t)
	session(t, path, options(), note("a", "one"))
	prune(t, path, 0)
	before := dump(t, path)
	if _, err := ledger.RebuildFile(t.Context(), path, notes(), nil); !errors.Is(err, ledger.ErrPruned) {
		t.Errorf("rebuild: got %v, want ErrPruned", err)
	}
	o := options()
	o.Books[0].Version++
	if _, err := ledger.Open(path, o); !errors.Is(err, ledger.ErrPruned) {
		t.Errorf("a new version of the view: got %v, want ErrPruned", err)
	}
	if after := dump(t, path); after != before {
		t.Error("the views changed")
	}
	session(t, path, options(), note("a", "two"))
}
