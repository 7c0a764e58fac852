package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/block"
	"markaz.example/edge/chain"
	"markaz.example/edge/durable"
)

// ErrNotNext is reported when records do not begin where an import stands. Nothing was taken.
var ErrNotNext = errors.New("these records do not follow what was imported so far")

// importSuffix names the file that an import fills. It is not the suffix of a file being created: that is cleared away at
// a first start, and an import is work of hours on a slow line.
const importSuffix = ".import"

// Importer makes a ledger of a chain that comes back from headquarters, in a file aside: at any moment it can be closed,
// or its process killed, and Import goes on where it stood. Blocks are kept as they come; rows are gathered into blocks.
// From the first odd record on, which no block takes, everything stays rows. It is not for several goroutines.
type Importer struct {
	path    string
	lineage lineage
	db      *bolt.DB

	prev    chain.Position // before pending
	pending [][]byte       // rows that no block holds yet
	raw     int            // bytes of pending in rows
	odd     bool           // an odd record came: what follows stays rows
	walk    *chain.Walk    // at the newest record
	bytes   uint64         // of records
	heir    bool           // the file does not know its newest incarnation yet: that comes with its first record
}

// Imported is how far an import has come.
type Imported struct {
	At    chain.Position // the newest record
	Bytes uint64         // of records as stored, since this Importer was made
}

// Import begins the ledger file of a chain, or goes on with one. It reports ErrExists when there is a ledger, and
// ErrFormat when the file aside is of another chain or of no use: it can then be removed.
func Import(path string, in chain.Incarnation) (*Importer, error) {
	if err := absent(path); err != nil {
		return nil, fmt.Errorf("import %s: %w", path, err)
	}
	aside := path + importSuffix
	if err := Create(aside, in); err != nil && !errors.Is(err, ErrExists) {
		return nil, fmt.Errorf("import: %w", err)
	}
	db, was, err := openFile(aside, false)
	if err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	i := &Importer{path: path, lineage: was, db: db}
	if was.own != in {
		err = fmt.Errorf("%w: %s is an import of %s", ErrFormat, aside, was.own)
	} else {
		err = i.resume()
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return i, nil
}

func absent(path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(ErrExists, err)
	}
	return nil
}

// resume reads where the file stands.
func (i *Importer) resume() (err error) {
	defer store.Guard(&err)()
	return i.db.View(func(tx *bolt.Tx) error {
		if i.prev, err = sealedEnd(tx, i.lineage); err != nil {
			return err
		}
		i.walk = i.prev.Walk()
		return eachRow(tx, i.prev.Seq, func(f filed) (err error) {
			i.walk = i.lineage.step(i.walk)
			if f, err = follows(i.walk, f); err != nil {
				return err
			}
			if i.odd = i.odd || f.odd != nil; i.odd {
				i.prev, i.pending, i.raw = f.at, nil, 0 // these are where they stay
				return nil
			}
			i.take(append([]byte(nil), f.stored...))
			return nil
		})
	})
}

// sealedEnd is where the last block ends, as what comes next follows it.
func sealedEnd(tx *bolt.Tx, g lineage) (chain.Position, error) {
	if blocks := tx.Bucket(blocksName); blocks != nil {
		if k, v := blocks.Cursor().Last(); k != nil {
			s, err := parseBlock(k, v)
			return g.enter(s.Last), err
		}
	}
	base, err := baseOf(tx, g)
	return g.enter(base), err
}

// Imported tells where to go on: after At.
func (i *Importer) Imported() Imported { return Imported{i.walk.At(), i.bytes} }

// Incarnation is the one that the newest record is of.
func (i *Importer) Incarnation() chain.Incarnation { return i.lineage.own }

// Succeed ends the incarnation that the newest record is of, and begins one that goes on after it and has this as its first
// record, which is to come next. It reports chain.ErrSuccession, ErrNotNext when that goes on after another record, or the
// disk's error.
func (i *Importer) Succeed(in chain.Incarnation, first []byte) error {
	s, err := chain.ReadSuccession(in, first)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	of, at, err := s.Follows()
	if end := i.walk.At(); err != nil || of != i.lineage.own || at != end {
		return fmt.Errorf("%w: %s goes on after %s of %s, it stands at %s of %s", ErrNotNext, in, at, of, end, i.lineage.own)
	}
	if err := i.flush(); err != nil {
		return err
	}
	i.lineage.ancestors = append(i.lineage.ancestors, ancestor{In: of, End: at, Why: s.Reason, held: at.Seq})
	i.lineage.own, i.heir = in, true
	i.prev, i.walk = in.Start(), in.Start().Walk()
	return nil
}

// inherit writes whose records come from here on, with the first of them.
func (i *Importer) inherit(tx *bolt.Tx) error {
	if !i.heir {
		return nil
	}
	return errors.Join(putAncestor(tx, i.lineage.ancestors[len(i.lineage.ancestors)-1]), putOwn(tx, i.lineage.own))
}

// Rows takes the records behind the newest, as a batch of rows gives them; they are copied. Some are only in memory
// until there are enough for a block, or Close. It reports ErrNotNext, chain.ErrBroken, chain.ErrTooLarge, or the disk's
// error.
func (i *Importer) Rows(prev chain.Position, records [][]byte) error {
	if at := i.walk.At(); prev != at {
		return fmt.Errorf("%w: they follow %s, it stands at %s", ErrNotNext, prev, at)
	}
	for _, r := range records {
		if len(i.pending) == sealRecords || i.raw+block.RowBytes(len(r)) > block.RawBytesMax {
			if err := i.flush(); err != nil {
				return err
			}
		}
		odd, err := i.walk.Pass(r)
		if err != nil {
			return fmt.Errorf("import: %w", err)
		}
		if odd != nil && !i.odd {
			if err := i.settle(); err != nil {
				return err
			}
		}
		i.take(append([]byte(nil), r...))
		i.bytes += uint64(len(r))
	}
	return nil
}

func (i *Importer) take(r []byte) {
	i.pending = append(i.pending, r)
	i.raw += block.RowBytes(len(r))
}

// settle files what came before the first odd record as a block, and lets everything from there on be rows.
func (i *Importer) settle() error {
	at := i.walk // put begins a new one, behind the block
	err := i.flush()
	i.walk, i.odd = at, true
	return err
}

// Sealed takes a block as it came; when it returns the block is on disk. It reports what Rows does, or block.ErrBlock.
func (i *Importer) Sealed(s block.Sealed) error {
	if at := i.walk.At(); s.Prev != at {
		return fmt.Errorf("%w: the block follows %s, it stands at %s", ErrNotNext, s.Prev, at)
	}
	size := uint64(0)
	if i.odd {
		records, err := s.Open()
		if err != nil {
			return fmt.Errorf("import: %w", err)
		}
		return i.Rows(s.Prev, records)
	}
	err := s.Each(nil, func(_ chain.Position, r []byte) error { size += uint64(len(r)); return nil })
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	if err := i.flush(); err != nil {
		return err
	}
	if err := i.put(s); err != nil {
		return err
	}
	i.bytes += size
	return nil
}

// flush makes a block of the pending rows.
func (i *Importer) flush() error {
	switch {
	case len(i.pending) == 0:
		return nil
	case i.odd:
		return i.keep()
	}
	s, err := block.Seal(i.prev, i.pending)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	return i.put(s)
}

// put files a block in place of the rows that it may have had from an earlier run.
func (i *Importer) put(s block.Sealed) error {
	err := i.db.Update(func(tx *bolt.Tx) error {
		return errors.Join(clearRows(tx), i.inherit(tx), putBlock(tx, s))
	})
	if err != nil {
		return fmt.Errorf("import up to %d: %w", s.Last.Seq, store.CommitError(err))
	}
	i.prev, i.walk, i.heir = s.Last, s.Last.Walk(), false
	i.pending, i.raw = i.pending[:0], 0
	return nil
}

func clearRows(tx *bolt.Tx) error {
	if k, _ := tx.Bucket(logName).Cursor().First(); k == nil {
		return nil
	}
	if err := tx.DeleteBucket(logName); err != nil {
		return err
	}
	_, err := tx.CreateBucket(logName)
	return err
}

// Close keeps what was imported, for another Import.
func (i *Importer) Close() error {
	return errors.Join(i.keep(), i.db.Close())
}

// keep files the pending rows as rows.
func (i *Importer) keep() error {
	if i.heir && len(i.pending) == 0 {
		return nil // its first record will come again
	}
	w := i.prev.Walk()
	err := i.db.Update(func(tx *bolt.Tx) error {
		if err := i.inherit(tx); err != nil {
			return err
		}
		log := tx.Bucket(logName)
		for _, r := range i.pending {
			w.Link(r)
			if err := log.Put(seqKey(w.At().Seq), row(w.At().Hash, r)); err != nil {
				return err
			}
		}
		return tx.Bucket(metaName).Put(confirmedKey, positionBytes(w.At())) // it came from there
	})
	if err != nil {
		return fmt.Errorf("import up to %d: %w", w.At().Seq, store.CommitError(err))
	}
	i.prev, i.pending, i.raw, i.heir = w.At(), i.pending[:0], 0, false
	return nil
}

// Finish closes the import, makes the views of the books and gives the file its name. After an error nothing has the
// name, and Import goes on where it stood. No start is recorded: Open does that.
func (i *Importer) Finish(ctx context.Context, books []Book, progress Progress) (chain.Position, error) {
	if err := i.Close(); err != nil {
		return chain.Position{}, fmt.Errorf("finish the import: %w", err)
	}
	aside := i.path + importSuffix
	head, err := RebuildFile(ctx, aside, books, progress)
	if err != nil {
		return head, fmt.Errorf("finish the import: %w", err)
	}
	err = absent(i.path)
	if err == nil {
		err = Forget(i.path) // of the file that was lost: what came back ends where headquarters' copy does
	}
	if err == nil {
		err = durable.Replace(aside, i.path)
	}
	if err != nil {
		return head, fmt.Errorf("finish the import: %w", err)
	}
	return head, nil
}
