package visit

// State is where a stop of a visit stands, and how a visit ended.
type State string

// The states of a stop. A visit whose first stop is planned is made but not in hand: its paper has not come out.
//
//	planned -> waiting -> called -> serving -> done
//	                      called -> no-show -> waiting, called
//	                                serving -> hold -> waiting
//	                                serving -> parked -> waiting, called
//	                                serving -> failed
//	planned, waiting, hold, parked, no-show -> cancelled
//	any that has not ended -> left
const (
	StatePlanned   State = "planned"
	StateWaiting   State = "waiting"
	StateCalled    State = "called"
	StateServing   State = "serving"
	StateDone      State = "done"
	StateHold      State = "hold"    // went to fetch something; not called before it is back
	StateParked    State = "parked"  // the desk waits for an answer
	StateNoShow    State = "no-show" // did not come when called
	StateLeft      State = "left"
	StateCancelled State = "cancelled" // not wanted any more
	StateFailed    State = "failed"    // could not be done here
)

// ended says that a stop in this state is at its end.
func (s State) ended() bool {
	return s == StateDone || s == StateLeft || s == StateCancelled || s == StateFailed
}

// atDesk says that a visit in this state is in the hand of a desk.
func (s State) atDesk() bool { return s == StateCalled || s == StateServing }

// aside says that a visit in this state is neither in line nor at a desk.
func (s State) aside() bool { return s == StateHold || s == StateParked || s == StateNoShow }

// DeskState is whether a desk calls people.
type DeskState string

// The states of a desk. One that was never opened, paused or closed is open.
const (
	DeskOpen   DeskState = "open"
	DeskPaused DeskState = "paused" // calls nobody, back soon
	DeskClosed DeskState = "closed"
)
