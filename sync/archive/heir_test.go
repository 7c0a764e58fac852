package archive

import (
	"crypto/ed25519"
	"errors"
	"slices"
	"testing"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/sync/wire"
)

// heir is a box that was put back from a state at which another ended, and goes on after it.
func heir(t *testing.T, of *box, at chain.Position) *box {
	t.Helper()
	b := newBox(of.in.Centre, "heir")
	b.in.Nonce, b.in.After = [chain.NonceBytes]byte{9}, at.Seq
	b.key = newBox("a new key", "").key
	b.head = b.in.Start()
	b.all, b.ats = make([][]byte, at.Seq), make([]chain.Position, at.Seq+1)
	b.ats[at.Seq] = b.head
	body, err := chain.EncodeBody(chain.Succession{Ancestor: of.in.String(), Last: at.Seq, Hash: at.Hash[:], Reason: "its disk died"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := chain.Encode(chain.Record{
		Header: chain.Header{Seq: at.Seq + 1, Stamp: clock.Stamp{Boot: 2}, Kind: chain.KindSucceeded, Actor: "test"}, Body: body,
	})
	if err != nil {
		t.Fatal(err)
	}
	b.add(r)
	return b
}

// officed is an archive whose office has a bucket, and the first entry behind that act.
func officed(t *testing.T, office Office) (a *Archive, index uint64) {
	t.Helper()
	a = openVerified(t, archivePath(t))
	a.office = office
	if got := apply1(t, a, Entry{Index: 1, Act: []byte{1}}); got.Err != nil {
		t.Fatal(got.Err)
	}
	return a, 2
}

func TestHeirs(t *testing.T) {
	const inMidBatch = 12
	for name, c := range map[string]struct {
		heir func(t *testing.T, of *box) *box
		let  bool // a person let it
		want error
	}{
		"at a record in mid-batch": {func(t *testing.T, of *box) *box { return heir(t, of, of.ats[inMidBatch]) }, true, nil},
		"at the newest":            {func(t *testing.T, of *box) *box { return heir(t, of, of.head) }, true, nil},
		"that nobody let":          {func(t *testing.T, of *box) *box { return heir(t, of, of.ats[inMidBatch]) }, false, ErrHeir},
		"of a record never sent":   {func(t *testing.T, of *box) *box { of = of.clone(20, "x"); of.batch(t, 5); return heir(t, of, of.head) }, true, ErrAncestor},
		"of another record there": {func(t *testing.T, of *box) *box {
			of = of.clone(10, "y")
			of.batch(t, 5)
			return heir(t, of, of.ats[12])
		}, true, ErrAncestor},
		"of a chain never heard of": {func(t *testing.T, of *box) *box { of.in.Nonce[0]++; return heir(t, of, of.ats[inMidBatch]) }, true, ErrAncestor},
	} {
		t.Run(name, func(t *testing.T) {
			office := &successors{}
			a, index := officed(t, office)
			of := newBox("ISB-01", "x")
			for range 4 {
				if got := apply1(t, a, of.entry(t, index, of.batch(t, 5))); got.Err != nil {
					t.Fatal(got.Err)
				}
				index++
			}
			held := of.head
			b := c.heir(t, of)
			if c.let {
				office.keys = []ed25519.PublicKey{b.public()}
			}
			batch := b.pack(t, b.in.After+1, b.head.Seq)
			if got := apply1(t, a, b.entry(t, index, batch)); !errors.Is(got.Err, c.want) {
				t.Fatalf("got %v, want %v", got.Err, c.want)
			}
			filed, known := a.Chain(b.in)
			if known != (c.want == nil) || known && (filed.Of != of.in || filed.At.Seq != b.in.After) {
				t.Errorf("filed: %v, %+v", known, filed)
			}
			if c.want == nil && filed.Lost(mustChain(t, a, of.in)) != held.Seq-b.in.After {
				t.Errorf("lost %d records, want %d", filed.Lost(mustChain(t, a, of.in)), held.Seq-b.in.After)
			}
		})
	}
}

func mustChain(t *testing.T, a *Archive, in chain.Incarnation) Chain {
	t.Helper()
	c, ok := a.Chain(in)
	if !ok {
		t.Fatalf("no chain %s", in)
	}
	return c
}

// The walk in the background comes past a successor, whose name has an @ as the places of the walk have.
func TestStretchGoesPastAnHeir(t *testing.T) {
	office := &successors{}
	a, index := officed(t, office)
	send := func(b *box, batch wire.Batch) {
		t.Helper()
		if got := apply1(t, a, b.entry(t, index, batch)); got.Err != nil {
			t.Fatal(got.Err)
		}
		index++
	}
	of := newBox("ISB-01", "x")
	send(of, of.batch(t, 5))
	b := heir(t, of, of.head)
	office.keys = []ed25519.PublicKey{b.public()}
	send(b, b.pack(t, 6, 6))
	for range 130 {
		send(b, b.batch(t, 1))
	}
	steps, err := walked(t, a)
	if err != nil || steps < 3 {
		t.Fatalf("%d steps, %v", steps, err)
	}
	filed := spoil(t, a, b.in, func(v []byte) { v[len(v)-1] ^= 1 })
	if _, err := walked(t, a); err == nil {
		t.Error("a changed byte in the heir's newest batch is not found")
	}
	spoil(t, a, b.in, func(v []byte) { copy(v, filed) })
}

// spoil changes the newest batch of a chain, and gives it as it was.
func spoil(t *testing.T, a *Archive, in chain.Incarnation, change func([]byte)) (before []byte) {
	t.Helper()
	err := a.db.Update(func(tx *bolt.Tx) error {
		batches := tx.Bucket(chainsName).Bucket([]byte(in.String())).Bucket(batchesName)
		k, v := batches.Cursor().Last()
		before = slices.Clone(v)
		after := slices.Clone(v)
		change(after)
		return batches.Put(k, after)
	})
	if err != nil {
		t.Fatal(err)
	}
	return before
}
