package quorum

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"

	"github.com/hashicorp/raft"
	raftboltdb "github.com/hashicorp/raft-boltdb/v2"
)

// summed keeps a sum with each entry, at the end of its extension field, and takes it off again where the entry is read. The
// raft log has no chain: a bit that flipped in it would let this node apply something else than the others.
type summed struct{ *raftboltdb.BoltStore }

// sumMark stands before a sum. An entry without one is of an earlier version.
var sumMark = []byte("sum1")

// StoreLog is StoreLogs of one.
func (s summed) StoreLog(l *raft.Log) error { return s.StoreLogs([]*raft.Log{l}) }

// StoreLogs leaves the entries given as they are: raft goes on with them.
func (s summed) StoreLogs(logs []*raft.Log) error {
	kept := make([]*raft.Log, len(logs))
	for i, l := range logs {
		k := *l
		sum := sumOf(l)
		k.Extensions = bytes.Join([][]byte{l.Extensions, sumMark, sum[:]}, nil)
		kept[i] = &k
	}
	return s.BoltStore.StoreLogs(kept)
}

// GetLog reports ErrDamaged for an entry that is not what was stored.
func (s summed) GetLog(index uint64, l *raft.Log) error {
	if err := s.BoltStore.GetLog(index, l); err != nil {
		return err
	}
	at := len(l.Extensions) - len(sumMark) - sumBytes
	if at < 0 || !bytes.Equal(l.Extensions[at:at+len(sumMark)], sumMark) {
		return nil
	}
	kept := l.Extensions[at+len(sumMark):]
	if l.Extensions = l.Extensions[:at:at]; at == 0 {
		l.Extensions = nil
	}
	if sum := sumOf(l); l.Index != index || !bytes.Equal(kept, sum[:]) {
		return fmt.Errorf("%w: entry %d is not what was written", ErrDamaged, index)
	}
	return nil
}

const sumBytes = 16

// sumOf is over everything that an entry says.
func sumOf(l *raft.Log) (sum [sumBytes]byte) {
	head := binary.BigEndian.AppendUint64(nil, l.Index)
	head = binary.BigEndian.AppendUint64(head, l.Term)
	head = binary.BigEndian.AppendUint32(append(head, byte(l.Type)), uint32(len(l.Extensions)))
	h := sha256.New()
	h.Write(head)
	h.Write(l.Extensions)
	h.Write(l.Data)
	copy(sum[:], h.Sum(nil))
	return sum
}

// verifyNewest reads the newest entries. It reports ErrDamaged.
func verifyNewest(s store) error {
	last, err := s.LastIndex()
	if err != nil || last == 0 {
		return err
	}
	first, err := s.FirstIndex()
	if err != nil {
		return err
	}
	if last > verifiedAtStart {
		first = max(first, last-verifiedAtStart)
	}
	return verifyEntries(s, first, last)
}

// stretch verifies some entries behind a place of the log, which is an index; see patrol.Step.
func (n *Node) stretch(_ context.Context, place string) (string, error) {
	after, _ := strconv.ParseUint(place, 10, 64) // what is no index is the beginning
	first, err := n.store.FirstIndex()
	last, err2 := n.store.LastIndex()
	if err := errors.Join(err, err2); err != nil {
		return "", err
	}
	first = max(first, after+1)
	if last == 0 || first > last {
		return "", nil
	}
	last = min(last, first+entriesAStep-1)
	return strconv.FormatUint(last, 10), verifyEntries(n.store, first, last)
}

// verifyEntries passes over what raft cut off meanwhile.
func verifyEntries(s store, first, last uint64) error {
	for i := first; i <= last; i++ {
		var l raft.Log
		if err := s.GetLog(i, &l); err != nil && !errors.Is(err, raft.ErrLogNotFound) {
			return fmt.Errorf("verify the raft log: %w", err)
		}
	}
	return nil
}
