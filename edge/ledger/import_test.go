package ledger_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"markaz.example/edge/block"
	"markaz.example/edge/block/blocktest"
	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
)

func importer(t testing.TB, path string) *ledger.Importer {
	t.Helper()
	i, err := ledger.Import(path, testIncarnation())
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func seal(t testing.TB, prev chain.Position, records [][]byte) block.Sealed {
	t.Helper()
	s, err := block.Seal(prev, records)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A chain comes back in batches of rows and in blocks, in any mixture, over several attempts; the ledger that is made of
// it has every record and every view.
func TestImportMakesTheLedgerAgain(t *testing.T) {
	lost := create(t)
	l, stop := run(t, lost, options())
	talk(t, l, 1200)
	must(t, stop())
	records, at := chainOf(t, lost)

	path := filepath.Join(t.TempDir(), "ledger.db")
	for done := 0; done < len(records); {
		i := importer(t, path)
		if got := i.Imported().At; got != at[done] {
			t.Fatalf("goes on after %s, want %s", got, at[done])
		}
		for step, n := range []int{1, 300, 5, 200} {
			n = min(n, len(records)-done)
			if n > 0 && step%2 == 0 {
				must(t, i.Rows(at[done], records[done:done+n]))
			} else if n > 0 {
				must(t, i.Sealed(seal(t, at[done], records[done:done+n])))
			}
			done += n
		}
		must(t, i.Close())
	}
	head, err := importer(t, path).Finish(t.Context(), notes(), nil)
	if err != nil || head != at[len(records)] {
		t.Fatalf("finished at %s, %v, want %s", head, err, at[len(records)])
	}
	again, _ := chainOf(t, path)
	if len(again) != len(records) {
		t.Fatalf("%d records came back, want %d", len(again), len(records))
	}
	if got, want := dump(t, path), dump(t, lost); got != want {
		t.Errorf("views differ:\n%s\nwant\n%s", got, want)
	}
	l = reopen(t, path)
	if got := l.Confirmed(); got != at[len(records)] {
		t.Errorf("believes that headquarters holds %s", got)
	}
	must(t, l.Update(t.Context(), "test", note("a", "goes on")))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// chainOf reads a whole ledger; at[i] is the position of record i.
func chainOf(t testing.TB, path string) (records [][]byte, at []chain.Position) {
	t.Helper()
	l, err := ledger.OpenReadOnly(path, notes())
	must(t, err)
	defer l.Close()
	at = []chain.Position{l.Incarnation().Start()}
	for {
		more, err := l.Read(uint64(len(records)), 1<<16)
		must(t, err)
		if len(more) == 0 {
			return records, at
		}
		for _, r := range more {
			next, _, err := at[len(at)-1].Follow(r)
			must(t, err)
			records, at = append(records, r), append(at, next)
		}
	}
}

// Rows become blocks as they come in, so that a chain of years takes little room and few commits.
func TestImportGathersRowsIntoBlocks(t *testing.T) {
	d := blocktest.New(1)
	d.Grow(5000)
	path := filepath.Join(t.TempDir(), "ledger.db")
	i := importer(t, path)
	for from := 0; from < len(d.Records); from += 7 {
		must(t, i.Rows(d.At[from], d.Records[from:min(from+7, len(d.Records))]))
	}
	if _, err := i.Finish(t.Context(), notes(), nil); err != nil {
		t.Fatal(err)
	}
	l, err := ledger.OpenReadOnly(path, notes())
	must(t, err)
	defer l.Close()
	s, err := l.Stats(t.Context(), nil)
	must(t, err)
	if s.Blocks != 2 || s.Head != uint64(len(d.Records)) || s.Rows >= 2048 {
		t.Errorf("got %+v, want two blocks and the rest rows", s)
	}
}

func TestImportRefusesWhatIsNotNext(t *testing.T) {
	d := blocktest.New(1)
	d.Grow(300)
	path := filepath.Join(t.TempDir(), "ledger.db")
	i := importer(t, path)
	must(t, i.Rows(d.At[0], d.Range(1, 100)))
	for name, c := range map[string]struct {
		take func() error
		want error
	}{
		"a gap of rows":         {func() error { return i.Rows(d.At[200], d.Range(201, 210)) }, ledger.ErrNotNext},
		"the same rows":         {func() error { return i.Rows(d.At[0], d.Range(1, 100)) }, ledger.ErrNotNext},
		"a gap of a block":      {func() error { return i.Sealed(seal(t, d.At[200], d.Range(201, 210))) }, ledger.ErrNotNext},
		"rows of another place": {func() error { return i.Rows(d.At[100], d.Range(150, 160)) }, chain.ErrBroken},
		"a block that leads elsewhere": {func() error {
			s := seal(t, d.At[100], d.Range(101, 150))
			s.Last.Hash[0] ^= 1
			return i.Sealed(s)
		}, chain.ErrBroken},
	} {
		if err := c.take(); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	if got := i.Imported().At; got != d.At[100] {
		t.Errorf("stands at %s, want %s", got, d.At[100])
	}
	must(t, i.Close())
	other := testIncarnation()
	other.Nonce[5]++
	if _, err := ledger.Import(path, other); !errors.Is(err, ledger.ErrFormat) {
		t.Errorf("another chain's import is gone on with: %v", err)
	}
	must(t, os.WriteFile(path, nil, 0o600))
	if _, err := ledger.Import(path, testIncarnation()); !errors.Is(err, ledger.ErrExists) {
		t.Errorf("got %v, want ErrExists", err)
	}
}
