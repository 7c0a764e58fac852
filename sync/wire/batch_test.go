package wire_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

func grown(n int) *wiretest.Chain {
	c := wiretest.New("ISB-01", 1)
	c.Grow(n)
	return c
}

func pack(t testing.TB, c *wiretest.Chain, from, to uint64) wire.Batch {
	t.Helper()
	b, err := wire.Pack(c.Key, c.In, c.At(from-1), 1_767_225_600_000, c.Records(from, to))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestPackOpen(t *testing.T) {
	c := grown(300)
	rapid.Check(t, func(r *rapid.T) {
		from := rapid.Uint64Range(1, 300).Draw(r, "from")
		to := rapid.Uint64Range(from, 300).Draw(r, "to")
		b, err := wire.Pack(c.Key, c.In, c.At(from-1), 0, c.Records(from, to))
		if err != nil {
			r.Fatal(err)
		}
		if b.Last() != c.At(to) || b.Count() != to-from+1 {
			r.Fatalf("got %d records to %s, want %d to %s", b.Count(), b.Last(), to-from+1, c.At(to))
		}
		if err := b.Verify(c.Public()); err != nil {
			r.Fatal(err)
		}
		records, err := b.Open()
		if err != nil {
			r.Fatal(err)
		}
		if !slices.EqualFunc(records, c.Records(from, to), bytes.Equal) {
			r.Fatalf("%d records come back, and others than went", len(records))
		}
	})
}

func TestPackStopsAtTheLimits(t *testing.T) {
	c := wiretest.New("ISB-01", 2)
	long := bytes.Repeat([]byte("form "), 12_000) // 60,000 bytes: 17 fit
	for range 40 {
		c.Append(map[int][]byte{1: long})
	}
	b := pack(t, c, 1, 40)
	if b.RawBytes > wire.RawBytesMax || b.Count() != 17 {
		t.Errorf("got %d records, %d bytes, want 17 under %d", b.Count(), b.RawBytes, wire.RawBytesMax)
	}
	if err := b.Verify(c.Public()); err != nil {
		t.Error(err)
	}
	short := wiretest.New("ISB-01", 3)
	for range wire.RecordsMax + 5 {
		short.Append(map[int]int{1: 1})
	}
	if b := pack(t, short, 1, wire.RecordsMax+5); b.Count() != wire.RecordsMax {
		t.Errorf("got %d records, want %d", b.Count(), wire.RecordsMax)
	}
}

func TestPackRefusesWhatItCannotVouchFor(t *testing.T) {
	c := grown(3)
	if _, err := wire.Pack(c.Key, c.In, c.At(0), 0, nil); !errors.Is(err, wire.ErrEmpty) {
		t.Errorf("got %v, want ErrEmpty", err)
	}
	if _, err := wire.Pack(c.Key, c.In, c.At(0), 0, c.Records(2, 3)); !errors.Is(err, chain.ErrBroken) {
		t.Errorf("got %v, want ErrBroken", err)
	}
}

// block compresses records as a sender with other ideas would.
func block(records ...[]byte) ([]byte, uint32) {
	var raw []byte
	for _, r := range records {
		raw = append(binary.AppendUvarint(raw, uint64(len(r))), r...)
	}
	return squeeze(raw), uint32(len(raw))
}

func squeeze(raw []byte) []byte {
	e, err := zstd.NewWriter(nil)
	if err != nil {
		panic(err)
	}
	return e.EncodeAll(raw, nil)
}

// forgeries are batches whose bounds are good and whose contents are not, each with the error that names it.
func forgeries(t testing.TB) map[string]forgery {
	c := grown(20)
	good := pack(t, c, 5, 14)
	with := func(change func(*wire.Batch)) wire.Batch { b := good; change(&b); return b }
	reblock := func(records ...[]byte) func(*wire.Batch) {
		return func(b *wire.Batch) { b.Block, b.RawBytes = block(records...) }
	}
	records := c.Records(5, 14)
	swapped := append([][]byte{records[1], records[0]}, records[2:]...)
	other := wiretest.New("ISB-01", 9)
	other.Grow(14)
	flipped := bytes.Clone(records[4])
	flipped[len(flipped)-1] ^= 1
	edited := append(append(append([][]byte{}, records[:4]...), flipped), records[5:]...)
	return map[string]forgery{
		"truncated block":       {with(func(b *wire.Batch) { b.Block = b.Block[:len(b.Block)/2] }), wire.ErrBlock},
		"not zstd":              {with(func(b *wire.Batch) { b.Block = []byte("records, I swear") }), wire.ErrBlock},
		"announces less":        {with(func(b *wire.Batch) { b.RawBytes-- }), wire.ErrBlock},
		"announces more":        {with(func(b *wire.Batch) { b.RawBytes++ }), wire.ErrBlock},
		"bytes after the frame": {with(func(b *wire.Batch) { b.Block = append(bytes.Clone(b.Block), 7) }), wire.ErrBlock},
		"bomb":                  {with(func(b *wire.Batch) { b.Block = squeeze(make([]byte, 64<<20)) }), wire.ErrBlock},
		"length past the end": {with(func(b *wire.Batch) {
			raw := append(binary.AppendUvarint(nil, 5000), records[0]...)
			raw = append(raw, make([]byte, 320)...)
			b.Block, b.RawBytes = squeeze(raw), uint32(len(raw))
		}), wire.ErrBlock},
		"one record too few":  {with(reblock(records[:9]...)), wire.ErrCount},
		"one record too many": {with(reblock(c.Records(5, 15)...)), wire.ErrCount},
		"reordered":           {with(reblock(swapped...)), chain.ErrBroken},
		"edited":              {with(reblock(edited...)), chain.ErrBroken},
		"another chain":       {with(reblock(other.Records(5, 14)...)), chain.ErrBroken},
		"another beginning":   {with(func(b *wire.Batch) { b.Prev = other.At(4) }), chain.ErrBroken},
		"not records":         {with(reblock(bytes.Split(bytes.Repeat([]byte("not a record at all, of some length;"), 10), []byte(";"))[:10]...)), chain.ErrBroken},
		"another key's word":  {with(func(b *wire.Batch) { b.Checkpoint = chain.Sign(other.Key, c.In, b.Last(), 0) }), chain.ErrSignature},
		"another time":        {with(func(b *wire.Batch) { b.Checkpoint.Wall++ }), chain.ErrSignature},
		"unknown dictionary":  {with(func(b *wire.Batch) { b.Codec, b.Dictionary = wire.CodecDictionary, 99 }), wire.ErrBlock},
		"dictionary unsaid": {with(func(b *wire.Batch) {
			b.Block = wire.Press(rows(records), 1)
		}), wire.ErrBlock},
	}
}

type forgery struct {
	batch wire.Batch
	want  error
}

// TestOddRecordsPass: what this version cannot read is kept in its place and named; what says another place is not.
func TestOddRecordsPass(t *testing.T) {
	c := grown(3)
	padded := func(s string) []byte { return append([]byte(s), make([]byte, 64)...) }
	broken := wiretest.New("ISB-01", 3)
	broken.Grow(9)
	for name, o := range map[string]struct {
		record []byte
		want   error
	}{
		"not CBOR":           {padded("\xff\xff"), nil},
		"a kind of no shape": {rewritten(t, c.Records(3, 3)[0], 6, "Visit Opened"), nil},
		"a grade to come":    {rewritten(t, c.Records(3, 3)[0], 5, 9), nil},
		"nested too deep":    {rewritten(t, c.Records(3, 3)[0], 9, nested(40)), nil},
		"another place":      {broken.Records(9, 9)[0], chain.ErrBroken},
		"odd, another place": {rewritten(t, broken.Records(9, 9)[0], 6, "Visit Opened"), chain.ErrBroken},
		"too large":          {make([]byte, chain.RecordBytesMax+1), chain.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			records := append(append([][]byte{}, c.Records(1, 2)...), o.record)
			b, err := wire.Pack(c.Key, c.In, c.At(0), 0, records)
			if o.want != nil {
				if !errors.Is(err, o.want) {
					t.Errorf("got %v, want %v", err, o.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			odd, err := b.Inspect(c.Public())
			if err != nil || len(odd) != 1 || odd[0].Seq != 3 || odd[0].Reason == "" {
				t.Fatalf("got %+v, %v; want record 3 named", odd, err)
			}
			if got, err := b.Open(); err != nil || !bytes.Equal(got[2], o.record) {
				t.Errorf("the record is not given as it is: %v", err)
			}
		})
	}
}

// rewritten is a record with one of its values replaced, as a newer box would write it.
func rewritten(t testing.TB, record []byte, key int, value any) []byte {
	t.Helper()
	var form map[int]cbor.RawMessage
	if err := cbor.Unmarshal(record, &form); err != nil {
		t.Fatal(err)
	}
	raw, err := cbor.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	form[key] = raw
	out, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		t.Fatal(err)
	}
	b, err := out.Marshal(form)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func nested(depth int) any {
	if depth == 0 {
		return 1
	}
	return map[int]any{1: nested(depth - 1)}
}

func TestVerifyNamesEachForgery(t *testing.T) {
	c := grown(1)
	for name, f := range forgeries(t) {
		t.Run(name, func(t *testing.T) {
			frame, err := wire.Encode(f.batch)
			if err != nil {
				t.Fatal(err)
			}
			m, err := wire.Decode(frame)
			if err != nil {
				t.Fatal(err)
			}
			if err := m.(wire.Batch).Verify(c.Public()); !errors.Is(err, f.want) {
				t.Errorf("got %v, want %v", err, f.want)
			}
		})
	}
}

func TestBoundsComeBeforeDecompression(t *testing.T) {
	c := grown(20)
	good := pack(t, c, 5, 14)
	for name, change := range map[string]func(*wire.Batch){
		"no records":        func(b *wire.Batch) { b.Checkpoint.Position = b.Prev },
		"backwards":         func(b *wire.Batch) { b.Prev.Seq = 99 },
		"too many records":  func(b *wire.Batch) { b.Checkpoint.Position.Seq = b.Prev.Seq + wire.RecordsMax + 1 },
		"too many bytes":    func(b *wire.Batch) { b.RawBytes = wire.RawBytesMax + 1 },
		"bytes too few":     func(b *wire.Batch) { b.RawBytes = 100 },
		"bytes too many":    func(b *wire.Batch) { b.RawBytes = wire.RawBytesMax; b.Checkpoint.Position.Seq = b.Prev.Seq + 1 },
		"no block":          func(b *wire.Batch) { b.Block = nil },
		"block too large":   func(b *wire.Batch) { b.Block = make([]byte, wire.BlockBytesMax+1) },
		"centre's name":     func(b *wire.Batch) { b.Checkpoint.Incarnation.Centre = "../etc" },
		"start is not ours": func(b *wire.Batch) { b.Prev.Seq = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			b := good
			change(&b)
			_, err := b.Open()
			if !errors.Is(err, wire.ErrField) {
				t.Errorf("Open: got %v, want ErrField", err)
			}
			if err := b.Verify(c.Public()); !errors.Is(err, wire.ErrField) {
				t.Errorf("Verify: got %v, want ErrField", err)
			}
			if _, err := wire.Encode(b); !errors.Is(err, wire.ErrField) {
				t.Errorf("Encode: got %v, want ErrField", err)
			}
		})
	}
}

// Whatever a block would become, it gets the room its batch announced and no more.
func TestABombTakesNoMemory(t *testing.T) {
	bomb, key := forgeries(t)["bomb"].batch, grown(1).Public()
	_ = bomb.Verify(key) // what is pooled is allocated once
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 10 {
		if err := bomb.Verify(key); !errors.Is(err, wire.ErrBlock) {
			t.Fatalf("got %v, want ErrBlock", err)
		}
	}
	runtime.ReadMemStats(&after)
	if grew := after.TotalAlloc - before.TotalAlloc; grew > 10*2*wire.RawBytesMax {
		t.Errorf("ten bombs of 64 MiB allocated %d bytes", grew)
	}
}

// A mebibyte of noise is the largest block there is; its frame must pass.
func TestTheLargestFramePasses(t *testing.T) {
	c := wiretest.New("ISB-01", 2)
	for i := range 17 {
		c.Append(map[int][]byte{1: noise(i, 61_000)})
	}
	b := pack(t, c, 1, 17)
	frame, err := wire.Encode(b)
	if err != nil {
		t.Fatal(err)
	}
	if len(frame) < wire.RawBytesMax*9/10 {
		t.Errorf("frame of %d bytes does not test the limit", len(frame))
	}
	if _, err := wire.Decode(frame); err != nil {
		t.Error(err)
	}
	if _, err := wire.Decode(append(frame, make([]byte, wire.FrameBytesMax)...)); !errors.Is(err, wire.ErrTooLarge) {
		t.Errorf("got %v, want ErrTooLarge", err)
	}
}

func noise(seed, n int) []byte {
	var b []byte
	for i := 0; len(b) < n; i++ {
		s := sha256.Sum256(fmt.Appendf(nil, "%d/%d", seed, i))
		b = append(b, s[:]...)
	}
	return b[:n]
}

func BenchmarkPack(b *testing.B) {
	for _, n := range []uint64{1, 16, 160, 2500} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c := grown(2500)
			batch := pack(b, c, 1, n)
			b.ReportAllocs()
			for b.Loop() {
				pack(b, c, 1, n)
			}
			frame, _ := wire.Encode(batch)
			report(b, int(n), len(frame), int(batch.RawBytes))
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, n := range []uint64{1, 16, 160, 2500} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c := grown(2500)
			batch := pack(b, c, 1, n)
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

func report(b *testing.B, records, frameBytes, rawBytes int) {
	b.ReportMetric(float64(b.N*records)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(frameBytes)/float64(records), "wire-B/record")
	b.ReportMetric(float64(rawBytes)/float64(records), "raw-B/record")
}
