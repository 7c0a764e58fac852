package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	columns "markaz.example/edge/block" // the tests of rows have a block of their own
	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

func sealed(t testing.TB, c *wiretest.Chain, from, to uint64) wire.Batch {
	t.Helper()
	s, err := columns.Seal(c.At(from-1), c.Records(from, to))
	if err != nil {
		t.Fatal(err)
	}
	return wire.PackSealed(c.Key, c.In, 1_767_225_600_000, s)
}

func TestSealedBlockTravelsAsItIs(t *testing.T) {
	c := grown(300)
	rapid.Check(t, func(r *rapid.T) {
		from := rapid.Uint64Range(1, 300).Draw(r, "from")
		to := rapid.Uint64Range(from, 300).Draw(r, "to")
		frame, err := wire.Encode(sealed(t, c, from, to))
		if err != nil {
			r.Fatal(err)
		}
		m, err := wire.Decode(frame)
		if err != nil {
			r.Fatal(err)
		}
		b := m.(wire.Batch)
		if err := b.Verify(c.Public()); err != nil {
			r.Fatal(err)
		}
		records, err := b.Open()
		if err != nil || !slices.EqualFunc(records, c.Records(from, to), bytes.Equal) {
			r.Fatalf("%d records come back, %v", len(records), err)
		}
		s, ok := b.Sealed()
		if again, err := s.Open(); !ok || err != nil || len(again) != len(records) {
			r.Fatalf("its block gives %d records, %v", len(again), err)
		}
	})
	if _, ok := pack(t, c, 1, 9).Sealed(); ok {
		t.Error("rows pass for a sealed block")
	}
}

// sealedForgeries are batches of sealed blocks whose bounds are good and whose contents are not.
func sealedForgeries(t testing.TB) map[string]forgery {
	c := grown(20)
	good, rows := sealed(t, c, 5, 14), pack(t, c, 5, 14)
	with := func(change func(*wire.Batch)) wire.Batch { b := good; change(&b); return b }
	other := wiretest.New("ISB-01", 9)
	other.Grow(14)
	far := sealed(t, c, 6, 15)
	return map[string]forgery{
		"rows as columns":       {with(func(b *wire.Batch) { b.Block = rows.Block }), wire.ErrBlock},
		"columns as rows":       {with(func(b *wire.Batch) { b.Codec = wire.CodecRows }), wire.ErrBlock},
		"truncated columns":     {with(func(b *wire.Batch) { b.Block = b.Block[:len(b.Block)/2] }), wire.ErrBlock},
		"columns announced":     {with(func(b *wire.Batch) { b.RawBytes++ }), wire.ErrBlock},
		"columns, one too few":  {with(func(b *wire.Batch) { b.Block = sealed(t, c, 5, 13).Block }), wire.ErrBlock},
		"columns, one too many": {with(func(b *wire.Batch) { b.Block = sealed(t, c, 5, 15).Block }), wire.ErrBlock},
		"another chain's columns": {with(func(b *wire.Batch) {
			f := sealed(t, other, 5, 14)
			b.Block, b.RawBytes = f.Block, f.RawBytes
		}), chain.ErrBroken},
		// Columns do not say where they belong: what they give here are other records, each in its place.
		"columns of another place": {with(func(b *wire.Batch) { b.Block, b.RawBytes = far.Block, far.RawBytes }), chain.ErrBroken},
		"another key's columns":    {with(func(b *wire.Batch) { b.Checkpoint = chain.Sign(other.Key, c.In, b.Last(), 0) }), chain.ErrSignature},
	}
}

func TestVerifyNamesEachSealedForgery(t *testing.T) {
	key := grown(1).Public()
	for name, f := range sealedForgeries(t) {
		if err := f.batch.Verify(key); !errors.Is(err, f.want) {
			t.Errorf("%s: got %v, want %v", name, err, f.want)
		}
	}
}

// Headquarters verifies every block of a drain: that must not allocate for each record.
func TestVerifyOfASealedBlockAllocatesLittle(t *testing.T) {
	c := grown(2000)
	b, key := sealed(t, c, 1, 2000), c.Public()
	got := testing.AllocsPerRun(20, func() {
		if err := b.Verify(key); err != nil {
			t.Error(err)
		}
	})
	if got > 500 {
		t.Errorf("%.0f allocations for 2,000 records", got)
	}
}

// FuzzSealed: no block of columns fells the walk.
func FuzzSealed(f *testing.F) {
	c := grown(20)
	for _, b := range []wire.Batch{sealed(f, c, 5, 14), sealed(f, c, 1, 1), sealed(f, c, 1, 20)} {
		f.Add(b.Block, b.RawBytes, b.Prev.Seq, b.Last().Seq)
	}
	f.Fuzz(func(t *testing.T, columns []byte, rawBytes uint32, prev, last uint64) {
		b := wire.Batch{Block: columns, RawBytes: rawBytes, Codec: wire.CodecColumns}
		b.Prev, b.Checkpoint.Position = c.At(prev%20), c.At(last%21)
		b.Checkpoint.Incarnation = c.In
		records, err := b.Open()
		if err == nil && uint64(len(records)) != b.Count() {
			t.Fatalf("%d records, announced %d", len(records), b.Count())
		}
	})
}

func BenchmarkVerifySealed(b *testing.B) {
	for _, n := range []uint64{160, 2500} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c := grown(2500)
			batch := sealed(b, c, 1, n)
			frame, _ := wire.Encode(batch)
			b.ReportAllocs()
			for b.Loop() {
				m, err := wire.Decode(frame)
				if err != nil {
					b.Fatal(err)
				}
				if err := m.(wire.Batch).Verify(c.Public()); err != nil {
					b.Fatal(err)
				}
			}
			report(b, int(n), len(frame), int(batch.RawBytes))
		})
	}
}
