package visit

// State is where a stop of a visit stands.
type State string

// The states of a stop. A visit whose first stop is planned is made but not in hand: its paper has not come out.
//
//	planned -> waiting -> called -> serving -> done
//	                      called -> no-show
//	any of them but done -> left
const (
	StatePlanned State = "planned"
	StateWaiting State = "waiting"
	StateCalled  State = "called"
	StateServing State = "serving"
	StateDone    State = "done"
	StateNoShow  State = "no-show"
	StateLeft    State = "left"
)

// over says that a visit in this state is at its end.
func (s State) over() bool { return s == StateDone || s == StateLeft }

// atDesk says that a visit in this state is in the hand of a desk.
func (s State) atDesk() bool { return s == StateCalled || s == StateServing }
