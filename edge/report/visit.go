package report

import (
	"time"

	"markaz.example/edge/id"
	"markaz.example/edge/queue"
)

// Visit is one visit of the day, as far as figures go.
type Visit struct {
	State   string // "waiting", "done", "left": where it stands, or how it ended
	InHand  bool   // its number was given out: the paper came, or it was written by hand
	Class   string // empty is normal
	Issuer  string // who recorded the fact behind the class; empty for nobody
	Sex     string // of who came: "female", "male"; empty where it is not known
	TotalMs int64  // from the number to the last thing done; 0 when that is not known, or not over
	From    bool   // carried over from the day before
	Over    bool   // carried over into the next day, whose visit it is
	Written bool   // from the paper book
	Stops   []Stop
}

// Stop is one service of a visit. The sums are of all its waits, calls and sittings.
type Stop struct {
	Service id.Service
	State   string
	Class   string // that it waited in
	Desk    id.Desk
	Staff   string    // who confirmed it last: a code, or the desk's own name where nobody signs in; empty for nobody
	Waited  time.Time // when it first came in line, in the centre's zone; zero when it never did, or no clock was to be trusted
	InLine  bool      // it came in line here
	Called  bool      // a desk called it
	Served  bool      // it was confirmed there
	Missed  bool      // it did not come, at least once

	WaitMs     int64 // waiting, holds out
	ResponseMs int64 // called to confirmed
	ServedMs   int64 // serving, holds and parks out
	Rule       string
	Picked     string // why a desk called it out of turn; empty for in turn
	Overtook   int    // how many stood before it

	Promise *queue.Outcome // of the wait that was promised; nil for none, and for one that cannot be judged
}

// Day is what a report is made from.
type Day struct {
	Date    string                       // "2026-11-22"
	Visits  []Visit                      //
	Targets map[id.Service]time.Duration // of waits; a service without one is not judged
	Open    map[id.Desk]int64            // how long each desk was open, in ms; a desk of which that is not known is not in it
	Quick   []Quick                      // who was served without a number
	Marks   []string                     // what was not as on other days: "paper-book", "restart", "link"
}

// Quick counts who was served at a desk for a service without a number.
type Quick struct {
	Desk    id.Desk
	Service id.Service
	Count   int
}
