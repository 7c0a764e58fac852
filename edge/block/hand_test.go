package block_test

import (
	"encoding/binary"

	"github.com/klauspost/compress/zstd"
)

// hand is a block of few records put together by hand, so that a test can spoil any part of it.
type hand struct {
	version                                         byte
	table                                           []byte
	subjects, shapes, clocks, stamps, wholes, words []byte
	values                                          [][]byte
	ticks, spans, names                             []byte
	behind                                          []byte // after the first stream's last column
}

// byHand is one record: a.b/1 by "box", without a subject, boot 1, mono 258, wall 5, grade rtc, body {1: 7}.
func byHand() hand {
	return hand{
		version: 1, table: table("a.b/1", "box", 1, 1, 0),
		subjects: []byte{1}, shapes: []byte{1}, clocks: []byte{3}, stamps: []byte{2, 10, 1},
		values: [][]byte{{7}}, ticks: []byte{2}, spans: []byte{1},
	}
}

func table(kind, actor string, rest ...byte) []byte {
	b := append([]byte{1, byte(len(kind))}, kind...)
	b = append(append(b, byte(len(actor))), actor...)
	return append(b, rest...)
}

func (h hand) first() []byte {
	b := append([]byte{}, h.table...)
	for _, c := range append([][]byte{h.subjects, h.shapes, h.clocks, h.stamps, h.wholes, h.words}, h.values...) {
		b = append(binary.AppendUvarint(b, uint64(len(c))), c...)
	}
	return append(b, h.behind...)
}

func (h hand) bytes() []byte {
	return sealed(h.version, h.first(), h.ticks, h.spans, h.names)
}

func sealed(version byte, streams ...[]byte) []byte {
	out := []byte{version}
	for _, s := range streams {
		out = announce(out, len(s), squeeze(s))
	}
	return out
}

func announce(b []byte, size int, squeezed []byte) []byte {
	b = binary.AppendUvarint(b, uint64(size))
	b = binary.AppendUvarint(b, uint64(len(squeezed)))
	return append(b, squeezed...)
}

func squeeze(b []byte) []byte {
	z, err := zstd.NewWriter(nil)
	if err != nil {
		panic(err)
	}
	return z.EncodeAll(b, nil)
}
