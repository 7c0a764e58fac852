package block_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"testing"

	"markaz.example/edge/block"
	"markaz.example/edge/block/blocktest"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew; read the difference before you keep it")

const vectorsFile = "testdata/vectors.json"

// vector is a block, and the records that it gives or the error that it is refused with. A reader must agree; a writer
// whose compressor is another makes other bytes.
type vector struct {
	Name     string   `json:"name"`
	First    uint64   `json:"first"`
	Count    int      `json:"count"`
	RawBytes int      `json:"raw_bytes"`
	Block    string   `json:"block"`
	Records  []string `json:"records,omitempty"`
	Error    string   `json:"error,omitempty"`
}

var errorNames = map[string]error{"ErrBlock": block.ErrBlock}

func TestVectors(t *testing.T) {
	if *update {
		writeVectors(t)
	}
	b, err := os.ReadFile(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		t.Run(v.Name, func(t *testing.T) { checkVector(t, v) })
	}
}

func checkVector(t *testing.T, v vector) {
	b := block.Block{Bytes: unhex(t, v.Block), RawBytes: v.RawBytes}
	if v.Error != "" {
		if _, err := block.Decode(b.Bytes, v.First, v.Count, v.RawBytes, nil); !errors.Is(err, errorNames[v.Error]) || errorNames[v.Error] == nil {
			t.Errorf("got %v, want %s", err, v.Error)
		}
		return
	}
	var want [][]byte
	for _, r := range v.Records {
		want = append(want, unhex(t, r))
	}
	same(t, decode(t, b, v.First, v.Count), want)
}

// odd are records that a box would not write, and that a chain accepts none the less.
func odd() *blocktest.Days {
	d := blocktest.New(3)
	d.Add("note.made/1", "desk/A", "", map[string]any{"words": "instead of numbers"})
	d.Add("note.made/1", "desk/A", "short", map[int]any{1: nil, 2: true, 3: -5, 4: 1.5, 5: []byte{1}, 6: map[int]int{1: 1}, 23: "", 30: 1})
	d.Add("note.made/1", "desk/A", "short", map[int]any{1: nil, 2: true, 3: -5, 4: 1.5, 5: []byte{1}, 6: map[int]int{1: 1}, 23: ""})
	d.Add("note.made/1", "desk/A", "a name that is long", map[int]any{1: "a name that is long", 2: "a name that is long"})
	return d
}

// longer says the sequence in two bytes where one is enough, and has a key of the future.
func longer(t testing.TB) []byte {
	t.Helper()
	r := blocktest.New(1).Records[0]
	b := append([]byte{0xaa, 1, 0x18}, r[2:]...)
	return append(b, 0x0a, 0x63, 'n', 'e', 'w')
}

func writeVectors(t *testing.T) {
	var all []vector
	good := func(name string, first uint64, records [][]byte) {
		b := encode(t, first, records)
		v := vector{Name: name, First: first, Count: len(records), RawBytes: b.RawBytes, Block: hex.EncodeToString(b.Bytes)}
		for _, r := range records {
			v.Records = append(v.Records, hex.EncodeToString(r))
		}
		all = append(all, v)
	}
	d := days(400)
	good("one record", 1, d.Range(1, 1))
	good("the first thirty of a morning", 1, d.Range(1, 30))
	good("forty from the middle", 301, d.Range(301, 340))
	good("bodies of every shape", 1, odd().Records)
	good("not in the shortest form", 1, [][]byte{longer(t)})
	h := byHand()
	all = append(all, vector{
		Name: "by hand", First: 9, Count: 1, RawBytes: 32, Block: hex.EncodeToString(h.bytes()),
		Records: []string{"a9010902010319010204050501" + "0665612e622f310763626f780860" + "09a10107"},
	})
	for _, f := range forgeries(t) {
		all = append(all, vector{Name: f.name, First: f.first, Count: f.count, RawBytes: f.raw, Block: hex.EncodeToString(f.block), Error: "ErrBlock"})
	}
	b, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(vectorsFile, append(b, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

// forgery is a block that must be refused.
type forgery struct {
	name       string
	first      uint64
	count, raw int
	block      []byte
}

func forgeries(t testing.TB) (all []forgery) {
	t.Helper()
	whole := byHand().bytes()
	add := func(name string, b []byte) { all = append(all, forgery{name, 9, 1, 32, b}) }
	with := func(name string, spoil func(*hand)) { h := byHand(); spoil(&h); add(name, h.bytes()) }

	all = append(all,
		forgery{"announced one byte less", 9, 1, 31, whole}, forgery{"announced one byte more", 9, 1, 33, whole},
		forgery{"announced another record", 9, 2, 64, whole}, forgery{"announced none", 9, 0, 32, whole},
		forgery{"announced from record 0 on", 0, 1, 32, whole},
		forgery{"announced too many", 9, block.RecordsMax + 1, 1 << 20, whole},
		forgery{"announced too large", 9, 1, block.RawBytesMax + 1, whole},
	)
	add("nothing", nil)
	add("cut in the middle", whole[:len(whole)/2])
	add("something behind the end", append(bytes.Clone(whole), 0))
	with("a format of the future", func(h *hand) { h.version = 2 })
	first := byHand().first()
	add("a part that says it is larger", append(announce([]byte{1}, len(first)+1, squeeze(first)), whole[len(announce([]byte{1}, len(first), squeeze(first))):]...))
	add("a part that grows past its word", append(announce([]byte{1}, len(first), squeeze(make([]byte, 64<<20))), whole[len(announce([]byte{1}, len(first), squeeze(first))):]...))
	add("parts of more than 2 MiB", sealed(1, first, make([]byte, 2<<20), nil, nil))
	with("bytes behind the columns", func(h *hand) { h.behind = []byte{0} })
	with("a table cut short", func(h *hand) { h.table = h.table[:6] })
	with("a kind without a version", func(h *hand) { h.table = table("a.b-1", "box", 1, 1, 0) })
	with("no actor", func(h *hand) { h.table = table("a.b/1", "", 1, 1, 0) })
	with("an actor that is no text", func(h *hand) { h.table = table("a.b/1", "b\xffx", 1, 1, 0) })
	with("a body of too many values", func(h *hand) { h.table = table("a.b/1", "box", 24) })
	with("a key of two bytes", func(h *hand) { h.table = table("a.b/1", "box", 1, 24, 0) })
	with("a way of the future", func(h *hand) { h.table = table("a.b/1", "box", 1, 1, 3) })
	with("a subject before the first", func(h *hand) { h.subjects = []byte{5} })
	with("a subject that is not there", func(h *hand) { h.subjects = []byte{3, 8} })
	with("a subject that is no text", func(h *hand) { h.subjects, h.words = []byte{3, 1}, []byte{0xff} })
	with("a subject too long", func(h *hand) { h.subjects, h.names = []byte{3, 65}, bytes.Repeat([]byte{'A'}, 65) })
	with("a shape foreseen by nobody", func(h *hand) { h.shapes = []byte{0} })
	with("a shape that is not in the table", func(h *hand) { h.shapes = []byte{2} })
	with("a clock of the future", func(h *hand) { h.clocks = []byte{4} })
	with("boot 0", func(h *hand) { h.stamps = []byte{0, 10, 1} })
	with("no boot", func(h *hand) { h.clocks, h.stamps = []byte{0}, nil })
	with("a grade of the future", func(h *hand) { h.stamps = []byte{2, 10, 4} })
	with("a number that does not end", func(h *hand) { h.values = [][]byte{{0x87}} })
	with("a value left over", func(h *hand) { h.values = [][]byte{{7, 7}} })
	with("a time left over", func(h *hand) { h.ticks = []byte{2, 2} })
	text := func(h *hand) { h.table = table("a.b/1", "box", 1, 1, 1) }
	with("a text seen by nobody", func(h *hand) { text(h); h.values = [][]byte{{3}} })
	with("a name that came with nobody", func(h *hand) { text(h); h.values = [][]byte{{2}} })
	with("a text that is not there", func(h *hand) { text(h); h.values = [][]byte{{1, 4}} })
	item := func(h *hand, b ...byte) {
		h.table, h.words, h.values = table("a.b/1", "box", 1, 1, 2), b, [][]byte{{1, byte(len(b))}}
	}
	with("an item that does not end", func(h *hand) { item(h, 0x82, 1) })
	with("an item and another", func(h *hand) { item(h, 1, 1) })
	with("an item of indefinite length", func(h *hand) { item(h, 0x9f, 0xff) })
	with("a body that is no map", func(h *hand) {
		h.table, h.words, h.values = table("a.b/1", "box", 0xff), []byte{0x80}, [][]byte{{1, 1}}
	})
	aside := func(name string, r []byte) {
		h := hand{version: 1, table: []byte{0}, subjects: []byte{0}}
		h.wholes = append(appendRow(nil, len(r)), r...)
		all = append(all, forgery{name, 9, 1, block.RowBytes(len(r)), h.bytes()})
	}
	aside("a record aside that is none", []byte("not a record at all, of some length"))
	aside("a record aside of another place", blocktest.New(1).Records[0])
	return all
}

func appendRow(b []byte, n int) []byte {
	for ; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(b, byte(n))
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
