package parcel

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"time"

	"markaz.example/edge/block"
	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// Ledger is what a parcel needs of the box's ledger. Any goroutine may call it.
type Ledger interface {
	Incarnation() chain.Incarnation
	// Acknowledged is the newest position that callers were answered for. Nothing beyond it leaves the box.
	Acknowledged() chain.Position
	// Confirmed is what headquarters holds, as far as the box was told.
	Confirmed() chain.Position
	// Read gives consecutive stored records after a sequence, at most limitBytes but at least one record.
	Read(after uint64, limitBytes int) ([][]byte, error)
	// Sealed gives the sealed block that begins right behind a record; false when there is none.
	Sealed(after uint64) (block.Sealed, bool, error)
}

// Box makes the parcels of a box.
type Box struct {
	Ledger   Ledger
	Key      ed25519.PrivateKey // signs checkpoints, and the parcel
	Software string
	Wall     func() time.Time // the box's belief
	Letters  uint64           // the newest that had its effect here
	Reply    string           // the box's recipient, for the answer
	Want     *wire.Fetch      // what of a pack is missing; nil when nothing
}

// Progress is told how far a parcel is. It may be nil.
type Progress func(done, total uint64)

func (p Progress) tell(done, total uint64) {
	if p != nil {
		p(done, total)
	}
}

// Packed is what a parcel holds.
type Packed struct {
	After, Last chain.Position
	Batches     int
}

// Records is how many there are.
func (p Packed) Records() uint64 { return p.Last.Seq - p.After.Seq }

// Write seals everything that headquarters is not known to hold. It reports ErrKey, what the ledger reports, and what w
// does. A parcel with no record in it still brings back what headquarters has to say.
func (b Box) Write(ctx context.Context, w io.Writer, to string, progress Progress) (Packed, error) {
	r, err := recipient(to)
	if err != nil {
		return Packed{}, err
	}
	in, public := b.Ledger.Incarnation(), b.Key.Public().(ed25519.PublicKey)
	got := Packed{After: b.Ledger.Confirmed(), Last: b.Ledger.Confirmed()}
	head := b.Ledger.Acknowledged()
	p, err := newPacker(w, r, Head{Direction: Up, Incarnation: in, Made: b.Wall(), Reply: b.Reply, Key: public})
	if err != nil {
		return got, err
	}
	hello := wire.Hello{Version: wire.Version, Incarnation: in, Head: head, Key: public, Software: b.Software}
	if err := p.message(hello); err != nil {
		return got, err
	}
	for got.Last.Seq < head.Seq {
		if err := b.batch(ctx, p, &got, head); err != nil {
			return got, fmt.Errorf("pack records after %d: %w", got.Last.Seq, err)
		}
		progress.tell(got.Records(), head.Seq-got.After.Seq)
	}
	if err := p.message(wire.Received{Number: b.Letters}); err != nil {
		return got, err
	}
	if b.Want != nil {
		if err := p.message(*b.Want); err != nil {
			return got, err
		}
	}
	return got, p.close(b.Key)
}

func (b Box) batch(ctx context.Context, p *packer, got *Packed, head chain.Position) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	batch, err := b.next(got.Last, head)
	if err != nil {
		return err
	}
	got.Last, got.Batches = batch.Last(), got.Batches+1
	return p.message(batch)
}

// next is a sealed block as it is kept, or rows.
func (b Box) next(after, head chain.Position) (wire.Batch, error) {
	s, ok, err := b.Ledger.Sealed(after.Seq)
	switch {
	case err != nil:
		return wire.Batch{}, err
	case ok && s.Prev == after && s.Last.Seq <= head.Seq:
		return wire.PackSealed(b.Key, b.Ledger.Incarnation(), b.Wall().UnixMilli(), s), nil
	}
	records, err := b.Ledger.Read(after.Seq, readBytes)
	if err != nil {
		return wire.Batch{}, err
	}
	records = records[:min(uint64(len(records)), head.Seq-after.Seq)]
	return wire.Pack(b.Key, b.Ledger.Incarnation(), after, b.Wall().UnixMilli(), records)
}
