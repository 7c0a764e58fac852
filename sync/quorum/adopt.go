package quorum

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/hashicorp/raft"

	"markaz.example/edge/witness"
)

// What Adopt reports.
var (
	ErrHasLog  = errors.New("there is a raft log already: move raft.db and snapshots/ away first if they are really of no use")
	ErrNothing = errors.New("the archive is empty: there is nothing to begin a log behind, just start headquarters")
)

// firstTerm is raft's after a bootstrap. The lost log's terms do not matter: there is nobody to compare them with.
const firstTerm = 1

// Adopt begins a new raft log behind an archive whose log was lost: a group of this node alone, whose first entry takes
// the number after the archive's newest. It is a person's act, for a headquarters of one node. It reports ErrHasLog
// or ErrNothing.
func Adopt(c Config) (err error) {
	applied := c.Archive.Applied()
	if applied == 0 {
		return fmt.Errorf("adopt: %w", ErrNothing)
	}
	snapshots, err := raft.NewFileSnapshotStoreWithLogger(c.Dir, snapshotsKept, newLogger(c.Log))
	if err != nil {
		return fmt.Errorf("adopt: snapshots: %w", err)
	}
	s, err := openStore(c.Dir)
	if err != nil {
		return fmt.Errorf("adopt: %w", err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	known, err := raft.HasExistingState(s, s, snapshots)
	switch {
	case err != nil:
		return fmt.Errorf("adopt: %w", err)
	case known:
		return fmt.Errorf("adopt: %w", ErrHasLog)
	}
	address, transport := raft.NewInmemTransport(raft.ServerAddress(c.Name))
	alone := raft.Configuration{Servers: []raft.Server{{ID: raft.ServerID(c.Name), Address: address}}}
	sink, err := snapshots.Create(raft.SnapshotVersionMax, applied, firstTerm, alone, applied, transport)
	if err != nil {
		return fmt.Errorf("adopt: begin a log after entry %d: %w", applied, err)
	}
	if err := witness.Forget(filepath.Join(c.Dir, "raft.db")); err != nil { // of the log that was lost
		return errors.Join(fmt.Errorf("adopt: %w", err), sink.Cancel())
	}
	return marker(applied).Persist(sink)
}
