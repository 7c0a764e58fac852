package archive

import (
	"testing"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// FuzzApply: whatever a log entry holds, the archive takes it or leaves no trace of it, and stays readable. The fuzzer has
// the box's key. What a proposer checks first, the records, is not checked here; so a chain that it made up may stand.
func FuzzApply(f *testing.F) {
	b := newBox("ISB-01", "a")
	first, second := b.entry(f, 1, b.batch(f, 3)), b.entry(f, 2, b.batch(f, 3))
	f.Add(second.Batch)
	f.Add(first.Batch)
	f.Add([]byte("\x03garbage"))
	f.Fuzz(func(t *testing.T, frame []byte) {
		a, err := Open(archivePath(t), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		out, err := a.Apply([]Entry{first, {Index: 2, Key: b.public(), Batch: resigned(b, frame)}})
		if err != nil {
			t.Fatal(err)
		}
		if out[0].Err != nil || a.Applied() != 2 {
			t.Fatalf("the good entry: %+v; applied %d", out[0], a.Applied())
		}
		if _, err := a.Stats(); err != nil {
			t.Fatal(err)
		}
		if held := a.Held(b.in); out[1].Verdict != Append && held != (chain.Position{Seq: 3, Hash: out[0].Held.Hash}) {
			t.Fatalf("an entry that was not appended moved the chain to %s", held)
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
