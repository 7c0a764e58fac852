package quorum

import (
	"context"
	"fmt"
	"time"

	"markaz.example/edge/disk"
	"markaz.example/edge/patrol"
)

// ballastName is the file in a node's directory that keeps room back.
const ballastName = "ballast"

// Disk is how a node's volume is, for whoever looks after it.
type Disk struct {
	Volume  disk.Volume  `json:"volume"`
	Room    disk.Room    `json:"room"`
	Log     disk.Summary `json:"log"`            // syncs beside the raft log
	Archive disk.Summary `json:"archive"`        // syncs beside the archive
	Missed  uint64       `json:"witness_missed"` // times that a witness of either was not written
	Walk    patrol.State `json:"walk"`           // through the archive, in the background
	LogWalk patrol.State `json:"log_walk"`       // the same through the raft log
	Lies    bool         `json:"lies"`           // the drive is faster than a drive can be
}

// Disk tells how this node's volume is.
func (n *Node) Disk() (Disk, error) {
	v, err := disk.Look(n.config.Dir)
	d := Disk{Volume: v, Room: n.ballast.Room(), Log: n.memory.syncs.Summary(), Archive: n.config.Archive.Syncs(), LogWalk: n.patrol.State()}
	d.Missed = n.memory.missed() + n.missed.Load()
	if d.Lies = v.Lies(d.Log); n.config.Walk != nil {
		d.Walk = n.config.Walk()
	}
	return d, err
}

// trouble is the word for what is wrong with this node's disk; empty when nothing is.
func (n *Node) trouble() string {
	d, err := n.Disk()
	switch {
	case err != nil:
		return ""
	case d.Walk.Found != "", d.LogWalk.Found != "":
		return "broken"
	case d.Room == disk.Spent:
		return "full"
	case d.Room == disk.Scarce:
		return "scarce"
	case d.Lies:
		return "lies"
	}
	return ""
}

// roomy reports ErrNotReady while room is short: what waits, waits at the boxes, who have more of it together, and another node
// may lead.
func (n *Node) roomy() error {
	if room := n.ballast.Room(); room != disk.Ample {
		n.lacksRoom()
		return fmt.Errorf("%w: room on headquarters' disk is %s: make room, nothing else is needed", ErrNotReady, room)
	}
	return nil
}

// tend keeps the witnesses of log and archive, and the ballast, beside raft, until the context ends.
func (n *Node) tend(ctx context.Context) {
	tick := time.NewTicker(tendEvery)
	defer tick.Stop()
	for {
		if n.ballast.Bytes > 0 {
			n.ballast.Look()
		}
		n.memory.testify()
		if err := n.config.Archive.Testify(); err != nil {
			n.config.Log.Warn("how far the archive goes was not noted outside of it", "err", err)
			n.missed.Add(1)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
