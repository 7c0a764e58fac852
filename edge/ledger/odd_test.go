package ledger_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
)

// oddChain is a chain of which headquarters kept two records that no box of this version would write: bytes that are no
// record at all, and one that says its place and has a header outside its range.
func oddChain(t *testing.T) (records [][]byte, at []chain.Position) {
	t.Helper()
	lost := create(t)
	l, stop := run(t, lost, options())
	talk(t, l, 700)
	must(t, stop())
	records, _ = chainOf(t, lost)
	records[300] = []byte("of a newer program")
	records[len(records)-2] = bytes.Replace(records[len(records)-2], []byte("note.made/1"), []byte("NOTE MADE/1"), 1)
	w := testIncarnation().Start().Walk()
	at = append(at, w.At())
	odd := 0
	for _, r := range records {
		why, err := w.Pass(r)
		must(t, err)
		if why != nil {
			odd++
		}
		at = append(at, w.At())
	}
	if odd != 2 {
		t.Fatalf("%d records are odd, want 2", odd)
	}
	return records, at
}

// A chain with odd records comes back whole, in whatever batches and attempts: they are named, are in no view, and keep
// nothing else from being read.
func TestOddRecordsComeBack(t *testing.T) {
	records, at := oddChain(t)
	path := filepath.Join(t.TempDir(), "ledger.db")
	for done := 0; done < len(records); {
		i := importer(t, path)
		if got := i.Imported().At; got != at[done] {
			t.Fatalf("goes on after %s, want %s", got, at[done])
		}
		for _, n := range []int{120, 40} {
			n = min(n, len(records)-done)
			if done == 320 { // the batch behind the first odd one comes sealed
				must(t, i.Sealed(seal(t, at[done], records[done:done+n])))
			} else {
				must(t, i.Rows(at[done], records[done:done+n]))
			}
			done += n
		}
		must(t, i.Close())
	}
	head, err := importer(t, path).Finish(t.Context(), notes(), nil)
	if err != nil || head != at[len(records)] {
		t.Fatalf("finished at %s, %v, want %s", head, err, at[len(records)])
	}

	l, stop := run(t, path, options())
	must(t, l.Update(t.Context(), "test", note("a", "goes on")))
	must(t, stop())
	if _, err := ledger.SealFile(t.Context(), path, nil); err != nil {
		t.Errorf("seal: %v", err)
	}
	if _, err := ledger.RebuildFile(t.Context(), path, notes(), nil); err != nil {
		t.Errorf("rebuild: %v", err)
	}
	inspectOdd(t, path, []uint64{301, uint64(len(records)) - 1})
}

func inspectOdd(t *testing.T, path string, want []uint64) {
	t.Helper()
	l, err := ledger.OpenReadOnly(path, notes())
	must(t, err)
	defer l.Close()
	var named []uint64
	_, err = l.VerifyOdd(t.Context(), nil, func(o ledger.Odd) { named = append(named, o.Seq) })
	if err != nil || len(named) != 2 || named[0] != want[0] || named[1] != want[1] {
		t.Errorf("verified: %v are odd, %v; want %v", named, err, want)
	}
	if s, err := l.Stats(t.Context(), nil); err != nil || s.Odd != 2 || s.Head <= want[1] {
		t.Errorf("counted %+v, %v", s, err)
	}
	var out strings.Builder
	if err := l.Dump(t.Context(), &out, 0); err != nil || strings.Count(out.String(), `"odd":`) != 2 {
		t.Errorf("printed: %v", err)
	}
	if got, err := l.Read(want[0]-1, 1); err != nil || string(got[0]) != "of a newer program" {
		t.Errorf("read %q, %v", got, err)
	}
}

// Control: what the disk made of a record is not odd, it breaks the chain, for whoever verifies and for whoever rebuilds.
func TestDamageIsNotOdd(t *testing.T) {
	path := create(t)
	l, stop := run(t, path, options())
	talk(t, l, 50)
	must(t, stop())
	change(t, path, func(tx *bolt.Tx) error {
		log := tx.Bucket([]byte("log"))
		v := bytes.Clone(log.Get(be(20)))
		v[len(v)-1], v[40] = 0xff, 0xff
		return log.Put(be(20), v)
	})
	l, err := ledger.OpenReadOnly(path, notes())
	must(t, err)
	if _, err := l.Verify(t.Context(), nil); !errors.Is(err, chain.ErrBroken) {
		t.Errorf("verified: got %v, want %v", err, chain.ErrBroken)
	}
	must(t, l.Close())
	if _, err := ledger.RebuildFile(t.Context(), path, notes(), nil); !errors.Is(err, chain.ErrBroken) {
		t.Errorf("rebuilt: got %v, want %v", err, chain.ErrBroken)
	}
}
