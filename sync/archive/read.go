package archive

import (
	"fmt"
	"iter"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// HashAt is the hash of a committed record of a chain; of its genesis for 0. It reports ErrAbsent or ErrDamaged.
func (a *Archive) HashAt(in chain.Incarnation, seq uint64) (h chain.Hash, err error) {
	c, _ := a.Chain(in)
	switch {
	case seq == 0:
		return in.Genesis(), nil
	case seq > c.Held.Seq:
		return h, fmt.Errorf("record %d of %s: %w, the newest is %d", seq, in, ErrAbsent, c.Held.Seq)
	}
	err = a.view(func(tx *bolt.Tx) (err error) {
		h, err = hashAt(tx.Bucket(chainsName), c, seq)
		return err
	})
	return h, err
}

// Stored is one archived record: where it stands, and its bytes, which are the caller's.
type Stored struct {
	At    chain.Position
	Bytes []byte // as chain.Decode reads them
}

// Records gives the committed records of a chain behind after, in order. It ends at the first error: ErrDamaged. No
// transaction is held while the caller works, so a slow consumer holds up nobody.
func (a *Archive) Records(in chain.Incarnation, after uint64) iter.Seq2[Stored, error] {
	return func(yield func(Stored, error) bool) {
		for end := a.Held(in).Seq; after < end; {
			b, err := a.batchWith(in, after+1)
			if err != nil {
				yield(Stored{}, err)
				return
			}
			if !yieldRecords(b, after, yield) {
				return
			}
			after = b.Last().Seq
		}
	}
}

func yieldRecords(b wire.Batch, after uint64, yield func(Stored, error) bool) bool {
	records, err := b.Open()
	if err != nil {
		yield(Stored{}, fmt.Errorf("%w: records %d to %d: %w", ErrDamaged, b.Prev.Seq+1, b.Last().Seq, err))
		return false
	}
	at := b.Prev
	for _, r := range records {
		at = chain.Position{Seq: at.Seq + 1, Hash: chain.Link(at.Hash, r)}
		if at.Seq > after && !yield(Stored{at, r}, nil) {
			return false
		}
	}
	return true
}

// batchWith is the batch that holds a record.
func (a *Archive) batchWith(in chain.Incarnation, seq uint64) (b wire.Batch, err error) {
	err = a.view(func(tx *bolt.Tx) (err error) {
		bucket := tx.Bucket(chainsName).Bucket([]byte(in.String()))
		if bucket == nil {
			return fmt.Errorf("%w: chain %s has no bucket", ErrDamaged, in)
		}
		k, v := bucket.Bucket(batchesName).Cursor().Seek(seqKey(seq))
		if b, err = parseBatch(in, k, v); err == nil && b.Prev.Seq >= seq {
			err = fmt.Errorf("%w: no batch holds it", ErrDamaged)
		}
		return err
	})
	if err != nil {
		return b, fmt.Errorf("record %d of %s: %w", seq, in, err)
	}
	return b, nil
}

// Branches are the batches that contradict a chain, set aside.
func (a *Archive) Branches(in chain.Incarnation) ([]wire.Batch, error) {
	var out []wire.Batch
	err := a.view(func(tx *bolt.Tx) error {
		bucket := tx.Bucket(chainsName).Bucket([]byte(in.String()))
		if bucket == nil {
			return nil
		}
		return bucket.Bucket(forksName).ForEach(func(_, frame []byte) error {
			b, err := parseFrame(in, frame)
			out = append(out, b)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("branches of %s: %w", in, err)
	}
	return out, nil
}

// Stats is what an archive holds.
type Stats struct {
	Chains       int    `json:"chains"`
	Forks        int    `json:"forks"`
	Records      uint64 `json:"records"`
	Batches      uint64 `json:"batches"`
	BatchBytes   uint64 `json:"batch_bytes"` // as stored: compressed, with their checkpoints
	RawBytes     uint64 `json:"raw_bytes"`   // the same decompressed
	FileBytes    int64  `json:"file_bytes"`
	AppliedIndex uint64 `json:"applied_index"` // newest raft entry whose effect is here
}

// Stats counts without opening blocks.
func (a *Archive) Stats() (Stats, error) {
	s := Stats{AppliedIndex: a.Applied()}
	err := a.view(func(tx *bolt.Tx) error {
		s.FileBytes = tx.Size()
		for _, c := range a.Chains() {
			s.Chains++
			s.Forks += c.Forks
			s.Records += c.Held.Seq
			batches := tx.Bucket(chainsName).Bucket([]byte(c.Incarnation.String())).Bucket(batchesName)
			if err := s.addBatches(c, batches); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return s, fmt.Errorf("count the archive: %w", err)
	}
	return s, nil
}

func (s *Stats) addBatches(c Chain, batches *bolt.Bucket) error {
	return batches.ForEach(func(key, frame []byte) error {
		b, err := parseBatch(c.Incarnation, key, frame)
		s.Batches++
		s.BatchBytes += uint64(len(frame))
		s.RawBytes += uint64(b.RawBytes)
		return err
	})
}
