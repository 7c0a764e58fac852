package wire

import (
	"crypto/ed25519"
	_ "embed"
	"fmt"
	"slices"

	"github.com/klauspost/compress/zstd"

	"markaz.example/edge/chain"
)

// dictionary is what both ends know of records before they see any. A released one is never changed and never taken
// away: archives hold batches that were made with it.
type dictionary struct {
	id           uint32
	compressor   *zstd.Encoder
	decompressor *zstd.Decoder
}

//go:embed dictionary-1.zdict
var dictionary1 []byte

// dictionaries are in the order of their ids, from 1.
var dictionaries = []dictionary{newDictionary(1, dictionary1)}

func newDictionary(id uint32, content []byte) dictionary {
	d := dictionary{
		id: id,
		// The batches are small, and few. One level higher saves 6 % more and costs 8 MiB in every process.
		compressor: newCompressor(zstd.WithEncoderDict(content),
			zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithWindowSize(smallWindowBytes)),
		decompressor: newDecompressor(zstd.WithDecoderDicts(content)),
	}
	// As with the first use of the encoder: tables that come with the dictionary are made here, not in a test's bubble.
	if _, err := d.decompressor.DecodeAll(d.compressor.EncodeAll([]byte{0}, nil), make([]byte, 0, 1)); err != nil {
		panic("BUG: dictionary of wire: " + err.Error())
	}
	return d
}

// Dictionaries are the ids that this version knows, for Hello.
func Dictionaries() []uint32 {
	ids := make([]uint32, len(dictionaries))
	for i, d := range dictionaries {
		ids[i] = d.id
	}
	return ids
}

// NewestDictionary is the newest of theirs that this version knows as well, for Welcome; 0 when there is none.
func NewestDictionary(theirs []uint32) uint32 {
	for _, d := range slices.Backward(dictionaries) {
		if slices.Contains(theirs, d.id) {
			return d.id
		}
	}
	return 0
}

// Pack is PackWith without a dictionary.
func Pack(key ed25519.PrivateKey, in chain.Incarnation, prev chain.Position, wall int64, records [][]byte) (Batch, error) {
	return PackWith(0, key, in, prev, wall, records)
}

// press compresses rows: with the dictionary where it pays, and this version has it.
func (b *Batch) press(raw []byte, id uint32) {
	if d, ok := findDictionary(id); ok && b.Count() < dictionaryRecords {
		b.Codec, b.Dictionary = CodecDictionary, id
		b.Block = d.compressor.EncodeAll(raw, nil)
		return
	}
	b.Block = compressor.EncodeAll(raw, nil)
}

// rowsDecoder reports ErrBlock for a dictionary that this version does not have, and for other codecs than of rows.
func (b Batch) rowsDecoder() (*zstd.Decoder, error) {
	switch b.Codec {
	case CodecRows:
		return decompressor, nil
	case CodecDictionary:
		if d, ok := findDictionary(b.Dictionary); ok {
			return d.decompressor, nil
		}
		return nil, fmt.Errorf("%w: this version does not have dictionary %d, its newest is %d", ErrBlock, b.Dictionary, len(dictionaries))
	}
	return nil, fmt.Errorf("%w: this version cannot read codec %d", ErrBlock, b.Codec)
}

func findDictionary(id uint32) (dictionary, bool) {
	if id == 0 || uint64(id) > uint64(len(dictionaries)) {
		return dictionary{}, false
	}
	return dictionaries[id-1], true
}
