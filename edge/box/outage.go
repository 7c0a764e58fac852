package box

import (
	"context"
	"time"

	"markaz.example/edge/desk"
)

const (
	outageMarked = 15 * time.Minute // the road is down for so long: the day is marked; shorter cuts are every hour's
	outageLooked = time.Minute
)

// outage is since when the road has been down.
type outage struct{ since time.Time } // zero while it is up

// lasts says whether the road has been down for so long that the day is marked.
func (o *outage) lasts(up bool, now time.Time) bool {
	switch {
	case up:
		o.since = time.Time{}
	case o.since.IsZero():
		o.since = now
	}
	return !up && now.Sub(o.since) >= outageMarked
}

// marking marks days on which the road was down for long.
func (r *road) marking(floor *desk.Floor) part {
	return func(ctx context.Context) error {
		tick := time.NewTicker(outageLooked)
		defer tick.Stop()
		var down outage
		for {
			select {
			case <-ctx.Done():
				return nil
			case now := <-tick.C:
				up, _ := r.state()
				if !down.lasts(up, now) {
					continue
				}
				if err := floor.MarkDay(ctx, desk.MarkLink); err != nil && ctx.Err() == nil {
					floor.Log.Warn("the day was not marked for the line that is down", "err", err)
				}
			}
		}
	}
}
