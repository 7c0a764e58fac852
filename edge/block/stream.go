package block

import (
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// formatVersion is the first byte of a block.
const formatVersion = 1

// streams is how many compressed parts a block has: columns of few values, the two halves of times, names. Each has statistics of its own.
const streams = 4

// columnsOfAll is how many columns of the first stream every block has; those of the shapes follow.
const columnsOfAll = 6

// The coders keep no state between calls, and any goroutine may use them.
var (
	compressor   = newCompressor()
	decompressor = must(zstd.NewReader(nil,
		zstd.WithDecoderConcurrency(0),
		zstd.WithDecoderMaxMemory(streamsBytesMax),
		zstd.WithDecodeAllCapLimit(true))) // never a byte past the capacity that the block announced
)

func newCompressor() *zstd.Encoder {
	c := must(zstd.NewWriter(nil,
		zstd.WithEncoderLevel(zstd.SpeedDefault),
		zstd.WithAllLitEntropyCompression(true), // names repeat nothing and use 32 letters
		zstd.WithWindowSize(1<<20),
		zstd.WithEncoderCRC(false), // the chain's hash covers every byte
		zstd.WithSingleSegment(true),
		zstd.WithLowerEncoderMem(true),
		zstd.WithEncoderConcurrency(1))) // a ledger seals one block at a time; each more would keep its megabytes
	// The first use makes the encoder's channels. Here it does not fall into a test's bubble, whose channels die with it.
	c.EncodeAll([]byte{0}, nil)
	return c
}

func must[T any](v T, err error) T {
	if err != nil {
		panic("BUG: options of block: " + err.Error())
	}
	return v
}

// seal writes what the columns hold. It reports ErrTooMuch for what no reader would take; that takes records of noise.
func (w *writer) seal() ([]byte, error) {
	first := appendLength(w.scratch[:0], len(w.columns.table))
	first = append(first, w.table...)
	all := w.all()
	for _, c := range all[:columnsOfAll] {
		first = append(appendLength(first, len(c.b)), c.b...)
	}
	for i := range w.columns.table {
		for j := range w.columns.table[i].values {
			c := &w.columns.table[i].values[j].column
			first = append(appendLength(first, len(c.b)), c.b...)
		}
	}
	w.scratch = first
	out, total := []byte{formatVersion}, 0
	for _, s := range [streams][]byte{first, w.ticks.b, w.spans.b, w.names.b} {
		squeezed := compressor.EncodeAll(s, nil)
		out = appendLength(appendLength(out, len(s)), len(squeezed))
		out = append(out, squeezed...)
		total += len(s)
	}
	if total > streamsBytesMax || len(out) > BytesMax {
		return nil, fmt.Errorf("%w: columns of %d bytes, compressed %d", ErrTooMuch, total, len(out))
	}
	return out, nil
}

// unseal decompresses the streams of a block, one behind the other into a buffer that it may make larger, and never past
// what the block announces.
func unseal(block, buffer []byte) (all [streams][]byte, grown []byte, err error) {
	head := column{b: block}
	if len(block) > BytesMax || head.byte() != formatVersion {
		return all, buffer, fmt.Errorf("%w: not a block of format %d", ErrBlock, formatVersion)
	}
	var squeezed [streams][]byte
	var sizes [streams]uint64
	total := uint64(0)
	for i := range sizes {
		sizes[i] = min(head.number(), streamsBytesMax+1)
		squeezed[i] = head.take(head.number())
		total += sizes[i]
	}
	if head.lost || len(head.b) > 0 || total > streamsBytesMax {
		return all, buffer, fmt.Errorf("%w: its parts", ErrBlock)
	}
	if uint64(cap(buffer)) < total {
		buffer = make([]byte, total)
	}
	buffer = buffer[:cap(buffer)]
	for i, start := 0, uint64(0); i < streams; i++ {
		end := start + sizes[i]
		b, err := decompressor.DecodeAll(squeezed[i], buffer[start:start:end])
		if err != nil || uint64(len(b)) != sizes[i] {
			return all, buffer, fmt.Errorf("%w: part %d is not the %d bytes it announces: %v", ErrBlock, i, sizes[i], err)
		}
		all[i], start = buffer[start:end:end], end
	}
	return all, buffer, nil
}
