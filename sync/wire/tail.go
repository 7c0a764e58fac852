package wire

import (
	"encoding/binary"
	"fmt"

	"markaz.example/edge/chain"
)

// Tail is the part of a batch behind a position inside it, under the same checkpoint: a checkpoint is the box's word for
// where its chain stands, not for where a batch begins. What came by another way already need not come again. It reports
// chain.ErrBroken when the position is not on the batch's chain, and what Open does.
func (b Batch) Tail(after chain.Position) (Batch, error) {
	if after.Seq < b.Prev.Seq || after.Seq >= b.Last().Seq {
		return Batch{}, fmt.Errorf("%w: no record follows %d in the batch of %d to %d", ErrField, after.Seq, b.Prev.Seq+1, b.Last().Seq)
	}
	records, err := b.Open()
	if err != nil {
		return Batch{}, err
	}
	at := b.Prev
	for _, r := range records[:after.Seq-b.Prev.Seq] {
		at = chain.Position{Seq: at.Seq + 1, Hash: chain.Link(at.Hash, r)}
	}
	if at != after {
		return Batch{}, fmt.Errorf("%w: record %d is %s here, not %s", chain.ErrBroken, at.Seq, at, after)
	}
	var raw []byte
	for _, r := range records[after.Seq-b.Prev.Seq:] {
		raw = append(binary.AppendUvarint(raw, uint64(len(r))), r...)
	}
	return Batch{
		Span:     Span{Prev: after, Checkpoint: b.Checkpoint},
		RawBytes: uint32(len(raw)),
		Block:    compressor.EncodeAll(raw, nil),
	}, nil
}
