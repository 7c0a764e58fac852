package hq

import (
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/fleet"
	"markaz.example/sync/wire"
)

// watcher is the fleet as the road tells it of boxes.
type watcher struct{ *fleet.Fleet }

// Told says how a box is. The fleet has no place for it yet.
func (watcher) Told(chain.Incarnation, string, wire.Beat, time.Time) {}
