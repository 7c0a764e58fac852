package archive

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
	"markaz.example/sync/wire"
)

// box makes a chain and packs it, as a box would.
type box struct {
	in    chain.Incarnation
	key   ed25519.PrivateKey
	head  chain.Position
	all   [][]byte         // its records
	ats   []chain.Position // of each; ats[0] is the start
	taste string           // what its records say; two boxes of one incarnation and different taste make a fork
}

func newBox(centre id.Centre, taste string) *box {
	in := chain.Incarnation{Centre: centre, Nonce: [chain.NonceBytes]byte{7}}
	seed := make([]byte, ed25519.SeedSize)
	copy(seed, centre)
	return &box{in: in, key: ed25519.NewKeyFromSeed(seed), head: in.Start(), ats: []chain.Position{in.Start()}, taste: taste}
}

// clone is a copy of the disk as it was at a record; what it writes then tastes different.
func (b *box) clone(seq uint64, taste string) *box {
	c := *b
	c.all, c.ats, c.taste = slices.Clone(b.all[:seq]), slices.Clone(b.ats[:seq+1]), taste
	c.head = c.ats[seq]
	return &c
}

// rekeyed is the same history in a box with another key.
func (b *box) rekeyed(seed string) *box {
	c := b.clone(b.head.Seq, b.taste)
	c.key = newBox(id.Centre(seed), "").key
	return c
}

// pack makes a batch of records that the box has.
func (b *box) pack(t testing.TB, from, to uint64) wire.Batch {
	t.Helper()
	out, err := wire.Pack(b.key, b.in, b.ats[from-1], 0, b.all[from-1:to])
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (b *box) public() ed25519.PublicKey { return b.key.Public().(ed25519.PublicKey) }

// batch makes new records and packs them.
func (b *box) batch(t testing.TB, records int) wire.Batch {
	t.Helper()
	from := b.head.Seq + 1
	for range records {
		body, err := chain.EncodeBody(map[int]string{1: fmt.Sprint(b.taste, b.head.Seq)})
		if err != nil {
			t.Fatal(err)
		}
		r, err := chain.Encode(chain.Record{
			Header: chain.Header{Seq: b.head.Seq + 1, Stamp: clock.Stamp{Boot: 1}, Kind: "test.made/1", Actor: "test"},
			Body:   body,
		})
		if err != nil {
			t.Fatal(err)
		}
		b.add(r)
	}
	return b.pack(t, from, b.head.Seq)
}

func (b *box) add(record []byte) {
	at := b.head.Walk()
	at.Link(record)
	b.head = at.At()
	b.all, b.ats = append(b.all, record), append(b.ats, b.head)
}

func (b *box) entry(t testing.TB, index uint64, batch wire.Batch) Entry {
	t.Helper()
	frame, err := wire.Encode(batch)
	if err != nil {
		t.Fatal(err)
	}
	return Entry{Index: index, Key: b.public(), Batch: frame}
}

// openVerified opens an archive that is verified when the test ends.
func openVerified(t testing.TB, path string) *Archive {
	t.Helper()
	a, err := Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Verify(context.Background(), nil); err != nil {
			t.Errorf("the archive does not verify when the test ends: %v", err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

func archivePath(t testing.TB) string { return filepath.Join(t.TempDir(), "archive.db") }

// apply1 applies one batch and wants no error of the disk.
func apply1(t testing.TB, a *Archive, e Entry) Outcome {
	t.Helper()
	out, err := a.Apply([]Entry{e})
	if err != nil {
		t.Fatal(err)
	}
	return out[0]
}

func TestVerdicts(t *testing.T) {
	a := openVerified(t, archivePath(t))
	b := newBox("ISB-01", "a")
	first, second, third := b.batch(t, 5), b.batch(t, 3), b.batch(t, 1)
	other, third3 := b.clone(2, "b"), b.clone(5, "c")
	other.batch(t, 20)
	third3.batch(t, 2)
	of := other.clone(10, "d") // a restored backup of a restored backup
	of.batch(t, 5)
	steps := []struct {
		name  string
		batch wire.Batch
		want  Outcome
	}{
		{"gap before anything is held", second, Outcome{Verdict: Gap, Held: b.in.Start()}},
		{"first", first, Outcome{Verdict: Append, Held: first.Last()}},
		{"first again", first, Outcome{Verdict: Duplicate, Held: first.Last()}},
		{"gap", third, Outcome{Verdict: Gap, Held: first.Last()}},
		{"second", second, Outcome{Verdict: Append, Held: second.Last()}},
		{"a part that ends inside a batch", b.pack(t, 1, 2), Outcome{Verdict: Duplicate, Held: second.Last()}},
		{"another history, past what leads to it", other.pack(t, 7, 9), Outcome{Verdict: Gap, Held: second.Last()}},
		{"another history", other.pack(t, 1, 6), Outcome{Verdict: Fork, Held: other.ats[6]}},
		{"another history again", other.pack(t, 1, 6), Outcome{Verdict: Aside, Held: other.ats[6]}},
		{"another history goes on", other.pack(t, 7, 12), Outcome{Verdict: Aside, Held: other.ats[12]}},
		{"another history from the middle", other.pack(t, 1, 4), Outcome{Verdict: Aside, Held: other.ats[12]}},
		{"another history, past a hole", other.pack(t, 14, 15), Outcome{Verdict: Gap, Held: second.Last()}},
		{"another history, shown longer", other.pack(t, 7, 15), Outcome{Verdict: Aside, Held: other.ats[12]}},
		{"a third, from the end of a batch", third3.pack(t, 6, 7), Outcome{Verdict: Fork, Held: third3.head}},
		{"a branch of the branch", of.pack(t, 7, 15), Outcome{Verdict: Fork, Held: of.head}},
		{"the third, unharmed", third, Outcome{Verdict: Append, Held: third.Last()}},
	}
	for i, s := range steps {
		if got := apply1(t, a, b.entry(t, uint64(i+1), s.batch)); !reflect.DeepEqual(got, s.want) {
			t.Fatalf("%s: got %+v, want %+v", s.name, got, s.want)
		}
	}
	if c, _ := a.Chain(b.in); c.Forks != 3 || len(c.Branches) != 3 || c.Held != third.Last() {
		t.Errorf("got %d branches, held %s", len(c.Branches), c.Held)
	}
}

func TestHashAt(t *testing.T) {
	a := openVerified(t, archivePath(t))
	b := newBox("ISB-01", "a")
	want := map[uint64]chain.Hash{0: b.in.Genesis()}
	for i := range uint64(3) {
		batch := b.batch(t, 4)
		at := batch.Prev
		for _, r := range recordsOf(t, batch) {
			at = chain.Position{Seq: at.Seq + 1, Hash: chain.Link(at.Hash, r)}
			want[at.Seq] = at.Hash
		}
		apply1(t, a, b.entry(t, i+1, batch))
	}
	for seq, h := range want {
		if got, err := a.HashAt(b.in, seq); err != nil || got != h {
			t.Errorf("record %d: %s, %v; want %s", seq, got, err, h)
		}
	}
	if _, err := a.HashAt(b.in, 13); !errors.Is(err, ErrAbsent) {
		t.Errorf("beyond the end: %v, want %v", err, ErrAbsent)
	}
}

func recordsOf(t testing.TB, b wire.Batch) [][]byte {
	t.Helper()
	r, err := b.Open()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRefusedWithoutTrace(t *testing.T) {
	a := openVerified(t, archivePath(t))
	b := newBox("ISB-01", "a")
	first := b.batch(t, 2)
	apply1(t, a, b.entry(t, 1, first))

	good := b.batch(t, 1)
	stranger := b.rekeyed("LHE-01")
	if got := apply1(t, a, stranger.entry(t, 2, stranger.pack(t, 3, 3))); !errors.Is(got.Err, ErrKey) {
		t.Errorf("another key: got %v, want %v", got.Err, ErrKey)
	}
	forged := b.entry(t, 3, good)
	forged.Key = stranger.public()
	if got := apply1(t, a, forged); !errors.Is(got.Err, chain.ErrSignature) {
		t.Errorf("another's word: got %v, want %v", got.Err, chain.ErrSignature)
	}
	if got := apply1(t, a, Entry{Index: 4, Key: b.public(), Batch: []byte("garbage")}); !errors.Is(got.Err, ErrNotBatch) {
		t.Errorf("garbage: got %v, want %v", got.Err, ErrNotBatch)
	}
	if got := a.Held(b.in); got != first.Last() || a.Applied() != 4 {
		t.Errorf("held %s, applied %d; want %s, 4", got, a.Applied(), first.Last())
	}
}

func TestCentreWithTooManyChains(t *testing.T) {
	a := openVerified(t, archivePath(t))
	var group []Entry
	for i := range incarnationsMax + 1 {
		b := newBox("ISB-01", "a")
		b.in.Nonce[1], b.in.Nonce[2] = byte(i), byte(i>>8)
		b.head, b.ats = b.in.Start(), []chain.Position{b.in.Start()}
		group = append(group, b.entry(t, uint64(i+1), b.batch(t, 1)))
	}
	out, err := a.Apply(group)
	if err != nil {
		t.Fatal(err)
	}
	if out[incarnationsMax-1].Err != nil || !errors.Is(out[incarnationsMax].Err, ErrCrowd) {
		t.Errorf("last allowed: %v; one more: %v, want %v", out[incarnationsMax-1].Err, out[incarnationsMax].Err, ErrCrowd)
	}
}

// TestModel applies random batches of several centres in random groups, replays old groups, reopens at random, and
// holds the archive against a map.
func TestModel(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) { runModel(t, rand.New(rand.NewPCG(seed, 1))) })
	}
}

func runModel(t *testing.T, r *rand.Rand) {
	path := archivePath(t)
	a, err := Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	boxes := []*box{newBox("ISB-01", "a"), newBox("LHE-01", "a"), newBox("QTA-01", "a")}
	held := map[chain.Incarnation]chain.Position{}
	var index uint64
	var log []Entry
	for range 40 {
		var group []Entry
		for range 1 + r.IntN(5) {
			b := boxes[r.IntN(len(boxes))]
			index++
			group = append(group, b.entry(t, index, b.batch(t, 1+r.IntN(20))))
			held[b.in] = b.head
		}
		log = append(log, group...)
		if r.IntN(3) == 0 {
			group = append(log[r.IntN(len(log)-len(group)+1):len(log)-len(group):len(log)-len(group)], group...)
		}
		if _, err := a.Apply(group); err != nil {
			t.Fatal(err)
		}
		if r.IntN(5) == 0 {
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
			if a, err = Open(path, nil); err != nil {
				t.Fatal(err)
			}
		}
		checkModel(t, a, boxes, held)
	}
	if err := errors.Join(a.Verify(t.Context(), nil), a.Close()); err != nil {
		t.Fatal(err)
	}
}

func checkModel(t *testing.T, a *Archive, boxes []*box, held map[chain.Incarnation]chain.Position) {
	t.Helper()
	for _, b := range boxes {
		want, ok := held[b.in]
		if !ok {
			want = b.in.Start()
		}
		if got := a.Held(b.in); got != want {
			t.Fatalf("%s: held %s, want %s", b.in, got, want)
		}
		after := want.Seq / 2
		at := after
		for rec, err := range a.Records(b.in, after) {
			if err != nil {
				t.Fatal(err)
			}
			if at++; rec.At.Seq != at {
				t.Fatalf("%s: record %d came where %d belongs", b.in, rec.At.Seq, at)
			}
		}
		if at != want.Seq {
			t.Fatalf("%s: records end at %d, want %d", b.in, at, want.Seq)
		}
	}
}

// TestKilled copies the file after each commit, as a crash at that moment would leave it, and replays the whole log
// into the copy. The control replays under numbers that begin anew, as an archive that forgot what it applied would.
func TestKilled(t *testing.T) {
	replay := func(t *testing.T, shift uint64) (differences int) {
		path := archivePath(t)
		a, err := Open(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		b, clone := newBox("ISB-01", "a"), newBox("ISB-01", "b")
		var log []Entry
		for i := range uint64(8) {
			batch := b.batch(t, 3)
			if i == 5 {
				batch = clone.batch(t, 2)
			}
			log = append(log, b.entry(t, i+1, batch))
			apply1(t, a, log[i])
			differences += replayCopy(t, path, log, shift)
		}
		return differences
	}
	if n := replay(t, 0); n != 0 {
		t.Errorf("%d replays had an effect twice", n)
	}
	if n := replay(t, 1000); n == 0 {
		t.Error("control: replaying under new numbers went unnoticed, so this test would notice nothing")
	}
}

// replayCopy counts the entries whose replay was decided anew although they had been applied.
func replayCopy(t *testing.T, path string, log []Entry, shift uint64) (again int) {
	t.Helper()
	image, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copied := archivePath(t)
	if err := os.WriteFile(copied, image, 0o600); err != nil {
		t.Fatal(err)
	}
	a := openVerified(t, copied)
	before := a.Applied()
	for _, e := range log {
		e.Index += shift
		apply1(t, a, e)
	}
	if a.Applied() != before {
		again++
	}
	return again
}

func TestFlippedByteIsNamed(t *testing.T) {
	path := archivePath(t)
	a, err := Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	b := newBox("ISB-01", "a")
	for i := range uint64(4) {
		apply1(t, a, b.entry(t, i+1, b.batch(t, 10)))
	}
	err = a.db.Update(func(tx *bolt.Tx) error {
		batches := tx.Bucket(chainsName).Bucket([]byte(b.in.String())).Bucket(batchesName)
		frame := append([]byte(nil), batches.Get(seqKey(30))...)
		frame[len(frame)-20] ^= 1
		return batches.Put(seqKey(30), frame)
	})
	if err != nil {
		t.Fatal(err)
	}
	err = a.Verify(t.Context(), nil)
	if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "records 21 to 30") {
		t.Errorf("got %v, want %v naming records 21 to 30", err, ErrDamaged)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestFullDiskChangesNothingAndPasses(t *testing.T) {
	a := openVerified(t, archivePath(t))
	b := newBox("ISB-01", "a")
	e := b.entry(t, 1, b.batch(t, 3))
	a.commit = func(*bolt.Tx) error { return &fs.PathError{Op: "write", Path: "store.db", Err: syscall.ENOSPC} }
	if _, err := a.Apply([]Entry{e}); !errors.Is(err, ErrFull) || a.Failed() != nil {
		t.Fatalf("got %v, failed %v; want %v and in health", err, a.Failed(), ErrFull)
	}
	if a.Held(b.in) != b.in.Start() || a.Applied() != 0 {
		t.Fatal("a full disk left a trace")
	}
	a.commit = (*bolt.Tx).Commit
	if got := apply1(t, a, e); got.Verdict != Append {
		t.Fatalf("once there is room: got %v, want append", got)
	}
}

// TestUnknownCommitLatches lets a commit reach the disk and then report an error, as a failed last sync does: readers
// must not see it, and nothing more is taken.
func TestUnknownCommitLatches(t *testing.T) {
	a := openVerified(t, archivePath(t))
	b := newBox("ISB-01", "a")
	e := b.entry(t, 1, b.batch(t, 3))
	a.commit = func(tx *bolt.Tx) error { return errors.Join(tx.Commit(), syscall.EIO) }
	if _, err := a.Apply([]Entry{e}); !errors.Is(err, ErrUnknown) {
		t.Fatalf("got %v, want %v", err, ErrUnknown)
	}
	if got := a.Held(b.in); got != b.in.Start() {
		t.Errorf("readers are shown %s, which was never confirmed", got)
	}
	for range a.Records(b.in, 0) {
		t.Error("readers are given a record that was never confirmed")
	}
	a.commit = (*bolt.Tx).Commit
	if _, err := a.Apply([]Entry{e}); !errors.Is(err, ErrUnknown) {
		t.Errorf("afterwards: got %v, want %v", err, ErrUnknown)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	path := archivePath(t)
	if _, err := OpenReadOnly(path); !errors.Is(err, ErrMissing) {
		t.Errorf("no file: got %v, want %v", err, ErrMissing)
	}
	openVerified(t, path)
	if _, err := Open(path, nil); !errors.Is(err, ErrInUse) {
		t.Errorf("second process: got %v, want %v", err, ErrInUse)
	}
	wreck := filepath.Join(t.TempDir(), "archive.db")
	if err := os.WriteFile(wreck, make([]byte, 1<<14), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(wreck, nil); !errors.Is(err, ErrDamaged) {
		t.Errorf("wreck: got %v, want %v", err, ErrDamaged)
	}
}
