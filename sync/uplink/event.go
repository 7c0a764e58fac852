package uplink

import (
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// Event is what Sender is told: one of the types below.
type Event interface{ event() }

type (
	// Advanced says that the ledger has acknowledged records up to Head to its callers. It also opens the play.
	Advanced struct{ Head chain.Position }
	// Remembered says what headquarters held when the box last ran. It is only shown, until a greeting says better.
	Remembered struct{ Held chain.Position }
	// Connected answers Dial: there is a link.
	Connected struct{}
	// Dropped answers Dial, or comes at any time: there is no link.
	Dropped struct{}
	// Welcomed is headquarters' answer to Hello. Ours is the box's own record at Held. Unsigned: the time in it is not
	// headquarters' word, though the box knows the key that would make it so.
	Welcomed struct {
		wire.Welcome
		Ours     Ours
		Unsigned bool
	}
	// Acked is an acknowledgement. Ours is the box's own record at Held.
	Acked struct {
		Held chain.Position
		Ours Ours
	}
	// Landmarked answers Probe. Ours is the box's own record there, Base its own at Begins.
	Landmarked struct {
		wire.Landmark
		Ours, Base Ours
	}
	// Shelved says how far headquarters keeps our branch. Ours is the box's own record there.
	Shelved struct {
		At   chain.Position
		Ours Ours
	}
	// Refused is headquarters' last word on this link.
	Refused struct{ wire.Refusal }
	// Packed answers Send: the batch is on its way and ends at Last. Raw counts its stored bytes, Bytes those that are sent.
	Packed struct {
		Last       chain.Position
		Raw, Bytes int
	}
	// Unreadable answers Send, or a greeting: the ledger could not give what was needed.
	Unreadable struct{ Detail string }
	// Stirred says that what a Beat tells besides the head has changed.
	Stirred struct{}
	// Tick says that Wake has come.
	Tick struct{}
)

// Ours is what the box's ledger says of a sequence. Known is false for a record it has forgotten or never had.
type Ours struct {
	Hash  chain.Hash
	Known bool
}

// Is tells whether the box has the very record.
func (o Ours) Is(h chain.Hash) bool { return o.Known && o.Hash == h }

func (Advanced) event()   {}
func (Remembered) event() {}
func (Connected) event()  {}
func (Dropped) event()    {}
func (Welcomed) event()   {}
func (Acked) event()      {}
func (Landmarked) event() {}
func (Shelved) event()    {}
func (Refused) event()    {}
func (Packed) event()     {}
func (Unreadable) event() {}
func (Stirred) event()    {}
func (Tick) event()       {}

// Act is what Sender wants done: one of the types below, in the order given.
type Act interface{ act() }

type (
	// Dial wants a link. Connected or Dropped answers.
	Dial struct{}
	// Greet wants Hello sent, with this head.
	Greet struct{ Head chain.Position }
	// Send wants one batch of the records after After, none past UpTo, of about LimitBytes. Packed or Unreadable answers.
	Send struct {
		After      chain.Position
		UpTo       uint64
		LimitBytes int
	}
	// Ask wants a Probe sent.
	Ask struct{ Seq uint64 }
	// Beat wants a Beat sent.
	Beat struct{ Head chain.Position }
	// Confirm tells the ledger what headquarters holds: it may be forgotten.
	Confirm struct{ Held chain.Position }
	// Tell passes on headquarters' time.
	Tell struct{ Wall time.Time }
	// Hang ends the link. Nothing that still comes from it may be passed on as an event.
	Hang struct{ Reason string }
)

func (Dial) act()    {}
func (Greet) act()   {}
func (Send) act()    {}
func (Ask) act()     {}
func (Beat) act()    {}
func (Confirm) act() {}
func (Tell) act()    {}
func (Hang) act()    {}

// State is how the road stands, for the health page. Values compare with ==.
type State struct {
	Up     bool
	Since  time.Time      // of Up, by the clock that Step is given
	Head   chain.Position // the newest record acknowledged here
	Held   chain.Position // the newest that headquarters is known to hold of this chain
	Behind uint64         // records between the two
	Kept   uint64         // headquarters keeps our history up to here, on a branch; 0 while it was not heard to
	Forked bool           // headquarters holds another history under our name; Common is the last record both share
	Common chain.Position // known once the histories were compared; the start before that
	Code   string         // why headquarters or the box will not go on; a wire.Code, or one of ours below; empty when well
	Detail string         // what was wrong and what to do
}

// The codes of State that are not headquarters'.
const (
	CodeUnreadable = "ledger-unreadable"   // the ledger does not give the records to send
	CodeBehind     = "headquarters-behind" // headquarters lost records that the box no longer keeps
	CodeNoAnswer   = "no-answer"           // headquarters is there and does not answer
	CodeTime       = "time-unsigned"       // the time told is not headquarters' word, and was not taken; the link goes on
)
