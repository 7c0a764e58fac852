package hq

import (
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/fleet"
	"markaz.example/sync/wire"
)

// watcher is the fleet as the road tells it of boxes.
type watcher struct{ *fleet.Fleet }

// Greeted says what software a box runs. The fleet has no place for it yet.
func (watcher) Greeted(chain.Incarnation, string, time.Time) {}

// Told says how a box is. The fleet has no place for it yet.
func (watcher) Told(chain.Incarnation, wire.Beat, time.Time) {}
