package archive

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// successors is an office that knows which keys may follow.
type successors struct{ keys []ed25519.PublicKey }

func (s *successors) Apply(*bolt.Bucket, uint64, []byte) (Answer, error) { return Answer{}, nil }

func (s *successors) Succeeds(_ *bolt.Bucket, _ chain.Incarnation, key ed25519.PublicKey) bool {
	return slices.ContainsFunc(s.keys, func(k ed25519.PublicKey) bool { return bytes.Equal(k, key) })
}

// forked is an archive in which a chain of 30 records in batches of 5 has a branch that leaves it at 12, and goes on to
// record 24.
type forked struct {
	testing.TB
	a     *Archive
	path  string
	index uint64
	ours  *box
	their *box
	name  string
}

func newForked(t testing.TB, office Office) *forked {
	f := &forked{TB: t, path: archivePath(t), ours: newBox("ISB-01", "a")}
	f.a = openVerified(t, f.path)
	f.a.office = office
	for range 6 {
		f.take(f.ours, f.ours.batch(t, 5), Append)
	}
	f.their = f.ours.clone(12, "b")
	f.their.batch(t, 12)
	f.take(f.their, f.their.pack(t, 11, 14), Fork)
	f.take(f.their, f.their.pack(t, 15, 24), Aside)
	c, _ := f.a.Chain(f.ours.in)
	f.name = c.Branches[0].Name
	return f
}

func (f *forked) take(b *box, batch wire.Batch, want Verdict) Outcome {
	f.Helper()
	f.index++
	got := apply1(f, f.a, b.entry(f, f.index, batch))
	if got.Err != nil || got.Verdict != want {
		f.Fatalf("records %d to %d: %s, %v; want %s", batch.Prev.Seq+1, batch.Last().Seq, got.Verdict, got.Err, want)
	}
	return got
}

func (f *forked) act(act []byte, err error, want string) Answer {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
	f.index++
	got := apply1(f, f.a, Entry{Index: f.index, Act: act})
	if got.Err != nil || got.Answer.Refused != want {
		f.Fatalf("got %+v, want %q", got, want)
	}
	return got.Answer
}

func (f *forked) settle(branch string, keep Keep, want string) Answer {
	f.Helper()
	act, err := f.word(branch, keep).Encode()
	return f.act(act, err, want)
}

func (f *forked) word(branch string, keep Keep) Settle {
	return Settle{
		Incarnation: f.ours.in, Branch: branch, Keep: keep, Who: "Ayesha", Why: "the disk was cloned in March",
		At: time.UnixMilli(1_767_225_600_000 + int64(f.index)).UTC(),
	}
}

// holds expects the chain to be that of a box up to a record.
func (f *forked) holds(b *box, seq uint64) {
	f.Helper()
	got := [][]byte{}
	for r, err := range f.a.Records(b.in, 0) {
		if err != nil {
			f.Fatal(err)
		}
		got = append(got, r.Bytes)
	}
	if !slices.EqualFunc(got, b.all[:seq], bytes.Equal) || f.a.Held(b.in) != b.ats[seq] {
		f.Fatalf("the chain is not the box's up to %d: %d records, held %s", seq, len(got), f.a.Held(b.in))
	}
}

// branch expects a branch to be what a box has behind a record.
func (f *forked) branch(name string, b *box, after, to uint64) {
	f.Helper()
	got := [][]byte{}
	for r, err := range f.a.BranchRecords(b.in, name) {
		if err != nil {
			f.Fatal(err)
		}
		got = append(got, r.Bytes)
	}
	if !slices.EqualFunc(got, b.all[after:to], bytes.Equal) {
		f.Fatalf("branch %s has %d records, or others than %d to %d", name, len(got), after+1, to)
	}
}

func (f *forked) reopen() {
	f.Helper()
	before := f.a.Chains()
	if err := f.a.Close(); err != nil {
		f.Fatal(err)
	}
	again, err := Open(f.path, f.a.office)
	if err != nil {
		f.Fatal(err)
	}
	f.a.db, f.a.chains = again.db, again.chains
	if after := f.a.Chains(); !reflect.DeepEqual(before, after) {
		f.Fatalf("opened again:\n%+v\nbefore:\n%+v", after, before)
	}
}

func TestForkIsShownRecordByRecord(t *testing.T) {
	f := newForked(t, nil)
	got, err := f.a.Forks(f.ours.in)
	if err != nil || len(got) != 1 {
		t.Fatalf("got %+v, %v", got, err)
	}
	g := got[0]
	if g.After != 12 || g.First != 13 || g.Records != 12 || g.End != 24 || g.Of != "" || g.Settled != nil {
		t.Errorf("got %+v, want the first difference at 13", g)
	}
	if g.Ours.Kind != "test.made/1" || g.Theirs.Actor != "test" || g.Ours.Hash == g.Theirs.Hash {
		t.Errorf("ours %+v, theirs %+v", g.Ours, g.Theirs)
	}
}

func TestSettledForTheChain(t *testing.T) {
	f := newForked(t, nil)
	word := f.word(f.name, KeepHeld)
	act, err := word.Encode()
	f.act(act, err, "")
	f.act(act, err, "")
	f.settle(f.name, KeepHeld, "")
	f.holds(f.ours, 30)
	f.branch(f.name, f.their, 10, 24)
	f.their.batch(t, 3)
	if got := f.take(f.their, f.their.pack(t, 25, 27), Settled); got.Held != f.their.ats[24] {
		t.Errorf("the branch went on to %s", got.Held)
	}
	f.take(f.ours, f.ours.batch(t, 2), Append)
	c, _ := f.a.Chain(f.ours.in)
	forks, err := f.a.Forks(f.ours.in)
	if err != nil || c.Forks != 0 || len(forks) != 1 || forks[0].Settled == nil || forks[0].Settled.Who != "Ayesha" {
		t.Errorf("chain %+v, forks %+v, %v", c, forks, err)
	}
	if past, err := f.a.Settlements(f.ours.in); err != nil || len(past) != 1 || past[0].Settle != word {
		t.Errorf("settlements %+v, %v", past, err)
	}
	f.reopen()
}

func TestSettledForTheBranchAndBack(t *testing.T) {
	f := newForked(t, nil)
	word := f.word(f.name, KeepBranch)
	act, err := word.Encode()
	beside := string(f.act(act, err, "").Body)
	f.act(act, err, "")
	f.settle(f.name, KeepBranch, "")
	f.holds(f.their, 24)
	f.branch(beside, f.ours, 10, 30)
	f.take(f.their, f.their.batch(t, 3), Append)
	f.take(f.ours, f.ours.pack(t, 26, 30), Settled)
	f.take(f.ours, f.ours.batch(t, 2), Settled)
	f.reopen()
	past, err := f.a.Settlements(f.ours.in)
	if err != nil || len(past) != 1 || past[0].After != 10 || past[0].Beside != beside {
		t.Errorf("settlements %+v, %v", past, err)
	}

	f.settle(beside, KeepBranch, "")
	f.holds(f.ours, 30)
	f.branch(f.name, f.their, 10, 27)
	f.act(act, nil, "") // a late repetition of the first word changes nothing
	f.holds(f.ours, 30)
	f.take(f.ours, f.ours.pack(t, 31, 32), Append)
}

func TestSettlementsThatAreRefused(t *testing.T) {
	f := newForked(t, nil)
	f.settle("37-0000000000000000", KeepHeld, RefusedNoBranch)
	nested := f.their.clone(20, "c")
	nested.batch(t, 4)
	f.take(nested, nested.pack(t, 15, 24), Fork)
	partial := f.ours.clone(17, "d")
	partial.batch(t, 3)
	f.take(partial, partial.pack(t, 18, 20), Fork)
	f.settle(branchName(nested.pack(t, 15, 24).Span), KeepBranch, RefusedNested)
	f.settle(branchName(partial.pack(t, 18, 20).Span), KeepBranch, RefusedPartial)
	f.settle(branchName(partial.pack(t, 18, 20).Span), KeepHeld, "")
	f.act([]byte{tagSettle, 0xa0}, nil, RefusedShape)
	f.settle(f.name, KeepBranch, "")
	f.settle(branchName(nested.pack(t, 15, 24).Span), KeepBranch, "")
	f.holds(nested, 24)
	if _, err := (Settle{Incarnation: f.ours.in, Branch: f.name}).Encode(); !errors.Is(err, ErrSettle) {
		t.Errorf("without who and why: %v", err)
	}
}

func TestKeysFollowOneAnother(t *testing.T) {
	office := &successors{}
	f := newForked(t, office)
	if _, err := f.a.Apply([]Entry{{Index: f.index + 1, Act: []byte{1}}}); err != nil { // the office has a bucket from now on
		t.Fatal(err)
	}
	f.index++
	made := f.ours.rekeyed("LHE-01")
	made.batch(t, 5)
	f.index++
	if got := apply1(t, f.a, made.entry(t, f.index, made.pack(t, 31, 35))); !errors.Is(got.Err, ErrKey) {
		t.Fatalf("before it was enrolled: %v, want %v", got.Err, ErrKey)
	}
	office.keys = []ed25519.PublicKey{made.public()}
	f.take(made, made.pack(t, 31, 35), Append)
	f.take(f.ours, f.ours.pack(t, 26, 30), Duplicate) // the old box may show what it sent
	old := f.ours.clone(30, "old")
	old.batch(t, 3)
	f.take(old, old.pack(t, 31, 33), Fork) // and lives on, on a branch
	want := []wire.Signer{{From: 1, Key: f.ours.public()}, {From: 31, Key: made.public()}}
	if c, _ := f.a.Chain(f.ours.in); !reflect.DeepEqual(c.Keys, want) || !bytes.Equal(c.Key, made.public()) {
		t.Fatalf("keys %v", c.Keys)
	}
	stays := made.rekeyed("ISB-01")
	stays.batch(t, 1)
	f.index++
	if got := apply1(t, f.a, stays.entry(t, f.index, stays.pack(t, 36, 36))); !errors.Is(got.Err, ErrKey) {
		t.Errorf("the old key goes on with the new box's records: %v, want %v", got.Err, ErrKey)
	}
	f.settle(branchName(old.pack(t, 31, 33).Span), KeepBranch, "")
	f.holds(old, 33)
	if c, _ := f.a.Chain(f.ours.in); len(c.Keys) != 1 {
		t.Errorf("keys after the settlement: %v", c.Keys)
	}
	f.reopen()
}

func TestOddRecordsAreNamedAndKept(t *testing.T) {
	f := newForked(t, nil)
	f.ours.add(append([]byte("\xffnot a record of ours"), make([]byte, 40)...))
	b := f.ours.batch(t, 1)
	b = f.ours.pack(t, 31, b.Last().Seq)
	odd, err := b.Inspect(f.ours.public())
	if err != nil || len(odd) != 1 {
		t.Fatalf("got %v, %v", odd, err)
	}
	act, err := NameOdd(f.ours.in, odd)
	f.act(act, err, "")
	f.act(act, err, "")
	f.take(f.ours, b, Append)
	f.holds(f.ours, 32)
	if got, err := f.a.Odd(f.ours.in); err != nil || !reflect.DeepEqual(got, odd) {
		t.Errorf("got %v, %v; want %v", got, err, odd)
	}
	var out bytes.Buffer
	if err := f.a.Dump(t.Context(), &out, f.ours.in, 30); err != nil || !bytes.Contains(out.Bytes(), []byte(`"odd":`)) {
		t.Errorf("%s, %v", out.Bytes(), err)
	}
	if s, err := f.a.Stats(); err != nil || s.Odd != 1 || s.Branches != 1 || s.Forks != 1 {
		t.Errorf("stats %+v, %v", s, err)
	}
	act, err = NameOdd(newBox("LHE-01", "").in, odd)
	f.act(act, err, RefusedNoChain)
}

func TestLandmarks(t *testing.T) {
	f := newForked(t, nil)
	for _, c := range []struct {
		tip, seq   uint64
		of         *box
		at, begins uint64
	}{
		{30, 12, f.ours, 12, 10}, {30, 10, f.ours, 10, 10}, {30, 99, f.ours, 30, 30}, {30, 0, f.ours, 0, 0},
		{24, 13, f.their, 13, 10}, {24, 14, f.their, 14, 14}, {24, 99, f.their, 24, 24}, {24, 7, f.their, 7, 5},
	} {
		at, begins, err := f.a.Landmark(f.ours.in, c.of.ats[c.tip], c.seq)
		if err != nil || at != c.of.ats[c.at] || begins != c.of.ats[c.begins] {
			t.Errorf("landmark %d on the way to %d: %s from %s, %v", c.seq, c.tip, at, begins, err)
		}
	}
	if _, _, err := f.a.Landmark(f.ours.in, chain.Position{Seq: 3}, 2); !errors.Is(err, ErrAbsent) {
		t.Errorf("a tip nobody has: %v", err)
	}
}

// TestFormat1BecomesFormat2 writes a file as format 1 had it.
func TestFormat1BecomesFormat2(t *testing.T) {
	f := newForked(t, nil)
	evidence := f.their.pack(t, 13, 16)
	if err := f.a.db.Update(func(tx *bolt.Tx) error { return downgrade(tx, f, evidence) }); err != nil {
		t.Fatal(err)
	}
	if err := f.a.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenReadOnly(f.path); !errors.Is(err, ErrFormat) {
		t.Errorf("opened to read only: %v, want %v", err, ErrFormat)
	}
	again, err := Open(f.path, nil)
	if err != nil {
		t.Fatal(err)
	}
	f.a.db, f.a.chains = again.db, again.chains
	f.holds(f.ours, 30)
	f.branch(branchName(evidence.Span), f.their, 12, 16)
	f.take(f.ours, f.ours.batch(t, 1), Append)
	f.take(f.their, f.their.pack(t, 11, 14), Fork) // shown anew, from the end of a batch
}

func downgrade(tx *bolt.Tx, f *forked, evidence wire.Batch) error {
	b := tx.Bucket(chainsName).Bucket([]byte(f.ours.in.String()))
	frame, err := wire.Encode(evidence)
	if err != nil {
		return err
	}
	forks, err := b.CreateBucket(forksName)
	if err != nil {
		return err
	}
	last := evidence.Last()
	return errors.Join(
		b.DeleteBucket(keysName), b.DeleteBucket(branchesName), b.Put(pinKey, f.ours.public()),
		forks.Put(append(seqKey(evidence.Prev.Seq), positionBytes(last)...), frame),
		tx.Bucket(metaName).Put(formatKey, []byte{1}))
}

// TestBranchesAreBounded fills a chain's branches, then one branch.
func TestBranchesAreBounded(t *testing.T) {
	f := newForked(t, nil)
	for i := range branchesMax {
		c := f.ours.clone(12, "clone "+string(rune(0x100+i)))
		c.batch(t, 3)
		f.index++
		got := apply1(t, f.a, c.entry(t, f.index, c.pack(t, 11, 15)))
		if full := i == branchesMax-1; errors.Is(got.Err, ErrAside) != full {
			t.Fatalf("branch %d: %v", i+2, got.Err)
		}
	}
	c, _ := f.a.Chain(f.ours.in)
	full, _ := c.Branch(f.name)
	full.Bytes = branchBytesMax - 10
	f.a.chains[f.ours.in] = c.with(full)
	f.their.batch(t, 1)
	f.index++
	if got := apply1(t, f.a, f.their.entry(t, f.index, f.their.pack(t, 25, 25))); !errors.Is(got.Err, ErrAside) {
		t.Errorf("a full branch: %v, want %v", got.Err, ErrAside)
	}
	f.a.chains[f.ours.in] = c
}

// A branch whose base is on another branch since a settlement moved it there is still compared with that, whichever of the
// two is filed first.
func TestABranchOfWhatWasReplaced(t *testing.T) {
	f := newForked(t, nil)
	third, fourth := f.ours.clone(5, "c"), f.ours.clone(20, "d")
	third.batch(t, 30)
	fourth.batch(t, 4)
	f.take(third, third.pack(t, 6, 35), Fork)
	f.take(fourth, fourth.pack(t, 21, 24), Fork)
	c, _ := f.a.Chain(f.ours.in)
	tail := f.settle(c.Branches[slices.IndexFunc(c.Branches, func(b Branch) bool { return b.End == third.head })].Name, KeepBranch, "")
	f.holds(third, 35)
	for _, b := range []*box{f.their, fourth} {
		for seq := range b.head.Seq + 1 {
			at, _, err := f.a.Landmark(b.in, b.head, seq)
			if err != nil || at != b.ats[seq] {
				t.Errorf("landmark %d of %s: %s, %v", seq, b.head, at, err)
			}
		}
	}
	all, err := f.a.Forks(f.ours.in)
	if err != nil || len(all) != 3 {
		t.Fatalf("%d branches, %v", len(all), err)
	}
	for _, b := range all {
		if b.Branch != string(tail.Body) && b.Of != string(tail.Body) {
			t.Errorf("branch %s leaves %q, want %s", b.Branch, b.Of, tail.Body)
		}
		f.settle(b.Branch, KeepBranch, map[bool]string{true: "", false: RefusedNested}[b.Branch == string(tail.Body)])
	}
}
