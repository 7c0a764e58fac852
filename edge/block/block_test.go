package block_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/klauspost/compress/zstd"

	"markaz.example/edge/block"
	"markaz.example/edge/block/blocktest"
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

var _ = errors.Is
