package wire_test

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

// A new dictionary takes the next number: go test ./sync/wire -run TestDictionariesNeverChange -train 2
var train = flag.Int("train", 0, "train a dictionary under this number from generated days; a released one must not be trained again")

// digests are of the dictionaries that were ever released, in the order of their numbers. Archives hold batches made
// with them.
var digests = []string{
	"7ad859317777bbaff0458db9d8e2112c4f5f9fc7856054f8acc81bb969904f0b",
}

const dictionaryBytes = 8 << 10

func dictionaryFile(id int) string { return fmt.Sprintf("dictionary-%d.zdict", id) }

func TestDictionariesNeverChange(t *testing.T) {
	if *train > 0 {
		trainDictionary(t, *train)
	}
	ids := wire.Dictionaries()
	if len(ids) != len(digests) {
		t.Fatalf("%d dictionaries, %d digests", len(ids), len(digests))
	}
	for i, want := range digests {
		b, err := os.ReadFile(dictionaryFile(i + 1))
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != want || ids[i] != uint32(i+1) {
			t.Errorf("dictionary %d has the digest %x, want %s", ids[i], sum, want)
		}
	}
}

// trainDictionary makes the history of whole records, each kind's of each actor once, the commonest last: whole records
// give long matches. What generic training picks (scraps of eight bytes) saved half as much.
func trainDictionary(t *testing.T, id int) {
	t.Helper()
	var samples [][]byte
	for seed := range uint64(400) {
		records := newDay(seed, 60)
		for i := 0; i < len(records); i += 4 {
			samples = append(samples, rows(records[i:i+4]))
		}
	}
	b, err := zstd.BuildDict(zstd.BuildDictOptions{
		ID: uint32(id), Contents: samples, History: typical(newDay(1_000, 5000)), Offsets: [3]int{1, 4, 8}, Level: zstd.SpeedDefault,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dictionaryFile(id), b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// typical is a record of each kind and actor, in the order of how often they come.
func typical(records [][]byte) (history []byte) {
	counts, example := map[string]int{}, map[string][]byte{}
	for _, r := range records {
		d, err := chain.Decode(r)
		if err != nil {
			panic("BUG: " + err.Error())
		}
		key := string(d.Kind) + d.Actor
		counts[key]++
		example[key] = rows([][]byte{r})
	}
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[a], counts[b]), strings.Compare(a, b))
	})
	for _, k := range keys {
		history = append(history, example[k]...)
	}
	return history[max(0, len(history)-dictionaryBytes):]
}

// rows are records as codecs 0 and 2 compress them.
func rows(records [][]byte) (raw []byte) {
	for _, r := range records {
		raw = append(binary.AppendUvarint(raw, uint64(len(r))), r...)
	}
	return raw
}

// The threshold of the product follows from this table.
func TestWhatADictionarySaves(t *testing.T) {
	const tries = 10
	newest := wire.Dictionaries()[len(digests)-1]
	byRecord := map[int][2]float64{}
	for _, n := range []int{1, 4, 15, 16, 64, 256} {
		var size [2]float64
		for seed := range uint64(tries) {
			raw := rows(newDay(1_000_000+seed, 300)[40 : 40+n])
			size[0] += float64(len(wire.Press(raw, 0))) / float64(n*tries)
			size[1] += float64(len(wire.Press(raw, newest))) / float64(n*tries)
		}
		saved := 1 - size[1]/size[0]
		byRecord[n] = size
		t.Logf("%3d records: %6.1f bytes a record without, %6.1f with dictionary %d, %4.1f %% saved", n, size[0], size[1], newest, 100*saved)
		if n < wire.DictionaryRecords && saved < 0.2 {
			t.Errorf("at %d records the dictionary saves %.1f %%, and is used", n, 100*saved)
		}
	}
	if with, drained := byRecord[wire.DictionaryRecords][1], byRecord[64][0]; drained >= with {
		t.Errorf("64 records without take %.1f bytes each, %d with take %.1f: the threshold is too low", drained, wire.DictionaryRecords, with)
	}
}

func TestADictionaryIsUsedOnlyWhereItPays(t *testing.T) {
	c := wiretest.New("ISB-01", 1)
	c.Grow(wire.DictionaryRecords)
	for _, tt := range []struct {
		offered    uint32
		records    uint64
		codec      wire.Codec
		dictionary uint32
	}{
		{0, 1, wire.CodecRows, 0},
		{1, 1, wire.CodecDictionary, 1},
		{1, wire.DictionaryRecords - 1, wire.CodecDictionary, 1},
		{1, wire.DictionaryRecords, wire.CodecRows, 0},
		{77, 1, wire.CodecRows, 0}, // headquarters named what this version does not have
	} {
		b, err := wire.PackWith(tt.offered, c.Key, c.In, c.At(0), 0, c.Records(1, tt.records))
		if err != nil {
			t.Fatal(err)
		}
		if b.Codec != tt.codec || b.Dictionary != tt.dictionary {
			t.Errorf("%d records, dictionary %d offered: codec %d with dictionary %d", tt.records, tt.offered, b.Codec, b.Dictionary)
		}
		if err := b.Verify(c.Public()); err != nil {
			t.Errorf("%d records, dictionary %d offered: %v", tt.records, tt.offered, err)
		}
	}
}

func TestAnUnknownDictionaryIsNamed(t *testing.T) {
	c := wiretest.New("ISB-01", 1)
	c.Grow(3)
	b, err := wire.PackWith(1, c.Key, c.In, c.At(0), 0, c.Records(1, 3))
	if err != nil {
		t.Fatal(err)
	}
	b.Dictionary = 9
	if _, err := b.Open(); !errors.Is(err, wire.ErrBlock) || !strings.Contains(err.Error(), "dictionary 9") {
		t.Errorf("got %v", err)
	}
	b.Codec, b.Dictionary = wire.CodecRows, 0
	if _, err := b.Open(); !errors.Is(err, wire.ErrBlock) {
		t.Errorf("a block that needs a dictionary passes for one without: %v", err)
	}
}

// What a dictionary's block claims to become is bounded as rows are.
func TestADictionaryDoesNotWidenTheBounds(t *testing.T) {
	c := wiretest.New("ISB-01", 1)
	c.Grow(1)
	b, err := wire.PackWith(1, c.Key, c.In, c.At(0), 0, c.Records(1, 1))
	if err != nil {
		t.Fatal(err)
	}
	b.Block = wire.Press(make([]byte, wire.RawBytesMax), 1)
	if _, err := b.Open(); !errors.Is(err, wire.ErrBlock) {
		t.Errorf("a mebibyte in place of %d bytes: %v", b.RawBytes, err)
	}
}

func TestNewestCommonDictionary(t *testing.T) {
	for _, tt := range []struct {
		theirs []uint32
		want   uint32
	}{{nil, 0}, {[]uint32{9}, 0}, {[]uint32{1}, 1}, {[]uint32{9, 1, 4}, 1}} {
		if got := wire.NewestDictionary(tt.theirs); got != tt.want {
			t.Errorf("%v: %d, want %d", tt.theirs, got, tt.want)
		}
	}
}

func packWith(t testing.TB, dictionary uint32, c *wiretest.Chain, from, to uint64) wire.Batch {
	t.Helper()
	b, err := wire.PackWith(dictionary, c.Key, c.In, c.At(from-1), 1_767_225_600_000, c.Records(from, to))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
