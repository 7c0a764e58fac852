package paper

import "markaz.example/edge/id"

// State is where a print job stands.
type State string

// The states of a job. Printed and withdrawn are the end, unless somebody asks for a reprint.
//
//	queued -> printing -> printed
//	printing -> queued                             certainly no ink, the box tries again by itself
//	queued, printing -> held -> queued             certainly no ink, printed when somebody asks
//	printing -> uncertain -> queued                printed as a reprint when somebody asks
//	queued, held -> uncertain                      the box was made anew: its ledger may lack the paper
//	printed, withdrawn -> queued                   the same
//	queued, held, uncertain -> withdrawn
const (
	StateQueued    State = "queued"    // waits for a printer
	StatePrinting  State = "printing"  // bytes may be on their way
	StatePrinted   State = "printed"   // the printer confirmed it
	StateHeld      State = "held"      // certainly no ink; is printed when somebody asks again
	StateUncertain State = "uncertain" // may or may not be out; is printed again only as a marked reprint
	StateWithdrawn State = "withdrawn" // will not be printed: its day ended, or the person left
)

// The reasons that this version knows. A driver may have more.
const (
	ReasonPaperOut  = "paper-out"
	ReasonCoverOpen = "cover-open"
	ReasonOffline   = "offline"
	ReasonBusy      = "busy"
	ReasonFault     = "fault"
	ReasonRestart   = "restart" // the box stopped while it was printing, or may have been
	ReasonDayEnd    = "day-end"
	ReasonLeft      = "left" // the person it was for has left
)

// Job is one slip to be printed.
type Job struct {
	ID      id.Job `cbor:"1,keyasint"`
	Form    string `cbor:"2,keyasint"` // what kind of slip: "token"
	Subject string `cbor:"3,keyasint"` // what it is for; of a token, the visit
	State   State  `cbor:"4,keyasint"`
	Reason  string `cbor:"5,keyasint"` // why it is held, uncertain, withdrawn, or queued once more
	Printer string `cbor:"6,keyasint"` // that it was last sent to
	Attempt int    `cbor:"7,keyasint"` // how often it was started, in all
	Tries   int    `cbor:"8,keyasint"` // how often it was started since it was queued or asked for
	Reprint bool   `cbor:"9,keyasint"` // an earlier copy is or may be out; the paper must say so

	Made  uint64 `cbor:"10,keyasint"` // record that queued it first
	Place uint64 `cbor:"11,keyasint"` // record that queued or asked for it last: its place among those that wait
	Since uint64 `cbor:"12,keyasint"` // record that brought it to its state
}

// Open says that the job is neither printed nor withdrawn.
func (j Job) Open() bool { return j.State != StatePrinted && j.State != StateWithdrawn }

// held says that the job waits to be asked for.
func (j Job) held() bool { return j.State == StateHeld || j.State == StateUncertain }
