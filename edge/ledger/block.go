package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"sync"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/block"
	"markaz.example/edge/chain"
)

// ErrPruned is reported for records that are no longer kept: headquarters confirmed them, and somebody pruned them.
var ErrPruned = errors.New("these records were pruned: headquarters has them; `markaz restore` streams the whole chain back")

// A block's row: a byte of format, one of codec, then at fixed widths a sum over the rest, where the block begins and
// ends, and its size in rows.
const (
	blockRowFormat = 1
	codecColumns   = 1 // edge/block
	blockRowSum    = 2 // where the sum stands
	blockRowHead   = 2 + 4 + 8 + 32 + 32 + 4
)

// castagnoli finds a flipped bit before a block leaves the box. The hashes find it too, but only by opening the block.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func blockRow(s block.Sealed) []byte {
	b := append(make([]byte, 0, blockRowHead+len(s.Bytes)), blockRowFormat, codecColumns, 0, 0, 0, 0)
	b = binary.BigEndian.AppendUint64(b, s.Prev.Seq+1)
	b = append(append(b, s.Prev.Hash[:]...), s.Last.Hash[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(s.RawBytes))
	b = append(b, s.Bytes...)
	binary.BigEndian.PutUint32(b[blockRowSum:], crc32.Checksum(b[blockRowSum+4:], castagnoli))
	return b
}

// parseBlock reads a row of the blocks bucket. The block's bytes are the row's.
func parseBlock(key, value []byte) (s block.Sealed, err error) {
	if len(key) != 8 || len(value) <= blockRowHead || value[0] != blockRowFormat || value[1] != codecColumns {
		return s, fmt.Errorf("%w: block row with %d and %d bytes", ErrDamaged, len(key), len(value))
	}
	s.Last.Seq = binary.BigEndian.Uint64(key)
	if binary.BigEndian.Uint32(value[blockRowSum:]) != crc32.Checksum(value[blockRowSum+4:], castagnoli) {
		return s, fmt.Errorf("%w: the block up to record %d is not what was written", ErrDamaged, s.Last.Seq)
	}
	s.Prev.Seq = binary.BigEndian.Uint64(value[6:]) - 1
	copy(s.Prev.Hash[:], value[14:])
	copy(s.Last.Hash[:], value[46:])
	s.RawBytes = int(binary.BigEndian.Uint32(value[78:]))
	s.Bytes = value[blockRowHead:]
	if s.Last.Seq <= s.Prev.Seq || s.Last.Seq-s.Prev.Seq > block.RecordsMax {
		return s, fmt.Errorf("%w: block of records %d to %d", ErrDamaged, s.Prev.Seq+1, s.Last.Seq)
	}
	return s, nil
}

// blockWith is the block that holds a record. It is false when none does.
func blockWith(tx *bolt.Tx, seq uint64) (s block.Sealed, ok bool, err error) {
	blocks := tx.Bucket(blocksName)
	if blocks == nil {
		return s, false, nil
	}
	k, v := blocks.Cursor().Seek(seqKey(seq))
	if k == nil {
		return s, false, nil
	}
	if s, err = parseBlock(k, v); err == nil && s.Last.Seq < seq {
		err = fmt.Errorf("%w: record %d is looked for and block %d to %d is found", ErrDamaged, seq, s.Prev.Seq+1, s.Last.Seq)
	}
	return s, err == nil && s.Prev.Seq < seq, err
}

// putBlock files a sealed block. From then on the file is of the format that has blocks.
func putBlock(tx *bolt.Tx, s block.Sealed) error {
	blocks, err := tx.CreateBucketIfNotExists(blocksName)
	if err != nil {
		return err
	}
	blocks.FillPercent = logFill // keys only rise
	return errors.Join(blocks.Put(seqKey(s.Last.Seq), blockRow(s)), raiseFormat(tx, formatBlocks))
}

// opened keeps the block that was opened last, for those who go through it in small steps. It holds a mebibyte of
// records at most, and 320 KiB of positions. Any goroutine may call it.
type opened struct {
	mu  sync.Mutex
	now openBlock // guarded by mu; its slices are never written to again
}

type openBlock struct {
	last    chain.Position
	records [][]byte
	at      []chain.Position // of each record
}

func (o *opened) open(s block.Sealed) (openBlock, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.now.records) == s.Count() && o.now.last == s.Last {
		return o.now, nil
	}
	b := openBlock{last: s.Last}
	err := s.Each(nil, func(at chain.Position, r []byte) error {
		b.records, b.at = append(b.records, r), append(b.at, at)
		return nil
	})
	if err != nil {
		return b, fmt.Errorf("%w: block of records %d to %d: %w", ErrDamaged, s.Prev.Seq+1, s.Last.Seq, err)
	}
	o.now = b
	return b, nil
}
