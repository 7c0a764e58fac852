package uplink

import (
	"fmt"

	"markaz.example/edge/block"
	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// batch is a sealed block as it is kept, when one begins here and fits; else rows.
func (p *play) batch(a Send) (wire.Batch, error) {
	s, ok, err := p.sealed(a)
	switch {
	case err != nil:
		return wire.Batch{}, err
	case ok:
		return wire.PackSealed(p.Key, p.Ledger.Incarnation(), p.Wall().UnixMilli(), s), nil
	}
	records, err := p.Ledger.Read(a.After.Seq, a.LimitBytes)
	if err != nil {
		return wire.Batch{}, err
	}
	records = records[:min(uint64(len(records)), a.UpTo-a.After.Seq)] // whatever the ledger gives
	b, err := wire.PackWith(p.dictionary, p.Key, p.Ledger.Incarnation(), a.After, p.Wall().UnixMilli(), records)
	if err != nil {
		return b, err
	}
	return b, p.agrees(b.Last())
}

// sealed is false when no block begins here, when it goes past UpTo, when it is more than a slow line can take at once, and
// for a headquarters that knows no blocks. Then its records are sent as rows, in small steps.
func (p *play) sealed(a Send) (s block.Sealed, ok bool, err error) {
	if p.Sealed == nil || p.version < versionOfBlocks {
		return s, false, nil
	}
	if s, ok, err = p.Sealed(a.After.Seq); err != nil || !ok {
		return s, false, err
	}
	if s.Prev != a.After {
		return s, false, fmt.Errorf("the block from record %d follows %s, headquarters holds %s", a.After.Seq+1, s.Prev, a.After)
	}
	return s, s.Last.Seq <= a.UpTo && len(s.Bytes) <= a.LimitBytes/rowsSqueeze, nil
}

// agrees compares what was packed with what the ledger committed: a bit that flipped on the disk since then makes another
// chain of the same form, and must not leave the box.
func (p *play) agrees(packed chain.Position) error {
	h, err := p.Ledger.HashAt(packed.Seq)
	if err == nil && h != packed.Hash {
		err = fmt.Errorf("%w: they lead to %s, the ledger has %s there", chain.ErrBroken, packed, h)
	}
	return err
}
