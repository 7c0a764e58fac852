package wire_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"github.com/google/go-cmp/cmp"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew; read the difference before you keep it")

// vector is a frame, and what becomes of it. A batch is also verified, with Key.
type vector struct {
	Name  string
	Frame string // hex
	Key   string `json:",omitempty"` // hex; of a batch's checkpoint
	Error string `json:",omitempty"` // the sentinel it is refused with; none: it is valid
}

var sentinels = map[string]error{
	"wire.ErrTooLarge": wire.ErrTooLarge, "wire.ErrKind": wire.ErrKind, "wire.ErrMalformed": wire.ErrMalformed,
	"wire.ErrField": wire.ErrField, "wire.ErrBlock": wire.ErrBlock, "wire.ErrCount": wire.ErrCount,
	"chain.ErrBroken": chain.ErrBroken, "chain.ErrSignature": chain.ErrSignature, "chain.ErrMalformed": chain.ErrMalformed,
}

func sentinelName(err error) string {
	for name, s := range sentinels {
		if errors.Is(err, s) {
			return name
		}
	}
	return "unknown: " + err.Error()
}

func TestVectors(t *testing.T) {
	path := filepath.Join("testdata", "vectors.json")
	if *update {
		writeVectors(t, path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(b, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) { checkVector(t, v) })
	}
}

func checkVector(t *testing.T, v vector) {
	frame, key := unhex(t, v.Frame), unhex(t, v.Key)
	m, err := wire.Decode(frame)
	if b, ok := m.(wire.Batch); ok && err == nil {
		err = b.Verify(key)
	}
	if v.Error != "" {
		if !errors.Is(err, sentinels[v.Error]) || sentinels[v.Error] == nil {
			t.Errorf("got %v, want %s", err, v.Error)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	again, err := wire.Encode(m)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(v.Frame, hex.EncodeToString(again)); d != "" {
		t.Errorf("encoded again: %s", d)
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func writeVectors(t *testing.T, path string) {
	t.Helper()
	var all []vector
	for _, m := range samples(t) {
		v := vector{Name: "valid " + reflect.TypeOf(m.message).Name() + m.note, Frame: hex.EncodeToString(encode(t, m.message))}
		if _, ok := m.message.(wire.Batch); ok {
			v.Key = hex.EncodeToString(grown(1).Public())
		}
		all = append(all, v)
	}
	for _, r := range refusedFrames(t) {
		_, err := wire.Decode(r.frame)
		if err == nil {
			t.Fatalf("%s: decoded", r.name)
		}
		all = append(all, vector{Name: r.name, Frame: hex.EncodeToString(r.frame), Error: sentinelName(err)})
	}
	for _, name := range []string{"truncated block", "announces more", "one record too few", "one record too many", "reordered",
		"edited", "another chain", "another beginning", "another key's word", "another time",
		"unknown dictionary", "dictionary unsaid"} {
		f := forgeries(t)[name]
		all = append(all, vector{
			Name: "batch: " + name, Frame: hex.EncodeToString(encode(t, f.batch)), Key: hex.EncodeToString(grown(1).Public()),
			Error: sentinelName(f.want),
		})
	}
	for _, name := range []string{"rows as columns", "columns as rows", "truncated columns", "another chain's columns"} {
		f := sealedForgeries(t)[name]
		all = append(all, vector{
			Name: "batch: " + name, Frame: hex.EncodeToString(encode(t, f.batch)), Key: hex.EncodeToString(grown(1).Public()),
			Error: sentinelName(f.want),
		})
	}
	b, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(b, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

type sample struct {
	message wire.Message
	note    string
}

func samples(t testing.TB) []sample {
	c := grown(20)
	heir := c.In
	heir.After = 20
	return []sample{
		{wire.Hello{Version: 1, Incarnation: c.In, Head: c.Head(), Key: c.Public(), Software: "markaz 0.1.0"}, ""},
		{wire.Hello{Version: 1, Incarnation: c.In, Head: c.In.Start(), Key: c.Public(), Software: "markaz 0.1.0"}, " of an empty ledger"},
		{wire.Welcome{Version: 1, Held: c.At(7), Wall: 1_767_225_600_000, Window: 8}, ""},
		{pack(t, c, 5, 14), ""},
		{pack(t, c, 1, 1), " of the first record"},
		{packWith(t, 1, c, 5, 14), " with dictionary 1"},
		{sealed(t, c, 5, 14), " of a sealed block"},
		{wire.Ack{Held: c.At(14)}, ""},
		{wire.NewRefusal(wire.CodeGap, "send from record 8 on", c.At(7), false), ""},
		{wire.Beat{Head: c.Head()}, ""},
		{wire.Probe{Seq: 9}, ""},
		{wire.Landmark{At: c.At(9)}, ""},
		{wire.Hello{
			Version: 2, Incarnation: c.In, Head: c.Head(), Key: c.Public(), Software: "markaz 0.2.0",
			Nonce: wire.Nonce{1, 2, 3}, Dictionaries: []uint32{1},
		}, " of version 2"},
		{wire.Welcome{
			Version: 2, Held: c.At(7), Wall: 1_767_225_600_000, Window: 8,
			TimeSignature: wire.SignTime(c.Key, wire.Nonce{1, 2, 3}, 1_767_225_600_000), Dictionary: 1,
		}, " of version 2"},
		{wire.Beat{
			Head: c.Head(), Oldest: 1_767_225_600_000, Conditions: []string{"printer.paper-out", "cash.out"},
			Packs: []wire.ActivePack{{Name: "texts", Version: 7}}, Wall: 1_767_225_601_000, Grade: 3,
		}, " of version 2"},
		{wire.Landmark{At: c.At(9), Begins: c.At(5)}, " of version 2"},
		{wire.Shelved{At: c.At(9)}, ""},
		{wire.SignLetter(c.Key, c.In.Centre, wire.Letter{Number: 1, Kind: "lease.granted/1", Body: []byte{0xa0}, Wall: 1_767_225_600_000}), ""},
		{wire.Received{Number: 1}, ""},
		{wire.Fetch{Digest: [32]byte{7}, Offset: 4096, Length: 4096}, ""},
		{wire.Piece{Digest: [32]byte{7}, Offset: 4096, Total: 4100, Bytes: []byte("tail")}, ""},
		{wire.Piece{Digest: [32]byte{8}, Bytes: []byte{}}, " that is not there"},
		{wire.Recall{Version: 2}, " of everything"},
		{wire.Recall{Version: 2, Incarnation: c.In, After: c.At(9)}, " of the rest"},
		{wire.Past{
			Incarnation: c.In, Held: c.Head(), Keys: []wire.Signer{{From: 1, Key: c.Public()}}, RawBytes: 8000, Batches: 2, Bytes: 900,
		}, ""},
		{wire.Recall{Version: 2, Incarnation: heir, After: heir.Start(), Lineage: true}, " of a successor"},
		{wire.Past{
			Incarnation: heir, Held: chain.Position{Seq: 40, Hash: c.Head().Hash}, Keys: []wire.Signer{{From: 21, Key: c.Public()}},
			RawBytes: 8000, Batches: 2, Bytes: 900, End: 77,
		}, " of a successor"},
		{wire.NewRefusal(wire.CodeHeir, "nobody let it", heir.Start(), true), " of an heir"},
		{wire.NewRefusal(wire.CodeAncestor, "not held", heir.Start(), false), " for want of the ancestor"},
	}
}

func encode(t testing.TB, m wire.Message) []byte {
	t.Helper()
	b, err := wire.Encode(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

type refused struct {
	name  string
	frame []byte
}

// refusedFrames are written as an outsider would, from FORMAT.md: maps of integers, not our structs.
func refusedFrames(t testing.TB) []refused {
	c := grown(20)
	sorted, err := cbor.EncOptions{Sort: cbor.SortCoreDeterministic}.EncMode() // the same file at each -update
	if err != nil {
		t.Fatal(err)
	}
	raw := func(kind byte, form any) []byte {
		b, err := sorted.Marshal(form)
		if err != nil {
			t.Fatal(err)
		}
		return append([]byte{kind}, b...)
	}
	at := []any{uint64(7), make([]byte, 32)}
	in := []any{"ISB-01", make([]byte, 16)}
	hello := encode(t, wire.Hello{Version: 1, Incarnation: c.In, Head: c.Head(), Key: c.Public(), Software: "markaz 0.1.0"})
	helloWith := func(key int, value any) []byte {
		form := map[int]any{1: 1, 2: in, 3: at, 4: make([]byte, 32), 5: "markaz 0.1.0"}
		form[key] = value
		return raw(1, form)
	}
	batchWith := func(key int, value any) []byte {
		form := map[int]any{1: in, 2: at, 3: []any{9, make([]byte, 32)}, 4: 0, 5: make([]byte, 64), 6: 200, 7: make([]byte, 90)}
		form[key] = value
		return raw(3, form)
	}
	return []refused{
		{"empty", nil},
		{"kind 0", []byte{0, 0xa0}},
		{"kind of the future", []byte{99, 0xa0}},
		{"kind alone", []byte{1}},
		{"truncated", hello[:len(hello)-5]},
		{"trailing byte", append(append([]byte{}, hello...), 0)},
		{"not a map", raw(4, []int{1, 2})},
		{"same key twice", append([]byte{7}, 0xa2, 0x01, 0x05, 0x01, 0x06)},
		{"map without end", append([]byte{7}, 0xbf, 0x01, 0x05, 0xff)},
		{"tagged", append([]byte{7}, 0xc1, 0xa1, 0x01, 0x05)},
		{"negative sequence", raw(7, map[int]any{1: -1})},
		{"text that is not UTF-8", append([]byte{5}, 0xa1, 0x01, 0x61, 0xff)},
		{"array that claims four billion", []byte{4, 0xa1, 0x01, 0x9a, 0xff, 0xff, 0xff, 0xff}},
		{"nested too deep", append([]byte{7}, 0xa1, 0x09, 0x81, 0x81, 0x81, 0x81, 0x81, 0x01)},
		{"small message too large", raw(5, map[int]any{1: "busy", 2: string(make([]byte, 4096)), 3: at, 4: false})},
		{"hello without fields", raw(1, map[int]any{})},
		{"hello version 0", helloWith(1, 0)},
		{"hello centre of the wrong shape", helloWith(2, []any{"isb 01", make([]byte, 16)})},
		{"hello short nonce", helloWith(2, []any{"ISB-01", make([]byte, 15)})},
		{"hello short hash", helloWith(3, []any{7, make([]byte, 31)})},
		{"hello start of another chain", helloWith(3, []any{0, make([]byte, 32)})},
		{"hello short key", helloWith(4, make([]byte, 31))},
		{"hello nameless software", helloWith(5, "")},
		{"hello software with a line end", helloWith(5, "markaz\nroot logged in")},
		{"welcome without window", raw(2, map[int]any{1: 1, 2: at, 3: 0, 4: 0})},
		{"welcome window too wide", raw(2, map[int]any{1: 1, 2: at, 3: 0, 4: 9})},
		{"ack without hash", raw(4, map[int]any{1: []any{7, nil}})},
		{"ack with a third element", raw(4, map[int]any{1: []any{7, make([]byte, 32), 1}})},
		{"refusal without code", raw(5, map[int]any{1: "", 2: "", 3: at, 4: true})},
		{"refusal with an escape", raw(5, map[int]any{1: "gap", 2: "\x1b[2J", 3: at, 4: true})},
		{"batch of no records", batchWith(3, at)},
		{"batch backwards", batchWith(3, []any{3, make([]byte, 32)})},
		{"batch of too many records", batchWith(3, []any{7 + wire.RecordsMax + 1, make([]byte, 32)})},
		{"batch of too many bytes", batchWith(6, wire.RawBytesMax+1)},
		{"batch of more bytes than 32 bits", batchWith(6, 1<<32)},
		{"batch of too few bytes", batchWith(6, 20)},
		{"batch without block", batchWith(7, []byte{})},
		{"batch with a short signature", batchWith(5, make([]byte, 63))},
		{"dictionary without its codec", batchWith(9, 1)},
		{"codec of the future", batchWith(8, 9)},
		{"too many dictionaries", helloWith(7, make([]uint32, 9))},
		{"greeting's nonce too short", helloWith(6, []byte{1})},
		{"too many conditions", raw(6, map[int]any{1: at, 3: slices.Repeat([]string{"a"}, 33)})},
		{"condition with a line end", raw(6, map[int]any{1: at, 3: []string{"a\nb"}})},
		{"pack without a name", raw(6, map[int]any{1: at, 4: []any{[]any{"", 1}}})},
		{"letter 0", raw(10, map[int]any{1: 0, 2: "lease.granted/1", 3: []byte{}, 4: 0, 5: make([]byte, 64)})},
		{"letter without a kind", raw(10, map[int]any{1: 1, 2: "", 3: []byte{}, 4: 0, 5: make([]byte, 64)})},
		{"letter too long", raw(10, map[int]any{1: 1, 2: "k", 3: make([]byte, wire.LetterBytesMax+1), 4: 0, 5: make([]byte, 64)})},
		{"letter with half a signature", raw(10, map[int]any{1: 1, 2: "k", 3: []byte{}, 4: 0, 5: make([]byte, 32)})},
		{"fetch of nothing", raw(12, map[int]any{1: make([]byte, 32), 2: 0, 3: 0})},
		{"fetch of too much", raw(12, map[int]any{1: make([]byte, 32), 2: 0, 3: wire.PieceBytesMax + 1})},
		{"piece beyond the end", raw(13, map[int]any{1: make([]byte, 32), 2: 1, 3: 2, 4: []byte{1, 2}})},
		{"recall of a position of no chain", raw(14, map[int]any{1: 2, 2: at, 3: []any{"", make([]byte, 16)}})},
		{"past without a key", raw(15, map[int]any{1: in, 2: at, 3: []any{}, 4: 0, 5: 0})},
	}
}

func TestCodesFit(t *testing.T) {
	for _, code := range []string{wire.CodeCentre, wire.CodeKey, wire.CodeMalformed, wire.CodeOrder,
		wire.CodeWindow, wire.CodeGap, wire.CodeFork, wire.CodeSettled, wire.CodeBusy, wire.CodeReplaced, wire.CodeSilent} {
		r := wire.NewRefusal(code, "a line\nand \x1b[31mred\xff "+string(make([]byte, 5000)), chain.Position{}, true)
		if _, err := wire.Decode(encode(t, r)); err != nil {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// FuzzDecode: no frame fells the decoder, and what it accepts survives being encoded and decoded again.
func FuzzDecode(f *testing.F) {
	for _, s := range samples(f) {
		f.Add(encode(f, s.message))
	}
	for _, r := range refusedFrames(f) {
		f.Add(r.frame)
	}
	key := grown(1).Public()
	f.Fuzz(func(t *testing.T, frame []byte) {
		m, err := wire.Decode(frame)
		if err != nil {
			return
		}
		if b, ok := m.(wire.Batch); ok {
			_ = b.Verify(key)
		}
		again, err := wire.Encode(m)
		if err != nil {
			t.Fatalf("decoded, but cannot be encoded: %v", err)
		}
		m2, err := wire.Decode(again)
		if d := cmp.Diff(m, m2); err != nil || d != "" {
			t.Fatalf("%v %s", err, d)
		}
	})
}

// FuzzOpen: no block fells the walk, and what opens is exactly as long as it says.
func FuzzOpen(f *testing.F) {
	c := wiretest.New("ISB-01", 1)
	c.Grow(20)
	for _, b := range []wire.Batch{pack(f, c, 5, 14), pack(f, c, 1, 1), pack(f, c, 1, 20)} {
		f.Add(b.Block, b.RawBytes, b.Prev.Seq, b.Last().Seq)
	}
	for _, g := range forgeries(f) {
		if len(g.batch.Block) < 64<<10 {
			f.Add(g.batch.Block, g.batch.RawBytes, g.batch.Prev.Seq, g.batch.Last().Seq)
		}
	}
	f.Fuzz(func(t *testing.T, block []byte, rawBytes uint32, prev, last uint64) {
		var b wire.Batch
		b.Block, b.RawBytes = block, rawBytes
		b.Prev, b.Checkpoint.Position = c.At(prev%20), c.At(last%21)
		b.Checkpoint.Incarnation = c.In
		records, err := b.Open()
		if err == nil && uint64(len(records)) != b.Count() {
			t.Fatalf("%d records, announced %d", len(records), b.Count())
		}
	})
}
