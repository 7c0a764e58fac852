package quorum

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/hashicorp/raft"

	"markaz.example/sync/archive"
)

// ErrBehind is reported when the archive lacks what the raft log has already cut away.
var ErrBehind = errors.New("the archive is older than the raft log's beginning: " +
	"archive.db was removed or restored alone; restore it and the raft directory from the same moment, or copy both from another node")

// machine is raft's state machine: three thin methods over the archive. Raft calls it from one goroutine.
type machine struct {
	archive   *archive.Archive
	take      func([]archive.Entry) ([]archive.Outcome, error) // Archive.Apply; tests let it fail
	snapshots *snapshots
	answers   *answers
	room      room
	fail      func(error)
	turn      *turn
	behind    error // why Restore refused at the start; read after raft.NewRaft has returned
}

// ApplyBatch applies committed entries, all in one transaction of the archive. When the disk is full it waits for room:
// an entry that was passed over would be missing for ever.
func (m *machine) ApplyBatch(logs []*raft.Log) []any {
	results := make([]any, len(logs))
	var group []archive.Entry
	var tickets []ticket
	for _, l := range logs {
		if l.Type != raft.LogCommand {
			continue
		}
		e, err := parseCommand(l)
		if err != nil {
			m.answers.give(ticket(l.Extensions), answer{err: err})
			continue
		}
		group, tickets = append(group, e), append(tickets, ticket(l.Extensions))
	}
	outcomes, err := m.apply(group)
	for i, t := range tickets {
		if err != nil {
			m.answers.give(t, answer{err: err})
			continue
		}
		m.answers.give(t, answer{outcome: outcomes[i]})
	}
	return results // nobody waits for raft's own futures: answers go by ticket
}

func (m *machine) apply(group []archive.Entry) (out []archive.Outcome, err error) {
	err = m.room.retry("archive", archive.ErrFull, func() (err error) {
		defer m.turn.begin()()
		out, err = m.take(group)
		return err
	})
	if err != nil && !errors.Is(err, ErrStopped) {
		m.fail(err)
	}
	return out, err
}

// Apply is for raft's interface; raft prefers ApplyBatch.
func (m *machine) Apply(l *raft.Log) any { return m.ApplyBatch([]*raft.Log{l})[0] }

// Snapshot is a marker: how far the archive, which is durable itself, has come.
func (m *machine) Snapshot() (raft.FSMSnapshot, error) { return marker(m.archive.Applied()), nil }

// Restore puts an archive that was streamed here in its place, and checks that the archive has come as far as the marker
// says. It reports ErrBehind.
func (m *machine) Restore(r io.ReadCloser) error {
	want, err := readMarker(r)
	if err != nil {
		return err
	}
	placed, err := m.snapshots.place()
	if got := m.archive.Applied(); err == nil && got < want {
		err = fmt.Errorf("%w (archive at entry %d, log begins after %d)", ErrBehind, got, want)
	}
	switch {
	case err == nil:
		return nil
	case placed:
		m.fail(err)
	default:
		m.behind = err
	}
	return err
}

// room waits out a full disk.
type room struct {
	stopping context.Context
	log      *slog.Logger
	short    func()      // told at each attempt that finds no room
	release  func() bool // gives up what was kept back, and tells whether it is worth another try; may be nil
}

// retry repeats do while it reports full. It reports ErrStopped when the node stops meanwhile, or has stopped before.
func (r room) retry(what string, full error, do func() error) error {
	wait := roomWaitMin
	for {
		if r.stopping.Err() != nil {
			return ErrStopped
		}
		err := do()
		if !errors.Is(err, full) {
			return err
		}
		if r.release != nil && r.release() {
			r.log.Error("disk is full: the ballast is given up, and nothing new is taken until there is room", "store", what, "err", err)
			continue
		}
		r.log.Warn("disk is full, waiting for room: make room, nothing else is needed", "store", what, "err", err)
		r.short()
		pause(r.stopping, wait)
		wait = min(2*wait, roomWaitMax)
	}
}
