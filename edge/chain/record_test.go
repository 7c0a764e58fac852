package chain_test

import (
	"errors"
	"strings"
	"testing"

	"markaz.example/edge/chain"
)

func TestEncodeRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*chain.Record)
		want  error
	}{
		"sequence 0":    {func(r *chain.Record) { r.Seq = 0 }, chain.ErrHeader},
		"boot 0":        {func(r *chain.Record) { r.Stamp.Boot = 0 }, chain.ErrHeader},
		"no actor":      {func(r *chain.Record) { r.Actor = "" }, chain.ErrHeader},
		"long actor":    {func(r *chain.Record) { r.Actor = strings.Repeat("a", 65) }, chain.ErrHeader},
		"long subject":  {func(r *chain.Record) { r.Subject = strings.Repeat("a", 65) }, chain.ErrHeader},
		"broken text":   {func(r *chain.Record) { r.Subject = "a\xff" }, chain.ErrHeader},
		"kind":          {func(r *chain.Record) { r.Kind = "opened" }, chain.ErrHeader},
		"no body":       {func(r *chain.Record) { r.Body = nil }, chain.ErrMalformed},
		"garbled body":  {func(r *chain.Record) { r.Body = []byte{0xff} }, chain.ErrMalformed},
		"too big to do": {func(r *chain.Record) { r.Body = hugeBody(t) }, chain.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			r := record(1)
			c.spoil(&r)
			if _, err := chain.Encode(r); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestKindCheck(t *testing.T) {
	for kind, ok := range map[chain.Kind]bool{
		"visit.opened/1": true, "a.b/9999": true, "visit.no-show/2": true, "a.b.c/1": true,
		"": false, "visit/1": false, "visit.opened": false, "visit.opened/": false, "visit.opened/0": false,
		"visit.opened/10000": false, "visit.opened/1a": false, "Visit.opened/1": false, "visit..opened/1": false,
		"visit./1": false, ".opened/1": false, "visit.-opened/1": false, "visit.opened/1/2": false, "visit.o_p/1": false,
		chain.Kind("visit." + strings.Repeat("o", 64) + "/1"): false,
	} {
		if err := kind.Check(); (err == nil) != ok {
			t.Errorf("%q: got %v, want accepted %v", kind, err, ok)
		}
	}
}

func hugeBody(t *testing.T) []byte {
	t.Helper()
	b, err := chain.EncodeBody(map[int]string{1: strings.Repeat("x", chain.RecordBytesMax)})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// FuzzDecode: no bytes fell a reader, and what it accepts it can write again to an equal record.
func FuzzDecode(f *testing.F) {
	f.Add(encode(f, record(1)))
	f.Add([]byte{0xa9, 1, 1, 2, 1})
	f.Add([]byte{0xbf, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := chain.Decode(b)
		if err != nil {
			return
		}
		again, err := chain.Encode(r)
		if err != nil {
			t.Fatalf("accepted, but cannot be written: %v", err)
		}
		s, err := chain.Decode(again)
		if err != nil {
			t.Fatalf("written, but cannot be read: %v", err)
		}
		if s.Header != r.Header {
			t.Errorf("header %+v became %+v", r.Header, s.Header)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	r := record(1)
	for b.Loop() {
		if _, err := chain.Encode(r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFollow(b *testing.B) {
	at := incarnation().Start()
	stored := encode(b, record(1))
	b.SetBytes(int64(len(stored)))
	for b.Loop() {
		if _, _, err := at.Follow(stored); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWalk(b *testing.B) {
	var all [][]byte
	for seq := range uint64(1000) {
		all = append(all, encode(b, record(seq+1)))
	}
	b.ReportAllocs()
	for b.Loop() {
		w := incarnation().Start().Walk()
		for _, stored := range all {
			if err := w.Step(stored); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.N*len(all))/b.Elapsed().Seconds(), "records/s")
}
