package paper

import "markaz.example/edge/id"

// State is where a print job stands.
type State string

// The states of a job. Queued, Printing, Held and Uncertain are open; the others are the end unless somebody asks again.
const (
	Queued    State = "queued"    // waits for a printer
	Printing  State = "printing"  // bytes may be on their way
	Printed   State = "printed"   // the printer confirmed it
	Held      State = "held"      // certainly no ink; is printed when somebody asks again
	Uncertain State = "uncertain" // may or may not be out; is printed again only as a marked reprint
	Withdrawn State = "withdrawn" // will not be printed: its day ended, or the person left
)

// Job is one slip to be printed.
type Job struct {
	ID      id.Job `cbor:"1,keyasint"`
	Form    string `cbor:"2,keyasint"` // what kind of slip: "token"
	Subject string `cbor:"3,keyasint"` // what it is for; of a token, the visit
	State   State  `cbor:"4,keyasint"`
	Reason  string `cbor:"5,keyasint"` // why it is held, uncertain or withdrawn: "paper-out"
	Printer string `cbor:"6,keyasint"` // that it was last sent to
	Attempt int    `cbor:"7,keyasint"` // how often it was started, in all
	Tries   int    `cbor:"8,keyasint"` // how often it was started since it was queued or asked for
	Reprint bool   `cbor:"9,keyasint"` // an earlier copy is or may be out; the paper must say so

	Made  uint64 `cbor:"10,keyasint"` // record that queued it first
	Since uint64 `cbor:"11,keyasint"` // record that brought it to its state
}
