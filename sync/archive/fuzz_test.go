package archive

import (
	"testing"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// rehearse decides an entry without a commit, so that one archive does for millions of them. It gives the chains that it
// would change.
func rehearse(t *testing.T, a *Archive, e Entry) (Outcome, staging) {
	t.Helper()
	tx, err := a.db.Begin(true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	s := staging{archive: a, root: tx.Bucket(chainsName), chains: map[chain.Incarnation]Chain{}, applied: a.Applied()}
	out, err := s.take(e)
	if err != nil {
		t.Fatalf("a fault of the disk: %v", err)
	}
	return out, s
}

// rehearsal is an archive for rehearsals: two chains, and a branch of the first.
func rehearsal(f *testing.F) (a *Archive, b, other *box) {
	a = openVerified(f, archivePath(f))
	b, other = newBox("ISB-01", "a"), newBox("LHE-01", "a")
	first, second := b.batch(f, 3), other.batch(f, 3)
	clone := b.clone(3, "b")
	entries := []Entry{b.entry(f, 1, first), other.entry(f, 2, second), b.entry(f, 3, b.batch(f, 3)), clone.entry(f, 4, clone.batch(f, 2))}
	for i, e := range entries {
		if out := apply1(f, a, e); out.Err != nil || (out.Verdict == Fork) != (i == 3) {
			f.Fatalf("entry %d: %+v", i, out)
		}
	}
	return a, b, other
}

// FuzzApply: whatever a log entry holds, the archive takes it or leaves no trace of it, and the chains that it is not
// about stay. The fuzzer has the box's key. What a proposer checks first, the records, is not checked here; so a chain that
// it made up may stand.
func FuzzApply(f *testing.F) {
	a, b, other := rehearsal(f)
	last := a.Applied()
	f.Add(b.entry(f, 0, b.pack(f, 4, 6)).Batch)
	f.Add(b.entry(f, 0, b.batch(f, 3)).Batch)
	f.Add([]byte("\x03garbage"))
	held := a.Held(b.in)
	f.Fuzz(func(t *testing.T, frame []byte) {
		if len(frame) == 0 {
			return // no batch: the entry only proves the disk
		}
		out, s := rehearse(t, a, Entry{Index: last + 1, Key: b.public(), Batch: resigned(b, frame)})
		if s.applied != last+1 {
			t.Fatalf("applied %d", s.applied)
		}
		if out.Err != nil && len(s.chains) > 0 {
			t.Fatalf("%v, and it left a trace", out.Err)
		}
		if c, changed := s.chain(b.in); changed && out.Verdict != Append && c.Held != held {
			t.Fatalf("an entry that was not appended moved the chain to %s", c.Held)
		}
		if c, _ := s.chain(other.in); c.Held != other.head {
			t.Fatalf("another chain moved to %s", c.Held)
		}
	})
}

// resigned is the frame with the box's signature, as far as it is a batch.
func resigned(b *box, frame []byte) []byte {
	m, err := wire.Decode(frame)
	batch, ok := m.(wire.Batch)
	if err != nil || !ok {
		return frame
	}
	c := batch.Checkpoint
	batch.Checkpoint = chain.Sign(b.key, c.Incarnation, c.Position, c.Wall)
	if again, err := wire.Encode(batch); err == nil {
		return again
	}
	return frame
}
