package quorum

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"

	"github.com/hashicorp/raft"

	"markaz.example/edge/disk"
	"markaz.example/edge/witness"
)

// ErrOlder is reported when the raft log or the archive ends before what this node has acknowledged. As a member it would vote
// for leaders that lack what it promised to have; alone it would give new entries the numbers of lost ones.
var ErrOlder = errors.New("this node's files are older than what it acknowledged, or not its own: " +
	"put back raft.db, snapshots/ and archive.db of the newest moment; " +
	"or take the node out of its group and let it join as a new one, with an empty directory; " +
	"or, alone and when this state is the one to go on with, remove raft.db.witness.* and archive.db.witness.*: boxes then send again what is missing")

// currentTerm is the key under which raft keeps its term.
const currentTerm = "CurrentTerm"

// memory keeps the raft log's witness: its newest entry and term.
type memory struct {
	log *slog.Logger

	mu    sync.Mutex
	out   *witness.Witness // guarded by mu
	said  witness.Testimony
	miss  uint64            // guarded by mu: times it was not written
	now   witness.Testimony // guarded by mu; said is what is on disk
	syncs *disk.Times
}

// remember opens the witness of a log and judges the log by it. Reached is how far what is no longer in the log has come.
func remember(c Config, s store, reached uint64) (*memory, error) {
	m := &memory{log: c.Log, syncs: new(disk.Times)}
	out, said, ok, err := witness.Open(filepath.Join(c.Dir, "raft.db"), m.syncs.Add)
	if err != nil {
		c.Log.Warn("what this node remembers of its raft log cannot be read; it is written anew", "err", err)
	}
	m.out, m.said = out, said
	m.now.Of = sha256.Sum256([]byte("raft" + c.Name))
	last, errLast := s.LastIndex()
	term, errTerm := s.GetUint64([]byte(currentTerm))
	if errTerm != nil && errTerm.Error() == "not found" { // as raft itself tells it
		errTerm = nil
	}
	if err := errors.Join(errLast, errTerm); err != nil {
		return nil, fmt.Errorf("read where the raft log stands: %w", err)
	}
	m.now.Boot, m.now.Head.Seq = term, last
	m.now.Head.Hash, _ = entryAt(s, last)
	if !ok || said.Of != m.now.Of {
		return m, nil // of another name: checkName says it
	}
	if term < said.Boot {
		return nil, fmt.Errorf("%w (term %d, it voted in term %d)", ErrOlder, term, said.Boot)
	}
	return m, m.judge(s, said, max(last, reached))
}

func (m *memory) judge(s store, said witness.Testimony, last uint64) error {
	err := said.Judge(witness.Found{
		Of: said.Of, Boot: m.now.Boot, Head: last,
		At:      func(index uint64) ([32]byte, error) { return entryAt(s, index) },
		Unknown: func(err error) bool { return errors.Is(err, raft.ErrLogNotFound) },
	})
	if err != nil {
		return fmt.Errorf("%w: raft log: %w", ErrOlder, err)
	}
	return nil
}

func entryAt(s store, index uint64) ([32]byte, error) {
	var l raft.Log
	if err := s.GetLog(index, &l); err != nil {
		return [32]byte{}, err
	}
	return entryHash(&l), nil
}

func entryHash(l *raft.Log) (h [32]byte) {
	sum := sha256.New()
	head := binary.BigEndian.AppendUint64(nil, l.Term)
	sum.Write(append(head, byte(l.Type)))
	sum.Write(l.Data)
	sum.Sum(h[:0])
	return h
}

// stored remembers the newest entry that is on disk.
func (m *memory) stored(l *raft.Log) {
	h := entryHash(l)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now.Head = witness.Mark{Seq: l.Index, Hash: h}
}

// term remembers the newest term that is on disk.
func (m *memory) term(t uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now.Boot = max(m.now.Boot, t)
}

// cut lowers what is said when the end of the log is about to go: a follower drops what its leader does not have.
func (m *memory) cut(from, to uint64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if to < m.now.Head.Seq {
		return nil
	}
	m.now.Head = witness.Mark{} // the next entry says where the log stands
	if m.said.Head.Seq < from {
		return nil
	}
	return m.write()
}

// missed is how often the witness was not written.
func (m *memory) missed() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.miss
}

// testify says what is on disk, if that has moved.
func (m *memory) testify() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.now == m.said {
		return
	}
	if err := m.write(); err != nil {
		m.log.Warn("how far the raft log goes was not noted outside of it", "err", err)
	}
}

func (m *memory) write() error {
	if err := m.out.Write(m.now); err != nil {
		m.miss++
		return err
	}
	m.said = m.now
	return nil
}
