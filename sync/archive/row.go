package archive

import (
	"encoding/binary"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

func seqKey(seq uint64) []byte { return binary.BigEndian.AppendUint64(nil, seq) }

func positionBytes(p chain.Position) []byte { return append(seqKey(p.Seq), p.Hash[:]...) }

func parsePosition(b []byte) (chain.Position, error) {
	var p chain.Position
	if len(b) != 8+len(p.Hash) {
		return p, fmt.Errorf("%w: position of %d bytes", ErrDamaged, len(b))
	}
	p.Seq = binary.BigEndian.Uint64(b)
	copy(p.Hash[:], b[8:])
	return p, nil
}

// parseBatch reads a row of the batches bucket and checks that it is filed where it belongs.
func parseBatch(in chain.Incarnation, key, frame []byte) (wire.Batch, error) {
	b, err := parseFrame(in, frame)
	if err != nil {
		return b, err
	}
	if len(key) != 8 || binary.BigEndian.Uint64(key) != b.Last().Seq {
		return b, fmt.Errorf("%w: the batch ending at record %d is filed as %x", ErrDamaged, b.Last().Seq, key)
	}
	return b, nil
}

func parseFrame(in chain.Incarnation, frame []byte) (wire.Batch, error) {
	m, err := wire.Decode(frame)
	if err != nil {
		return wire.Batch{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	b, ok := m.(wire.Batch)
	if !ok || b.Checkpoint.Incarnation != in {
		return b, fmt.Errorf("%w: a %T of %s is filed under %s", ErrDamaged, m, b.Checkpoint.Incarnation, in)
	}
	return b, nil
}

func parseIncarnation(name string) (chain.Incarnation, error) {
	in, err := chain.ParseIncarnation(name)
	if err != nil {
		return in, fmt.Errorf("%w: chain: %w", ErrDamaged, err)
	}
	return in, nil
}
