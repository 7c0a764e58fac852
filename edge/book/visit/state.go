package visit

// State is where a stop of a visit stands.
type State string

// The states of a stop. A visit whose first stop is Planned is made but not in hand: its paper has not come out.
const (
	Planned State = "planned"
	Waiting State = "waiting"
	Called  State = "called"
	Serving State = "serving"
	Done    State = "done"
	NoShow  State = "no-show"
	Left    State = "left"
)
