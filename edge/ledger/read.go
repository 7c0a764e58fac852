package ledger

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
)

// HashAt is the hash of a record; of the genesis for 0. It reports ErrDamaged when there is no such record.
func (l *Ledger) HashAt(seq uint64) (chain.Hash, error) {
	if seq == 0 {
		return l.in.Genesis(), nil
	}
	var p chain.Position
	err := l.read(context.Background(), func(tx *bolt.Tx) (err error) {
		p, _, err = parseRow(seqKey(seq), tx.Bucket(logName).Get(seqKey(seq)))
		return err
	})
	if err != nil {
		return chain.Hash{}, fmt.Errorf("hash of record %d: %w", seq, err)
	}
	return p.Hash, nil
}

// Read copies the stored bytes of the records behind after: at least one if there is one, then as many as fit into
// limitBytes, and none beyond Acknowledged. The records share one buffer.
func (l *Ledger) Read(after uint64, limitBytes int) ([][]byte, error) {
	var buffer []byte
	var ends []int
	err := l.read(context.Background(), func(tx *bolt.Tx) error {
		end := l.Acknowledged().Seq
		c := tx.Bucket(logName).Cursor()
		for k, v := c.Seek(seqKey(after + 1)); k != nil; k, v = c.Next() {
			p, stored, err := parseRow(k, v)
			if err != nil {
				return err
			}
			if limitBytes -= len(stored); p.Seq > end || limitBytes < 0 && len(ends) > 0 {
				return nil
			}
			buffer = append(buffer, stored...)
			ends = append(ends, len(buffer))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read after %d: %w", after, err)
	}
	return cut(buffer, ends), nil
}

func cut(buffer []byte, ends []int) [][]byte {
	out, start := make([][]byte, len(ends)), 0
	for i, end := range ends {
		out[i], start = buffer[start:end:end], end
	}
	return out
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
	value := append(seqKey(p.Seq), p.Hash[:]...)
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
	var p chain.Position
	if len(b) != 8+len(p.Hash) {
		return p, fmt.Errorf("%w: confirmed position of %d bytes", ErrDamaged, len(b))
	}
	p.Seq = binary.BigEndian.Uint64(b)
	copy(p.Hash[:], b[8:])
	return p, nil
}
