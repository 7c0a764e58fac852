package cut

import (
	"fmt"
	"time"
)

// Result is what a run came to.
type Result struct {
	Cuts    int
	Opened  int   // chains that were found whole, with all that was acknowledged
	Acked   int   // answers that a caller got
	Steps   int64 // I/Os that changed something, and syncs
	Lost    int   // starts that found something acknowledged gone
	Unsound int   // starts that found something else wrong, or crashed, or hung
	Refused int   // starts that were refused with words though power was on
	Took    time.Duration
}

// Sound is whether every promise held.
func (r Result) Sound() bool { return r.Lost+r.Unsound+r.Refused == 0 && r.Opened > 0 && r.Acked > 0 }

func (r Result) String() string {
	return fmt.Sprintf("%d cuts, %d starts judged, %d answers, %d lost, %d unsound, %d refused, %.1f cuts/s",
		r.Cuts, r.Opened, r.Acked, r.Lost, r.Unsound, r.Refused, float64(r.Cuts)/r.Took.Seconds())
}
