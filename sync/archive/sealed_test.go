package archive

import (
	"bytes"
	"reflect"
	"testing"

	"markaz.example/edge/block"
	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// sealed is the next batch of the box, as a sealed block.
func (b *box) sealed(t testing.TB, records int) wire.Batch {
	t.Helper()
	rows := b.batch(t, records)
	s, err := block.Seal(rows.Prev, recordsOf(t, rows))
	if err != nil {
		t.Fatal(err)
	}
	return wire.PackSealed(b.key, b.in, rows.Checkpoint.Wall, s)
}

// A chain that came as blocks and as rows is one chain: every hash, every record, the verification and the dump.
func TestSealedBatchesAreKeptAsTheyCame(t *testing.T) {
	a := openVerified(t, archivePath(t))
	b := newBox("ISB-01", "a")
	var want [][]byte
	var batches []wire.Batch
	at := []chain.Position{b.in.Start()}
	for i := range uint64(6) {
		batch := b.batch
		if i%2 == 0 {
			batch = b.sealed
		}
		batches = append(batches, batch(t, 20))
		for _, r := range recordsOf(t, batches[i]) {
			next, _, err := at[len(at)-1].Follow(r)
			if err != nil {
				t.Fatal(err)
			}
			want, at = append(want, r), append(at, next)
		}
		if got := apply1(t, a, b.entry(t, i+1, batches[i])); got.Verdict != Append || got.Held != b.head {
			t.Fatalf("batch %d: %+v", i, got)
		}
	}
	for seq, p := range at {
		if h, err := a.HashAt(b.in, uint64(seq)); err != nil || h != p.Hash {
			t.Errorf("record %d: %s, %v, want %s", seq, h, err, p.Hash)
		}
	}
	checkRecords(t, a, b, want)
	var out bytes.Buffer
	if err := a.Dump(t.Context(), &out, b.in, 5); err != nil || bytes.Count(out.Bytes(), []byte("\n")) != len(want)-5 {
		t.Errorf("dumped %d lines, %v", bytes.Count(out.Bytes(), []byte("\n")), err)
	}
	checkRepeats(t, a, b, batches, at)
}

func checkRecords(t *testing.T, a *Archive, b *box, want [][]byte) {
	t.Helper()
	for after := range uint64(len(want)) {
		for s, err := range a.Records(b.in, after) {
			if err != nil || s.At.Seq != after+1 || !bytes.Equal(s.Bytes, want[after]) {
				t.Fatalf("record %d: %s, %v", after+1, s.At, err)
			}
			break
		}
	}
}

// checkRepeats: a block again is a duplicate, and so are some of its records as rows; what differs inside is a fork.
func checkRepeats(t *testing.T, a *Archive, b *box, batches []wire.Batch, at []chain.Position) {
	t.Helper()
	inside, err := wire.Pack(b.key, b.in, at[3], 0, recordsOf(t, batches[0])[3:9])
	if err != nil {
		t.Fatal(err)
	}
	for name, batch := range map[string]wire.Batch{"a block": batches[2], "rows inside a block": inside} {
		if got := apply1(t, a, b.entry(t, a.Applied()+1, batch)); !reflect.DeepEqual(got, Outcome{Verdict: Duplicate, Held: b.head}) {
			t.Errorf("%s again: %+v", name, got)
		}
	}
	clone := newBox("ISB-01", "b")
	if got := apply1(t, a, b.entry(t, a.Applied()+1, clone.sealed(t, 20))); got.Verdict != Fork {
		t.Errorf("another history in a block: %+v", got)
	}
}
