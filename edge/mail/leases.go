package mail

import (
	"context"
	"time"

	"markaz.example/edge/book/lease"
	"markaz.example/edge/ledger"
)

// lookEvery is how often leases are looked at: they go back lease.Margin after their end anyway.
const lookEvery = time.Minute

// Run gives back leases that have ended, until the context ends. What the ledger reports is logged and tried again.
func (r *Room) Run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if err := r.expire(ctx); err != nil && ctx.Err() == nil {
			r.Log.Warn("leases that ended were not given back", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// expire decides only when there is something to decide.
func (r *Room) expire(ctx context.Context) error {
	due := false
	err := r.Ledger.View(ctx, func(s ledger.Snapshot) error {
		due = len(lease.Due(s, r.Ledger.Clock().Now())) > 0
		return nil
	})
	if err != nil || !due {
		return err
	}
	return r.Ledger.Update(ctx, "box", lease.Expire)
}
