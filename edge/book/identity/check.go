package identity

import "markaz.example/edge/id"

// Result is what came of one finger.
type Result string

// The results. All but Taken are failures that the person or the desk can do something about; Trouble is the reader's.
const (
	Taken     Result = "taken"     // a good picture, or the reader's own yes
	NoFinger  Result = "no-finger" // nobody touched the reader in time
	Messy     Result = "messy"     // wet, dry or moved
	Small     Result = "small"     // too little of the finger
	Poor      Result = "poor"      // quality below what the profile asks for
	NoMatch   Result = "no-match"  // another finger than the one on record
	Trouble   Result = "trouble"   // the reader failed; does not count against the finger
	Different Result = "different" // two pictures of two fingers
)

var results = map[Result]bool{
	Taken: true, NoFinger: true, Messy: true, Small: true, Poor: true, NoMatch: true, Trouble: true, Different: true,
}

// fingers are the words for the ten, as ISO/IEC 19794-2:2005 numbers them, from 1.
var fingers = map[string]bool{
	"right-thumb": true, "right-index": true, "right-middle": true, "right-ring": true, "right-little": true,
	"left-thumb": true, "left-index": true, "left-middle": true, "left-ring": true, "left-little": true,
}

// State is where the check of a stop stands.
type State string

// The states. StateExcepted and StateFiled let the visit go on as well as StatePassed does.
const (
	StateOpen     State = "open"     // nothing settled yet
	StatePassed   State = "passed"   // a finger was taken
	StateExcepted State = "excepted" // staff went on without, for a reason
	StateFiled    State = "filed"    // a case was filed
)

// Check is the identity check of one stop.
type Check struct {
	Visit   id.Visit `cbor:"1,keyasint"`
	Stop    uint8    `cbor:"2,keyasint"`
	State   State    `cbor:"3,keyasint"`
	Tried   []Finger `cbor:"4,keyasint"` // in the order in which they were first tried
	Tries   int      `cbor:"5,keyasint"` // in all, the reader's troubles among them
	Last    Result   `cbor:"6,keyasint"` // of the last try; empty before the first
	Quality uint8    `cbor:"7,keyasint"` // of the last try
	Reason  string   `cbor:"8,keyasint"` // of the exception or the case
	Case    id.Case  `cbor:"9,keyasint"`
	Desk    id.Desk  `cbor:"10,keyasint"` // that did the last of it
	Since   uint64   `cbor:"11,keyasint"` // record that did
}

// Finger is one finger's share.
type Finger struct {
	Name   string `cbor:"1,keyasint"` // "right-index"
	Failed int    `cbor:"2,keyasint"`
}

// Failed is how often a finger failed; 0 for one that was not tried.
func (c Check) Failed(finger string) int {
	for _, f := range c.Tried {
		if f.Name == finger {
			return f.Failed
		}
	}
	return 0
}

// count is a copy of the fingers with one more failure.
func (c Check) count(finger string, result Result) []Finger {
	if result == Taken || result == Trouble {
		return c.Tried
	}
	var out []Finger
	found := false
	for _, f := range c.Tried {
		if f.Name == finger {
			f.Failed++
			found = true
		}
		out = append(out, f)
	}
	if !found {
		out = append(out, Finger{finger, 1})
	}
	return out
}
