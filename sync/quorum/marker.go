package quorum

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/hashicorp/raft"
)

// marker is a snapshot of our own state machine: how far the archive, which is durable itself, has come.
type marker uint64

// Persist writes the marker.
func (m marker) Persist(sink raft.SnapshotSink) error {
	if c, ok := sink.(*coming); ok {
		sink = c.SnapshotSink
	}
	if _, err := sink.Write(binary.BigEndian.AppendUint64(nil, uint64(m))); err != nil {
		return errors.Join(fmt.Errorf("write snapshot marker: %w", err), sink.Cancel())
	}
	return sink.Close()
}

// Release has nothing to let go of.
func (marker) Release() {}

func readMarker(r io.ReadCloser) (uint64, error) {
	var b [8]byte
	_, err := io.ReadFull(r, b[:])
	if err = errors.Join(err, r.Close()); err != nil {
		return 0, fmt.Errorf("read snapshot marker: %w", err)
	}
	return binary.BigEndian.Uint64(b[:]), nil
}
