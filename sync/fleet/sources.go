package fleet

import (
	"iter"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/archive"
)

// Sources is what else the fleet asks, besides roster and archive. Each may be nil: then the page says what it does not
// know, or shows nothing of it. They are called by any goroutine, and without a lock of the fleet; all but Records for every
// report, several times a second, so they answer from memory.
type Sources struct {
	Packs     func() map[string]uint64                                                  // newest published version by name
	Forks     func(chain.Incarnation) []Fork                                            // branches set aside, settled ones too
	Poison    func(chain.Incarnation) Poison                                            // records kept that nobody can read
	Nodes     func() []Node                                                             // of the group, this one too
	Warehouse func() *Warehouse                                                         // nil when none is configured
	Records   func(in chain.Incarnation, after uint64) iter.Seq2[archive.Stored, error] // as archive.Records
}

// RecordSummary is the header of a record. What it says about whom is in its body, which no page shows.
type RecordSummary struct {
	Seq     uint64 `json:"seq"`
	Kind    string `json:"kind"`
	Actor   string `json:"actor"`
	Subject string `json:"subject,omitempty"`
	Wall    int64  `json:"wall"`          // ms since 1970 UTC, by the box's clock
	Odd     string `json:"odd,omitempty"` // why it cannot be read; then only Seq is known
}

// Fork is one branch that contradicts a chain.
type Fork struct {
	Branch  string        `json:"branch"` // its name, as markaz-hq fork wants it
	First   uint64        `json:"first"`  // first differing record; 0 when one history only goes on where the other ends
	Ours    RecordSummary `json:"ours"`   // that record as it is held; zero when nothing is held there
	Theirs  RecordSummary `json:"theirs"` // and as the branch has it
	Records uint64        `json:"records"`
	Settled string        `json:"settled,omitempty"` // how a person settled it; empty while nobody has
}

// Poison is what headquarters kept of a chain and cannot read.
type Poison struct {
	Count uint64 `json:"count"`
	First string `json:"first,omitempty"` // why the first of them cannot be read
}

// Node is one node of headquarters' group.
type Node struct {
	Name    string    `json:"name"`
	State   string    `json:"state"` // "leader", "follower", "candidate", "unreachable"
	Applied uint64    `json:"applied"`
	Heard   time.Time `json:"heard,omitzero"`
	Leader  bool      `json:"leader"`
	Disk    string    `json:"disk,omitempty"` // what is wrong with its disk: "scarce", "full", "lies", "broken"
}

// Warehouse is how the database that reports are made from stands.
type Warehouse struct {
	Connected bool   `json:"connected"`
	Reason    string `json:"reason,omitempty"` // why not
	Loaded    uint64 `json:"loaded"`           // records
	Waiting   uint64 `json:"waiting"`
}
