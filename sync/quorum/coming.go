package quorum

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/hashicorp/raft"

	"markaz.example/sync/archive"
)

// coming is a snapshot being made. Its first byte shows that an archive comes.
type coming struct {
	raft.SnapshotSink // the marker
	store             *snapshots
	index             uint64
	stall             *time.Timer // ends the stream of a sender that has fallen silent
	file              *os.File    // nil until the first byte
}

func (c *coming) Write(b []byte) (int, error) {
	c.stall.Reset(stallMax)
	if c.file == nil {
		f, err := os.OpenFile(c.store.incoming, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
		if err != nil {
			return 0, fmt.Errorf("receive an archive: %w", err)
		}
		c.file = f
	}
	return c.file.Write(b)
}

// Close makes the archive durable, then its marker. The marker says how far the archive has come, which is the snapshot's
// index or more.
func (c *coming) Close() error {
	c.stall.Stop()
	if c.file == nil {
		return c.SnapshotSink.Close()
	}
	applied, err := c.arrived()
	if err != nil {
		return errors.Join(fmt.Errorf("receive an archive: %w", err), c.Cancel())
	}
	c.store.mu.Lock()
	c.store.received = c.ID()
	c.store.mu.Unlock()
	return marker(applied).Persist(c.SnapshotSink)
}

func (c *coming) arrived() (uint64, error) {
	if err := errors.Join(c.file.Sync(), c.file.Close(), syncDir(filepath.Dir(c.store.incoming))); err != nil {
		return 0, err
	}
	a, err := archive.OpenReadOnly(c.store.incoming)
	if err != nil {
		return 0, err
	}
	applied := a.Applied()
	if applied < c.index {
		err = fmt.Errorf("it ends at entry %d, its snapshot at %d", applied, c.index)
	}
	return applied, errors.Join(err, a.Close())
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Cancel drops what has come.
func (c *coming) Cancel() error {
	c.stall.Stop()
	var err error
	if c.file != nil {
		c.file.Close() // perhaps again
		err = os.Remove(c.store.incoming)
	}
	return errors.Join(err, c.SnapshotSink.Cancel())
}
