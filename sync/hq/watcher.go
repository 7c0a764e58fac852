package hq

import (
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/fleet"
	"markaz.example/sync/wire"
)

// watcher is the fleet as the road tells it of boxes.
type watcher struct{ *fleet.Fleet }

// Told says how a box is.
func (w watcher) Told(in chain.Incarnation, software string, b wire.Beat, at time.Time) {
	w.Fleet.Told(in, fleet.NewsOf(software, b), at)
}
