package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/block"
	"markaz.example/edge/chain"
)

// Sealing says when rows become blocks. The zero value seals as a box does.
type Sealing struct {
	After   time.Duration // without a decision, before a block is made; 0 means two seconds
	Keep    uint64        // of the newest records, that stay rows; 0 means 4,096
	Records uint64        // of a block, fewer if they are large; 0 means 2,048
}

func (s Sealing) filled() Sealing {
	if s.After == 0 {
		s.After = sealAfter
	}
	if s.Keep == 0 {
		s.Keep = sealKeep
	}
	if s.Records == 0 || s.Records > block.RecordsMax {
		s.Records = sealRecords
	}
	return s
}

// sealCold makes blocks of the coldest rows while the box idles, and gives each to the writer, until the context ends. It
// compresses beside the writer: who comes in between waits for one commit at most.
func (l *Ledger) sealCold(ctx context.Context) {
	for pause := l.sealing.After; l.idle(ctx, pause); {
		s, some, err := l.coldest(ctx)
		switch {
		case ctx.Err() != nil || l.Failed() != nil:
			return
		case err != nil: // the rows are not what they were: the verification says where
			l.log.Error("records cannot be sealed; verify the ledger", "err", err)
			return
		case !some:
			pause = l.sealing.After
			l.somethingNew(ctx)
			continue
		}
		pause = l.handOver(ctx, s)
	}
}

// idle waits until nothing was decided for a while. It is false when the context ended.
func (l *Ledger) idle(ctx context.Context, pause time.Duration) bool {
	for {
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return false
		case <-timer.C:
			return true
		case <-l.Changed():
			timer.Stop()
			pause = l.sealing.After
		}
	}
}

// somethingNew waits for a decision.
func (l *Ledger) somethingNew(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-l.Changed():
	}
}

// handOver gives a block to the writer and tells how long to wait before the next.
func (l *Ledger) handOver(ctx context.Context, s block.Sealed) time.Duration {
	f := filing{s, make(chan error, 1)}
	select {
	case <-ctx.Done():
		return 0
	case l.filings <- f:
	}
	switch err := <-f.done; {
	case err == nil:
		return sealPause
	case errors.Is(err, ErrFull):
		l.log.Warn("no room to seal records", "seq", s.Prev.Seq+1, "err", err)
	default:
		l.log.Error("seal records", "seq", s.Prev.Seq+1, "err", err)
	}
	return sealRetry
}

// coldest makes a block of the oldest rows. It is false when there are not enough.
func (l *Ledger) coldest(ctx context.Context) (s block.Sealed, some bool, err error) {
	err = l.read(ctx, func(tx *bolt.Tx) error {
		head, err := headOf(tx, l.lineage)
		if err != nil {
			return err
		}
		prev, err := sealedEnd(tx, l.lineage)
		if err != nil || head.Seq-prev.Seq < l.sealing.Keep+l.sealing.Records {
			return err
		}
		records, last, err := rowsFor(tx, prev, min(l.sealing.Records, l.lineage.room(prev.Seq)))
		if err != nil || len(records) == 0 {
			return err
		}
		if s, err = block.Seal(prev, records); err != nil {
			return err
		}
		if some = s.Last == last; !some {
			return fmt.Errorf("%w: records %d to %d lead to %s, filed is %s", chain.ErrBroken, prev.Seq+1, last.Seq, s.Last, last)
		}
		return nil
	})
	return s, some, err
}

// odd reports whether no block takes a record. Such a one stays a row, and so does what follows: headquarters has it all,
// and only a box that was made anew from there meets one.
func odd(stored []byte) bool {
	_, err := chain.Check(stored)
	return err != nil
}

// rowsFor gives the rows of one block, valid inside the transaction, and where they end by their own word; none when the
// first is odd.
func rowsFor(tx *bolt.Tx, prev chain.Position, records uint64) (rows [][]byte, last chain.Position, err error) {
	raw := 0
	err = eachRow(tx, prev.Seq, func(f filed) error {
		raw += block.RowBytes(len(f.stored))
		if uint64(len(rows)) == records || raw > block.RawBytesMax || odd(f.stored) {
			return errEnough
		}
		rows, last = append(rows, f.stored), f.at
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return rows, last, err
}

// SealFile seals the cold records of a closed ledger, as a box does while it idles. Stopped at any moment, what is sealed
// is sealed and the rest are rows. It gives the number of blocks made.
func SealFile(ctx context.Context, path string, progress Progress) (blocks int, err error) {
	l, err := open(path, Options{}, false)
	if err != nil {
		return 0, err
	}
	for some := true; err == nil && some; {
		var s block.Sealed
		if s, some, err = l.coldest(ctx); err == nil && some {
			err = l.file(s)
		}
		if err == nil && some {
			blocks++
			progress.say(s.Last.Seq, l.head.Seq)
		}
		err = errors.Join(err, ctx.Err())
	}
	if err != nil {
		err = fmt.Errorf("seal: %w", err)
	}
	return blocks, errors.Join(err, l.db.Close())
}

// filing is a block on its way to the writer.
type filing struct {
	block.Sealed
	done chan error
}

// file puts a block in the place of its rows: in one transaction, or not at all. Only the writer calls it.
func (l *Ledger) file(s block.Sealed) error {
	committing, err := l.tryFile(s)
	if committing && err != nil && !errors.Is(err, ErrFull) {
		return l.poison(err)
	}
	return err
}

// tryFile runs under guard, as attempt does. After an error while it commits, what it did is unknown.
func (l *Ledger) tryFile(s block.Sealed) (committing bool, err error) {
	defer store.Guard(&err)()
	l.db.MaxSize = int(l.ceiling.Load())
	tx, err := l.db.Begin(true)
	if err != nil {
		return false, err
	}
	defer tx.Rollback() // without effect after a commit
	if err := replaceRows(tx, s); err != nil {
		return false, err
	}
	committing = true
	err = store.CommitError(tx.Commit())
	return committing, err
}

// replaceRows opens the block once more, compares every record and hash with the row that goes, and writes the block. It
// reports ErrDamaged.
func replaceRows(tx *bolt.Tx, s block.Sealed) error {
	log := tx.Bucket(logName)
	log.FillPercent = logFill
	err := s.Each(nil, func(at chain.Position, r []byte) error {
		p, stored, err := parseRow(seqKey(at.Seq), log.Get(seqKey(at.Seq)))
		if err != nil {
			return err
		}
		if p != at || !bytes.Equal(stored, r) {
			return fmt.Errorf("%w: record %d is not what its block gives back", ErrDamaged, at.Seq)
		}
		return log.Delete(seqKey(at.Seq))
	})
	if err != nil {
		return fmt.Errorf("seal records %d to %d: %w", s.Prev.Seq+1, s.Last.Seq, err)
	}
	return putBlock(tx, s)
}
