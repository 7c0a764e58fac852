package block_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/klauspost/compress/zstd"

	"markaz.example/edge/block"
	"markaz.example/edge/block/blocktest"
	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
)

func days(n int) *blocktest.Days {
	d := blocktest.New(1)
	d.Grow(n)
	return d
}

func encode(t testing.TB, first uint64, records [][]byte) block.Block {
	t.Helper()
	b, err := block.Encode(first, records)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// decode gives the records, in buffers of their own.
func decode(t testing.TB, b block.Block, first uint64, count int) (records [][]byte) {
	t.Helper()
	rows, err := block.Decode(b.Bytes, first, count, b.RawBytes, nil)
	if err != nil {
		t.Fatal(err)
	}
	for len(rows) > 0 {
		r, rest, ok := block.Next(rows)
		if !ok {
			t.Fatalf("rows end in %x", rows)
		}
		records, rows = append(records, bytes.Clone(r)), rest
	}
	return records
}

func same(t testing.TB, got, want [][]byte) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d records, want %d", len(got), len(want))
	}
	for i := range want {
		if !bytes.Equal(got[i], want[i]) {
			t.Fatalf("record %d of the block:\n got %x\nwant %x", i, got[i], want[i])
		}
	}
}

func TestExactBytesComeBack(t *testing.T) {
	d := days(20_000)
	for _, span := range [][2]uint64{{1, 1}, {1, 2}, {1, 8192}, {5000, 13_000}, {19_999, 20_000}} {
		records := d.Range(span[0], span[1])
		b := encode(t, span[0], records)
		same(t, decode(t, b, span[0], len(records)), records)
		if again := encode(t, span[0], records); !bytes.Equal(again.Bytes, b.Bytes) {
			t.Errorf("records %d to %d made two blocks", span[0], span[1])
		}
	}
}

// Records that a box would not write come back too, from the columns or from aside.
func TestOddRecordsComeBack(t *testing.T) {
	records := odd().Records
	same(t, decode(t, encode(t, 1, records), 1, len(records)), records)
	same(t, decode(t, encode(t, 1, [][]byte{longer(t)}), 1, 1), [][]byte{longer(t)})
}

// A value is one level further down than its body: what a chain accepts at its deepest comes back.
func TestTheDeepestBodyComesBack(t *testing.T) {
	deepest := 0
	for levels := range 20 {
		body := append(append([]byte{0xa1, 1}, bytes.Repeat([]byte{0x81}, levels)...), 0)
		r, err := chain.Encode(chain.Record{
			Header: chain.Header{Seq: 1, Stamp: clock.Stamp{Boot: 1}, Kind: "a.b/1", Actor: "box"}, Body: body,
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := chain.Check(r); err != nil {
			continue
		}
		deepest = levels
		same(t, decode(t, encode(t, 1, [][]byte{r}), 1, 1), [][]byte{r})
	}
	if deepest != 10 {
		t.Errorf("%d levels in a value, want 10 of a record's 12", deepest)
	}
}

// More shapes than a byte can name, and texts that never come again: the rest goes aside, and comes back.
func TestMoreShapesThanNames(t *testing.T) {
	d := blocktest.New(1)
	for i := range 1000 {
		d.Add("note.made/1", fmt.Sprint("desk/", i%400), fmt.Sprint("subject ", i), map[int]string{1: fmt.Sprint("text ", i), 2: "again"})
	}
	same(t, decode(t, encode(t, 1, d.Records), 1, len(d.Records)), d.Records)
}

func TestTheLargestBlock(t *testing.T) {
	d := blocktest.New(1)
	random := rand.New(rand.NewPCG(1, 1))
	for range 15 {
		noise := make([]byte, 65_000)
		for i := range noise {
			noise[i] = byte(random.Uint32())
		}
		d.Add("note.made/1", "desk/A", "", map[int]any{1: noise})
	}
	b := encode(t, 1, d.Records)
	if len(b.Bytes) > block.BytesMax || len(b.Bytes) < 900_000 {
		t.Errorf("block of %d bytes, want near the limit of %d", len(b.Bytes), block.BytesMax)
	}
	same(t, decode(t, b, 1, len(d.Records)), d.Records)
}

func TestEncodeRefuses(t *testing.T) {
	d := days(9000)
	for name, c := range map[string]struct {
		first   uint64
		records [][]byte
		want    error
	}{
		"none":              {1, nil, block.ErrTooMuch},
		"too many":          {1, d.Range(1, block.RecordsMax+1), block.ErrTooMuch},
		"too large":         {1, large(), block.ErrTooMuch},
		"another beginning": {2, d.Range(1, 5), block.ErrOrder},
		"a gap":             {1, [][]byte{d.Records[0], d.Records[2]}, block.ErrOrder},
		"no record":         {1, [][]byte{[]byte("not a record")}, chain.ErrMalformed},
		"boot 0":            {1, [][]byte{bytes.Replace(d.Records[0], []byte{2, 1, 3}, []byte{2, 0, 3}, 1)}, chain.ErrHeader},
	} {
		if _, err := block.Encode(c.first, c.records); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

// large is records of two mebibytes.
func large() [][]byte {
	d := blocktest.New(1)
	for range 40 {
		d.Add("note.made/1", "desk/A", "", map[int]any{1: make([]byte, 60_000)})
	}
	return d.Records
}

func TestSealedLeadsFromEndToEnd(t *testing.T) {
	d := days(500)
	s, err := block.Seal(d.At[100], d.Range(101, 300))
	if err != nil || s.Last != d.At[300] {
		t.Fatalf("sealed up to %s, %v, want %s", s.Last, err, d.At[300])
	}
	records, err := s.Open()
	if err != nil {
		t.Fatal(err)
	}
	same(t, records, d.Range(101, 300))
	for name, spoil := range map[string]func(*block.Sealed){
		"another beginning": func(s *block.Sealed) { s.Prev.Hash[0] ^= 1 },
		"another end":       func(s *block.Sealed) { s.Last.Hash[31] ^= 1 },
	} {
		b := s
		spoil(&b)
		if _, err := b.Open(); !errors.Is(err, chain.ErrBroken) {
			t.Errorf("%s: got %v, want ErrBroken", name, err)
		}
	}
	for name, spoil := range map[string]func(*block.Sealed){
		"no records":       func(s *block.Sealed) { s.Last = s.Prev },
		"backwards":        func(s *block.Sealed) { s.Last.Seq = 7 },
		"too many records": func(s *block.Sealed) { s.Last.Seq += block.RecordsMax },
		"another count":    func(s *block.Sealed) { s.Last.Seq-- },
		"another size":     func(s *block.Sealed) { s.RawBytes++ },
	} {
		b := s
		spoil(&b)
		if _, err := b.Open(); !errors.Is(err, block.ErrBlock) {
			t.Errorf("%s: got %v, want ErrBlock", name, err)
		}
	}
}

// Whatever a block would become, it gets the room it announces and no more, and that is bounded.
func TestABombTakesNoMemory(t *testing.T) {
	bombs := forgeries(t)
	texts := byHand() // two texts of 60,000 bytes in a record announced as short
	texts.table = table("a.b/1", "box", 2, 1, 1, 2, 1)
	texts.values = [][]byte{append([]byte{1}, binary.AppendUvarint(nil, 60_000)...), {0}}
	texts.names = make([]byte, 120_000)
	bombs = append(bombs, forgery{"two long texts", 9, 1, 32, texts.bytes()})
	run := func() {
		for _, b := range bombs {
			if _, err := block.Decode(b.block, b.first, b.count, b.raw, nil); err == nil {
				t.Fatalf("%s was opened", b.name)
			}
		}
	}
	run() // what is pooled is allocated once
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 10 {
		run()
	}
	runtime.ReadMemStats(&after)
	if grew := after.TotalAlloc - before.TotalAlloc; grew > 10*3*(2<<20) {
		t.Errorf("ten rounds of forgeries allocated %d bytes", grew)
	}
}

// FuzzDecode: no bytes fell the reader, and what it gives is a chain's records, each in its place.
func FuzzDecode(f *testing.F) {
	d := days(300)
	b := encode(f, 1, d.Range(1, 200))
	f.Add(b.Bytes, uint64(1), 200, b.RawBytes)
	f.Add(byHand().bytes(), uint64(9), 1, 32)
	for _, g := range forgeries(f) {
		if len(g.block) < 4<<10 {
			f.Add(g.block, g.first, g.count, g.raw)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte, first uint64, count, raw int) {
		rows, err := block.Decode(b, first, count, raw, nil)
		if err != nil {
			return
		}
		accepted(t, rows, first, count, raw)
	})
}

// FuzzColumns is FuzzDecode behind the compression, where no luck is needed to get there.
func FuzzColumns(f *testing.F) {
	h := byHand()
	f.Add(h.first(), h.ticks, h.spans, h.names, uint64(9), uint8(1), uint16(32))
	h.table, h.words, h.values = table("a.b/1", "box", 1, 1, 2), []byte{0x81, 1}, [][]byte{{1, 2}}
	f.Add(h.first(), h.ticks, h.spans, h.names, uint64(9), uint8(1), uint16(33))
	f.Fuzz(func(t *testing.T, first, ticks, spans, names []byte, seq uint64, count uint8, raw uint16) {
		rows, err := block.Decode(sealed(1, first, ticks, spans, names), seq, int(count), int(raw), nil)
		if err != nil {
			return
		}
		accepted(t, rows, seq, int(count), int(raw))
	})
}

func accepted(t *testing.T, rows []byte, first uint64, count, raw int) {
	t.Helper()
	if len(rows) != raw {
		t.Fatalf("%d bytes, announced %d", len(rows), raw)
	}
	for i := range uint64(count) {
		r, rest, ok := block.Next(rows)
		if !ok {
			t.Fatalf("no record %d of %d", i+1, count)
		}
		if seq, err := chain.Check(r); err != nil || seq != first+i {
			t.Fatalf("record %x: %d, %v, want %d", r, seq, err, first+i)
		}
		rows = rest
	}
	if len(rows) > 0 {
		t.Fatalf("%d bytes behind the last record", len(rows))
	}
}

// FuzzRoundTrip: whatever records there are, in whatever order of values, they come back.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte{1, 2, 3}, "visit.opened/1", "desk/A", "K5QXG43UOVZGKZDT", uint64(1), uint64(1), int64(-1), uint8(1), []byte{0xa1, 1, 0x63, 'a', 'b', 'c'})
	f.Add([]byte{0, 0, 9}, "a.b/1", "x", "", uint64(0), uint64(9), int64(1<<62), uint8(3), []byte{0xa1, 0x18, 1, 0x81, 1})
	f.Fuzz(func(t *testing.T, turns []byte, kind, actor, subject string, boot, mono uint64, wall int64, grade uint8, body []byte) {
		var records [][]byte
		for _, turn := range turns[:min(len(turns), 50)] {
			h := chain.Header{Seq: uint64(len(records) + 1), Kind: chain.Kind(kind), Actor: actor, Subject: subject}
			h.Stamp = clock.Stamp{Boot: boot + uint64(turn&1), Mono: mono * uint64(turn), Wall: wall + int64(turn), Grade: clock.Grade(grade)}
			if turn&2 > 0 {
				h.Subject = fmt.Sprint(turn)
			}
			if b, err := chain.Encode(chain.Record{Header: h, Body: body}); err == nil {
				records = append(records, b)
			}
		}
		if len(records) > 0 {
			same(t, decode(t, encode(t, 1, records), 1, len(records)), records)
		}
	})
}

func rows(records [][]byte) (out []byte) {
	for _, r := range records {
		for n := len(r); ; n >>= 7 {
			if n < 0x80 {
				out = append(out, byte(n))
				break
			}
			out = append(out, byte(n)|0x80)
		}
		out = append(out, r...)
	}
	return out
}

func BenchmarkEncode(b *testing.B) {
	for _, n := range []int{16, 160, 2500, 8192} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			records := days(50_000).Range(40_001, 40_000+uint64(n))
			made := encode(b, 40_001, records)
			b.ReportAllocs()
			for b.Loop() {
				encode(b, 40_001, records)
			}
			report(b, records, made.Bytes)
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, n := range []int{160, 2500, 8192} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			records := days(50_000).Range(40_001, 40_000+uint64(n))
			made := encode(b, 40_001, records)
			buffer := make([]byte, 0, block.RawBytesMax+block.Slack)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := block.Decode(made.Bytes, 40_001, n, made.RawBytes, buffer); err != nil {
					b.Fatal(err)
				}
			}
			report(b, records, made.Bytes)
		})
	}
}

// BenchmarkRows is the peer of both: the same records one behind the other, zstd at its fastest.
func BenchmarkRows(b *testing.B) {
	for _, n := range []int{16, 160, 2500, 8192} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			records := days(50_000).Range(40_001, 40_000+uint64(n))
			z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(1<<20))
			if err != nil {
				b.Fatal(err)
			}
			var made []byte
			for b.Loop() {
				made = z.EncodeAll(rows(records), made[:0])
			}
			report(b, records, made)
		})
	}
}

func report(b *testing.B, records [][]byte, made []byte) {
	n := float64(len(records))
	b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(len(made))/n, "B/record")
	b.ReportMetric(float64(len(rows(records)))/n, "raw-B/record")
}
