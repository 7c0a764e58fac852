package ledger

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/block"
	"markaz.example/edge/chain"
)

// HashAt is the hash of a record; of the genesis for the one before the ledger's own first. It reports ErrPruned for a record before the oldest kept, and
// ErrDamaged when there is no such record.
func (l *Ledger) HashAt(seq uint64) (chain.Hash, error) {
	if seq == l.in.After {
		return l.in.Genesis(), nil
	}
	p, err := l.positionAt(context.Background(), seq)
	if err != nil {
		return chain.Hash{}, fmt.Errorf("hash of record %d: %w", seq, err)
	}
	return p.Hash, nil
}

func (l *Ledger) positionAt(ctx context.Context, seq uint64) (at chain.Position, err error) {
	err = l.read(ctx, func(tx *bolt.Tx) (err error) { at, err = l.positionOf(tx, seq); return err })
	return at, err
}

// positionOf is where a record stands: by its row, by the block it is the last of, or by opening its block.
func (l *Ledger) positionOf(tx *bolt.Tx, seq uint64) (chain.Position, error) {
	if v := tx.Bucket(logName).Get(seqKey(seq)); v != nil {
		p, _, err := parseRow(seqKey(seq), v)
		return p, err
	}
	base, err := baseOf(tx, l.lineage)
	if err != nil || base.Seq == seq {
		return base, err
	}
	if seq < base.Seq {
		return chain.Position{}, fmt.Errorf("%w: the oldest kept is %d", ErrPruned, base.Seq+1)
	}
	s, ok, err := blockWith(tx, seq)
	switch {
	case err != nil:
		return chain.Position{}, err
	case !ok:
		return chain.Position{}, fmt.Errorf("%w: no record %d", ErrDamaged, seq)
	case s.Last.Seq == seq:
		return s.Last, nil
	}
	b, err := l.opened.open(s)
	if err != nil {
		return chain.Position{}, err
	}
	return b.at[seq-s.Prev.Seq-1], nil
}

// Read gives the stored bytes of the records behind after: at least one if there is one, then as many as fit into
// limitBytes, none beyond Acknowledged, and none past the end of a sealed block, so that the next block can be sent as
// it is. The records are not to be written to. It reports ErrPruned for a record that is no longer kept.
func (l *Ledger) Read(after uint64, limitBytes int) (records [][]byte, err error) {
	err = l.readOn(func(tx *bolt.Tx) error {
		if err := l.kept(tx, after); err != nil {
			return err
		}
		s, sealed, err := blockWith(tx, after+1)
		switch {
		case err != nil:
			return err
		case sealed:
			records, err = l.readBlock(s, after, limitBytes)
		default:
			records, err = l.readRows(tx, after, limitBytes)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read after %d: %w", after, err)
	}
	return records, nil
}

// kept reports ErrPruned when records behind after are missing.
func (l *Ledger) kept(tx *bolt.Tx, after uint64) error {
	base, err := baseOf(tx, l.lineage)
	if err == nil && after < base.Seq {
		err = fmt.Errorf("%w: the oldest kept is %d", ErrPruned, base.Seq+1)
	}
	return err
}

func (l *Ledger) readBlock(s block.Sealed, after uint64, limitBytes int) ([][]byte, error) {
	b, err := l.opened.open(s)
	if err != nil {
		return nil, err
	}
	records := b.records[after-s.Prev.Seq:]
	for i, r := range records {
		if limitBytes -= len(r); limitBytes < 0 && i > 0 {
			return records[:i:i], nil
		}
	}
	return records, nil
}

// readRows copies rows into one buffer. Each is the next: a page that rotted can lead to another place, where records are
// sound and are not those behind after.
func (l *Ledger) readRows(tx *bolt.Tx, after uint64, limitBytes int) ([][]byte, error) {
	var buffer []byte
	var ends []int
	c := tx.Bucket(logName).Cursor()
	end, next := min(l.Acknowledged().Seq, lastSeq(c)), after+1
	for k, v := c.Seek(seqKey(next)); next <= end; k, v = c.Next() {
		if k == nil || !bytes.Equal(k, seqKey(next)) {
			return nil, fmt.Errorf("%w: record %d is not found in its place", ErrDamaged, next)
		}
		_, stored, err := parseRow(k, v)
		if err != nil {
			return nil, err
		}
		if limitBytes -= len(stored); limitBytes < 0 && len(ends) > 0 {
			break
		}
		buffer = append(buffer, stored...)
		ends = append(ends, len(buffer))
		next++
	}
	return cut(buffer, ends), nil
}

// lastSeq is the sequence of the last row; 0 for none.
func lastSeq(c *bolt.Cursor) uint64 {
	k, _ := c.Last()
	if len(k) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(k)
}

func cut(buffer []byte, ends []int) [][]byte {
	out, start := make([][]byte, len(ends)), 0
	for i, end := range ends {
		out[i], start = buffer[start:end:end], end
	}
	return out
}

// Sealed gives the block that begins right behind a record, as it is kept; it is false when no block begins there.
func (l *Ledger) Sealed(after uint64) (s block.Sealed, ok bool, err error) {
	err = l.readOn(func(tx *bolt.Tx) (err error) {
		s, ok, err = blockWith(tx, after+1)
		ok = ok && s.Prev.Seq == after
		s.Bytes = bytes.Clone(s.Bytes)
		return err
	})
	if err != nil {
		return block.Sealed{}, false, fmt.Errorf("sealed block after %d: %w", after, err)
	}
	return s, ok, nil
}

// Confirm remembers what headquarters holds. It reaches the disk with the next decision: being told again costs less
// than a commit of its own.
func (l *Ledger) Confirm(held chain.Position) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if held.Seq > l.acked.Seq {
		return fmt.Errorf("headquarters claims record %d, the newest here is %d", held.Seq, l.acked.Seq)
	}
	if held.Seq > l.confirmed.Seq {
		l.confirmed = held
	}
	return nil
}

// Confirmed is what headquarters holds, as far as the box was told.
func (l *Ledger) Confirmed() chain.Position {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.confirmed
}

// putConfirmed saves what headquarters holds, when that has moved: a page the less to write otherwise.
func (w *writing) putConfirmed(tx *bolt.Tx) error {
	p := w.ledger.Confirmed()
	value := positionBytes(p)
	meta := tx.Bucket(metaName)
	if bytes.Equal(meta.Get(confirmedKey), value) {
		return nil
	}
	return meta.Put(confirmedKey, value)
}

func readConfirmed(tx *bolt.Tx, in chain.Incarnation) (chain.Position, error) {
	b := tx.Bucket(metaName).Get(confirmedKey)
	if b == nil {
		return in.Start(), nil
	}
	return parsePosition(b, "confirmed")
}
