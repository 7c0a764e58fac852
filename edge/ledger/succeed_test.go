package ledger_test

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
)

// lived is a closed ledger with some notes, and where it ends.
func lived(t testing.TB, n int) (path string, in chain.Incarnation, end chain.Position) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "ledger.db")
	must(t, ledger.Create(path, testIncarnation()))
	return path, testIncarnation(), grown(t, path, n)
}

// grown opens a ledger, makes notes, closes it and gives its head.
func grown(t testing.TB, path string, n int) chain.Position {
	t.Helper()
	l, stop := run(t, path, sealing())
	talk(t, l, n)
	end := l.Acknowledged()
	must(t, stop())
	return end
}

func handOver(t testing.TB, path string) ledger.Handover {
	t.Helper()
	h, err := ledger.Succeed(path, "restored from a backup")
	must(t, err)
	return h
}

// A ledger that is put into a new incarnation has all that it had, says so in the first record that it adds, and goes on
// under hashes of its own.
func TestSuccessorGoesOnAfterItsAncestor(t *testing.T) {
	path, in, end := lived(t, 50)
	h := handOver(t, path)
	if h.From != in || h.End != end || h.To.After != end.Seq || h.To.Nonce == in.Nonce {
		t.Fatalf("handed over %+v, the old one ended at %s", h, end)
	}
	if again := handOver(t, path); again != h {
		t.Errorf("done twice in a row: %+v, want %+v", again, h)
	}
	head := grown(t, path, 30)

	l, err := ledger.OpenReadOnly(path, notes())
	must(t, err)
	defer l.Close()
	if got, err := l.Verify(t.Context(), nil); err != nil || got != head {
		t.Errorf("verified up to %s (%v), want %s", got, err, head)
	}
	first, err := l.Read(end.Seq, 1)
	must(t, err)
	s, err := chain.ReadSuccession(h.To, first[0])
	must(t, err)
	if of, at, err := s.Follows(); err != nil || of != in || at != end || s.Reason != "restored from a backup" {
		t.Errorf("the first record says %+v (%v)", s, err)
	}
	if at, _, err := h.To.Start().Follow(first[0]); err != nil || hashAt(t, l, end.Seq+1) != at.Hash {
		t.Errorf("its hash does not follow the start of %s: %v", h.To, err)
	}
	if hashAt(t, l, end.Seq) != h.To.Genesis() {
		t.Error("the successor does not begin with its own start")
	}
	for seq, want := range map[uint64]chain.Incarnation{1: in, end.Seq: in, end.Seq + 1: h.To, head.Seq: h.To} {
		if got := l.InOf(seq); got != want {
			t.Errorf("record %d is of %s, want %s", seq, got, want)
		}
	}
}

func hashAt(t testing.TB, l *ledger.Ledger, seq uint64) chain.Hash {
	t.Helper()
	h, err := l.HashAt(seq)
	must(t, err)
	return h
}

// What headquarters lacks of an ancestor is shown to whoever sends it, and nothing of it is forgotten before it is held.
func TestPastOfASuccessor(t *testing.T) {
	path, in, end := lived(t, 300)
	handOver(t, path)
	l, stop := run(t, path, sealing())
	talk(t, l, 40)
	unsent := l.Unsent()
	if len(unsent) != 1 || unsent[0].Incarnation() != in || unsent[0].Acknowledged() != end {
		t.Fatalf("the past is %+v", unsent)
	}
	p := unsent[0]
	at := in.Start()
	for at.Seq < end.Seq {
		records, err := p.Read(at.Seq, 1<<20)
		must(t, err)
		for _, r := range records {
			at, _, err = at.Follow(r)
			must(t, err)
		}
	}
	if h, err := p.HashAt(end.Seq); err != nil || at != end || h != end.Hash {
		t.Errorf("read to %s, the end is %s (%v)", at, end, err)
	}
	must(t, p.Confirm(chain.Position{Seq: end.Seq - 1}))
	if len(l.Unsent()) == 0 {
		t.Error("one record is missing, and the past counts as sent")
	}
	must(t, p.Confirm(end))
	must(t, l.Update(t.Context(), "test", note("a", "saved with the next decision")))
	must(t, stop())
	l, stop = run(t, path, sealing())
	if len(l.Unsent()) > 0 || l.Ancestors()[0].Held != end.Seq {
		t.Errorf("after a restart the past is unsent: %+v", l.Ancestors())
	}
	must(t, stop())
}

// Blocks hold records of one incarnation only, over several of them, and views are the same when made anew.
func TestSealedAcrossIncarnations(t *testing.T) {
	path, _, _ := lived(t, 200)
	for range 3 {
		handOver(t, path)
		grown(t, path, 150)
	}
	before := dumped(t, path)
	if n, err := ledger.SealFile(t.Context(), path, nil); err != nil || n != 0 { // too few for a box
		t.Fatal(n, err)
	}
	l, stop := run(t, path, ledger.Options{Books: notes(), Software: "test", Sealing: ledger.Sealing{After: 1, Keep: 10, Records: 64}})
	for blocks(t, l) == 0 || l.Acknowledged().Seq-rowsFrom(t, l) > 80 {
		must(t, l.Update(t.Context(), "test", note("a", "b")))
	}
	must(t, stop())
	if after := dumped(t, path); !strings.HasPrefix(after, before) {
		t.Error("sealing changed what the ledger says")
	}
	was := views(t, path)
	_, err := ledger.RebuildFile(t.Context(), path, notes(), nil)
	must(t, err)
	if is := views(t, path); is != was {
		t.Errorf("views made anew differ:\n%s\n%s", is, was)
	}
}

func blocks(t testing.TB, l *ledger.Ledger) (n int) {
	t.Helper()
	for after := uint64(0); ; n++ {
		s, ok, err := l.Sealed(after)
		must(t, err)
		if !ok {
			return n
		}
		last := s.Last
		for _, a := range l.Ancestors() {
			if s.Prev.Seq < a.End.Seq && a.End.Seq < last.Seq {
				t.Fatalf("the block of records %d to %d has two incarnations", s.Prev.Seq+1, last.Seq)
			}
		}
		after = last.Seq
	}
}

func rowsFrom(t testing.TB, l *ledger.Ledger) (after uint64) {
	t.Helper()
	for {
		s, ok, err := l.Sealed(after)
		must(t, err)
		if !ok {
			return after
		}
		after = s.Last.Seq
	}
}

func dumped(t testing.TB, path string) string {
	t.Helper()
	l, err := ledger.OpenReadOnly(path, notes())
	must(t, err)
	defer l.Close()
	var out strings.Builder
	must(t, l.Dump(t.Context(), &out, 0))
	return out.String()
}

func views(t testing.TB, path string) string {
	t.Helper()
	l, err := ledger.OpenReadOnly(path, notes())
	must(t, err)
	defer l.Close()
	var out strings.Builder
	must(t, l.View(t.Context(), func(s ledger.Snapshot) error {
		s.Reader("notes").Scan(nil, func(k, v []byte) bool { out.WriteString(string(k) + "=" + string(v) + "\n"); return true })
		return nil
	}))
	return out.String()
}

// Whatever is cut between the handover and the first record, the record comes first.
func TestSuccessionIsTheFirstRecordWheneverThePowerGoes(t *testing.T) {
	path, _, end := lived(t, 5)
	h := handOver(t, path)
	copied, err := os.ReadFile(path)
	must(t, err)
	for range 3 {
		must(t, os.WriteFile(path, copied, 0o600))
		l, err := ledger.Open(path, options())
		must(t, err)
		first, err := l.Read(end.Seq, 1)
		must(t, err)
		if _, err := chain.ReadSuccession(h.To, first[0]); err != nil {
			t.Error(err)
		}
		must(t, l.Close())
	}
}

func TestWhatCannotBeSucceeded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	must(t, ledger.Create(path, testIncarnation()))
	if _, err := ledger.Succeed(path, "x"); !errors.Is(err, ledger.ErrNothing) {
		t.Errorf("an empty ledger: %v", err)
	}
	if _, err := ledger.Succeed(path, ""); !errors.Is(err, ledger.ErrReason) {
		t.Errorf("no reason: %v", err)
	}
	in := testIncarnation()
	in.After = 7
	if err := ledger.Create(path+"2", in); err == nil {
		t.Error("a successor was made of nothing")
	}
}

// A program from before there were successors refuses the file, and a damaged line of ancestors is named.
func TestLineageIsChecked(t *testing.T) {
	path, _, _ := lived(t, 5)
	h := handOver(t, path)
	grown(t, path, 5)
	err := peek(path, func(tx *bolt.Tx) error {
		if f := tx.Bucket([]byte("meta")).Get([]byte("format")); len(f) != 1 || f[0] != 3 {
			t.Errorf("format %v, want 3", f)
		}
		return nil
	})
	must(t, err)
	for name, spoil := range map[string]func(*bolt.Tx) error{
		"none": func(tx *bolt.Tx) error { return tx.DeleteBucket([]byte("ancestors")) },
		"short": func(tx *bolt.Tx) error {
			return tx.Bucket([]byte("ancestors")).Put(binary.BigEndian.AppendUint64(nil, h.End.Seq), []byte("short"))
		},
		"gap": func(tx *bolt.Tx) error {
			return tx.Bucket([]byte("meta")).Put([]byte("after"), binary.BigEndian.AppendUint64(nil, h.End.Seq+1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			spoilt := filepath.Join(t.TempDir(), "ledger.db")
			b, err := os.ReadFile(path)
			must(t, errors.Join(err, os.WriteFile(spoilt, b, 0o600)))
			change(t, spoilt, spoil)
			if _, err := ledger.OpenReadOnly(spoilt, notes()); !errors.Is(err, ledger.ErrDamaged) {
				t.Errorf("got %v, want ErrDamaged", err)
			}
		})
	}
}

func peek(path string, look func(*bolt.Tx) error) error {
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	return errors.Join(db.View(look), db.Close())
}

// The verification in the background goes from one incarnation into the next, wherever it was interrupted.
func TestPatrolAcrossIncarnations(t *testing.T) {
	path, _, end := lived(t, 40)
	handOver(t, path)
	head := grown(t, path, 40)
	l, err := ledger.OpenReadOnly(path, notes())
	must(t, err)
	defer l.Close()
	for after := range head.Seq {
		if _, err := ledger.Stretch(t.Context(), l, strconv.FormatUint(after, 10)); err != nil {
			t.Errorf("from %d, the old one ends at %d: %v", after, end.Seq, err)
		}
		if after == 0 {
			continue
		}
		var out strings.Builder
		must(t, l.Dump(t.Context(), &out, after))
	}
}
