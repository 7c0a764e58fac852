package fleet

import (
	"context"
	"time"
)

// Sample is how a centre stood at one moment.
type Sample struct {
	At     time.Time `json:"at"`
	Lag    uint64    `json:"lag"`
	Linked bool      `json:"linked"`
}

// Run keeps the last hour of each centre until the context ends.
func (f *Fleet) Run(ctx context.Context) error {
	tick := time.NewTicker(trailEvery)
	defer tick.Stop()
	for {
		f.Sample()
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Sample adds a point to the last hour of each centre. Run does so every minute.
func (f *Fleet) Sample() {
	r := f.Report()
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range r.Centres {
		l, ok := f.links[c.Code]
		if !ok {
			l = &link{}
			f.links[c.Code] = l
		}
		l.trail = append(l.trail, Sample{r.At, c.Lag, c.Linked})
		if over := len(l.trail) - trailMax; over > 0 {
			l.trail = append([]Sample(nil), l.trail[over:]...)
		}
	}
}
