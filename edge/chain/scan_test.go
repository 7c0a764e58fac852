package chain

import (
	"bytes"
	"math"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// written is one record of every width of number and text.
func written(tb testing.TB) (all [][]byte) {
	tb.Helper()
	body := cbor.RawMessage{0xa1, 1, 2}
	for _, n := range []uint64{1, 23, 24, 255, 256, 65_535, 65_536, 1 << 32, math.MaxUint64} {
		for _, wall := range []int64{0, -1, 1_700_000_000_000, math.MinInt64, math.MaxInt64} {
			b, err := encoding.Marshal(stored{
				Seq: n, Boot: n, Mono: n, Wall: wall, Grade: uint8(n), Kind: "a.b/1", Actor: "desk/A", Body: body,
				Subject: "a subject that needs a length of two bytes",
			})
			if err != nil {
				tb.Fatal(err)
			}
			all = append(all, b)
		}
	}
	return all
}

// TestScanReadsWhatIsWritten holds that the quick way is taken at all.
func TestScanReadsWhatIsWritten(t *testing.T) {
	for _, b := range written(t) {
		if _, ok := Split(b); !ok {
			t.Errorf("%x is left to the general decoder", b)
		}
	}
}

// TestScanHoldsToTheNesting: a body is one level down, and counts from there.
func TestScanHoldsToTheNesting(t *testing.T) {
	for levels := nestingMax - 2; levels <= nestingMax+1; levels++ {
		body := append(bytes.Repeat([]byte{0xa1, 1}, levels-1), 0xa0)
		b := append([]byte{0xa9, 1, 1, 2, 1, 3, 1, 4, 1, 5, 1, 6, 0x60, 7, 0x60, 8, 0x60, 9}, body...)
		var want stored
		err := decoding.Unmarshal(b, &want)
		if _, ok := Split(b); ok != (err == nil) {
			t.Errorf("body of %d levels: accepted %v, the general decoder says %v", levels, ok, err)
		}
	}
}

// FuzzScan compares with the general decoder: what scan accepts, that accepts as the same record.
func FuzzScan(f *testing.F) {
	for _, b := range written(f) {
		f.Add(b)
		f.Add(append(bytes.Clone(b), 0))
		f.Add(b[:len(b)-1])
	}
	f.Add([]byte{0xa9, 1, 1, 2, 1, 3, 1, 4, 1, 5, 0x19, 1, 0, 6, 0x60, 7, 0x60, 8, 0x60, 9, 0xa0})
	f.Add([]byte{0xa9, 1, 1, 2, 1, 3, 1, 4, 1, 5, 1, 6, 0x61, 0xff, 7, 0x60, 8, 0x60, 9, 0xa0})
	f.Fuzz(func(t *testing.T, b []byte) {
		got, ok := Split(b)
		if !ok {
			return
		}
		var want stored
		if err := decoding.Unmarshal(b, &want); err != nil {
			t.Fatalf("accepted, but the general decoder says: %v", err)
		}
		if !bytes.Equal(got.Body, want.Body) {
			t.Fatalf("body %x, want %x", got.Body, want.Body)
		}
		if got.record().Header != want.header() {
			t.Errorf("got %+v, want %+v", got, want)
		}
		w, decoded := Position{Seq: got.Seq - 1}.Walk(), Position{Seq: got.Seq - 1}
		at, _, err := decoded.Follow(b)
		if stepped := w.Step(b); (stepped == nil) != (err == nil) || err == nil && w.At() != at {
			t.Errorf("a step gives %v, %v; Follow %v, %v", w.At(), stepped, at, err)
		}
	})
}
