package wire

import (
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"

	"markaz.example/edge/block"
	"markaz.example/edge/chain"
)

// What Pack, Open and Verify report, besides chain.ErrBroken, chain.ErrSignature and chain.ErrTooLarge.
var (
	ErrBlock = errors.New("block does not decompress to what its batch announces")
	ErrCount = errors.New("block holds another number of records than its batch announces")
	ErrEmpty = errors.New("batch without records")
)

// The coders keep no state between calls, and any goroutine may use them.
var (
	compressor   = newCompressor()
	decompressor = newDecompressor()
	buffers      = sync.Pool{New: func() any { b := make([]byte, 0, RawBytesMax+block.Slack); return &b }}
)

func newCompressor(more ...zstd.EOption) *zstd.Encoder {
	c := must(zstd.NewWriter(nil, append([]zstd.EOption{
		zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithWindowSize(RawBytesMax),
		zstd.WithEncoderCRC(false), // the chain's hash covers every byte
		zstd.WithSingleSegment(true),
		zstd.WithLowerEncoderMem(true),
		zstd.WithEncoderConcurrency(1), // a box packs one batch at a time; each more would keep its megabyte
	}, more...)...))
	// The first use makes the encoder's channels. Here it does not fall into a test's bubble, whose channels die with it.
	c.EncodeAll([]byte{0}, nil)
	return c
}

func newDecompressor(more ...zstd.DOption) *zstd.Decoder {
	return must(zstd.NewReader(nil, append([]zstd.DOption{
		zstd.WithDecoderConcurrency(0),
		zstd.WithDecoderMaxMemory(RawBytesMax),
		zstd.WithDecodeAllCapLimit(true), // never a byte past the capacity that RawBytes asked for
	}, more...)...))
}

// Count is the number of records, RecordsMax or fewer once the batch was decoded.
func (s Span) Count() uint64 { return s.Last().Seq - s.Prev.Seq }

// Incarnation is whose records these are.
func (s Span) Incarnation() chain.Incarnation { return s.Checkpoint.Incarnation }

// PackWith makes a batch of consecutive stored records that follow prev: as many from the first on as the limits allow, at
// least one, odd ones too, and signs where they end: the caller compares that to its chain, which finds a damaged disk.
// Wall is the box's time in milliseconds. Dictionary is what Welcome named; it is used where it pays. It
// reports ErrEmpty, chain.ErrBroken and chain.ErrTooLarge.
func PackWith(dictionary uint32, key ed25519.PrivateKey, in chain.Incarnation, prev chain.Position, wall int64, records [][]byte) (Batch, error) {
	if len(records) == 0 {
		return Batch{}, fmt.Errorf("pack after %d: %w", prev.Seq, ErrEmpty)
	}
	pooled := buffers.Get().(*[]byte)
	defer buffers.Put(pooled)
	raw, at := (*pooled)[:0], prev.Walk()
	for i, r := range records {
		if i == RecordsMax || len(raw)+len(r)+lengthBytesMax > RawBytesMax {
			break
		}
		if _, err := at.Pass(r); err != nil {
			return Batch{}, fmt.Errorf("pack after %d: %w", prev.Seq, err)
		}
		raw = append(binary.AppendUvarint(raw, uint64(len(r))), r...)
	}
	b := Batch{Span: Span{Prev: prev, Checkpoint: chain.Sign(key, in, at.At(), wall)}, RawBytes: uint32(len(raw))}
	b.press(raw, dictionary)
	return b, nil
}

// PackSealed makes a batch of a sealed block as it is. Its records were verified when it was sealed and are not looked at
// again; the caller vouches that s.Last is the position of its chain. Wall is the box's time in milliseconds.
func PackSealed(key ed25519.PrivateKey, in chain.Incarnation, wall int64, s block.Sealed) Batch {
	return Batch{
		Span:     Span{Prev: s.Prev, Checkpoint: chain.Sign(key, in, s.Last, wall)},
		RawBytes: uint32(s.RawBytes), Block: s.Bytes, Codec: CodecColumns,
	}
}

// Sealed is the block of a batch of CodecColumns, to be kept as it came.
func (b Batch) Sealed() (s block.Sealed, ok bool) {
	s = block.Sealed{Block: block.Block{Bytes: b.Block, RawBytes: int(b.RawBytes)}, Prev: b.Prev, Last: b.Last()}
	return s, b.Codec == CodecColumns
}

// check bounds everything that Open will allocate.
func (b Batch) check() error {
	in, prev, last := b.Incarnation(), b.Prev, b.Last()
	switch {
	case last.Seq <= prev.Seq:
		return fmt.Errorf("%w: records %d to %d", ErrField, prev.Seq+1, last.Seq)
	case b.Count() > RecordsMax:
		return fmt.Errorf("%w: %d records, limit %d", ErrField, b.Count(), RecordsMax)
	case b.RawBytes > RawBytesMax:
		return fmt.Errorf("%w: %d bytes decompressed, limit %d", ErrField, b.RawBytes, RawBytesMax)
	case uint64(b.RawBytes) < b.Count()*recordBytesMin || uint64(b.RawBytes) > b.Count()*packedBytesMax:
		return fmt.Errorf("%w: %d bytes cannot be %d records", ErrField, b.RawBytes, b.Count())
	case b.Codec >= codecs:
		return fmt.Errorf("%w: codec %d, the newest is %d", ErrField, b.Codec, codecs-1)
	case (b.Dictionary != 0) != (b.Codec == CodecDictionary):
		return fmt.Errorf("%w: dictionary %d with codec %d", ErrField, b.Dictionary, b.Codec)
	case len(b.Block) == 0 || len(b.Block) > BlockBytesMax:
		return fmt.Errorf("%w: block of %d bytes, limit %d", ErrField, len(b.Block), BlockBytesMax)
	}
	return errors.Join(checkIncarnation(in), checkPosition(in, prev))
}

// Odd is a record that this version cannot decode: a newer box wrote it, or a box went wrong. It stands in its place by
// its hash and under its box's signature, and so it is kept and passed on as it is: one such record must not keep back
// what follows it.
type Odd struct {
	Seq    uint64
	Reason string // as chain.Decode says it, or the start of that; printable, at most ReasonBytesMax
}

// NewOdd cuts the reason to what fits.
func NewOdd(seq uint64, reason string) Odd { return Odd{seq, clip(reason, ReasonBytesMax)} }

// Verify checks the batch end to end: its bounds, the signature of its checkpoint, its block, and every record's place
// from Prev to the checkpoint. Odd records pass. It reports ErrField, chain.ErrSignature, ErrBlock, ErrCount,
// chain.ErrBroken and chain.ErrTooLarge.
func (b Batch) Verify(key ed25519.PublicKey) error {
	_, err := b.Inspect(key)
	return err
}

// Inspect is Verify, and gives the odd records, the first OddMax of them.
func (b Batch) Inspect(key ed25519.PublicKey) (odd []Odd, err error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	if err := b.Checkpoint.Verify(key); err != nil {
		return nil, err
	}
	pooled := buffers.Get().(*[]byte)
	defer buffers.Put(pooled)
	at := b.Prev.Seq
	err = b.walk((*pooled)[:0], func(_ []byte, why error) {
		if at++; why != nil && len(odd) < OddMax {
			odd = append(odd, NewOdd(at, why.Error()))
		}
	})
	return odd, err
}

// Open gives the stored records, after checking the block and the chain from Prev to the checkpoint, but not the
// signature. The records share one buffer of their own. It reports what Verify does, but for chain.ErrSignature.
func (b Batch) Open() ([][]byte, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	records := make([][]byte, 0, b.Count())
	err := b.walk(make([]byte, 0, b.RawBytes+block.Slack), func(r []byte, _ error) { records = append(records, r) })
	if err != nil {
		return nil, err
	}
	return records, nil
}

// walk shows each record, with why it does not decode when it does not.
func (b Batch) walk(buffer []byte, visit func(record []byte, odd error)) error {
	raw, err := b.decompress(buffer)
	if err != nil {
		return err
	}
	at, last := b.Prev.Walk(), b.Last()
	for len(raw) > 0 && at.At().Seq < last.Seq {
		r, rest, ok := block.Next(raw)
		if !ok {
			return fmt.Errorf("%w: length of the record after %d", ErrBlock, at.At().Seq)
		}
		var odd error
		if b.Codec == CodecColumns {
			at.Link(r) // block.Decode gives nothing that is not a record in its place
		} else if odd, err = at.Pass(r); err != nil {
			return err
		}
		visit(r, odd)
		raw = rest
	}
	return b.arrived(at.At(), len(raw))
}

func (b Batch) arrived(at chain.Position, left int) error {
	last := b.Last()
	switch {
	case at.Seq < last.Seq:
		return fmt.Errorf("%w: ends at %d, announced %d", ErrCount, at.Seq, last.Seq)
	case left > 0:
		return fmt.Errorf("%w: %d bytes after record %d, the last announced", ErrCount, left, last.Seq)
	case at.Hash != last.Hash:
		return fmt.Errorf("%w: records %d to %d do not lead to the checkpoint's hash", chain.ErrBroken, b.Prev.Seq+1, last.Seq)
	}
	return nil
}

// decompress writes into the buffer's capacity, cut to RawBytes, and never past it.
func (b Batch) decompress(buffer []byte) ([]byte, error) {
	if b.Codec == CodecColumns {
		raw, err := block.Decode(b.Block, b.Prev.Seq+1, int(b.Count()), int(b.RawBytes), buffer)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBlock, err)
		}
		return raw, nil
	}
	decoder, err := b.rowsDecoder()
	if err != nil {
		return nil, err
	}
	raw, err := decoder.DecodeAll(b.Block, buffer[:0:b.RawBytes])
	if err != nil {
		return nil, fmt.Errorf("%w: %d bytes: %w", ErrBlock, b.RawBytes, err)
	}
	if len(raw) != int(b.RawBytes) {
		return nil, fmt.Errorf("%w: %d bytes, announced %d", ErrBlock, len(raw), b.RawBytes)
	}
	return raw, nil
}
