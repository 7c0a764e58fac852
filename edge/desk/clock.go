package desk

import (
	"context"
	"time"

	"markaz.example/edge/clock"
)

// SetTime tells the box the time that somebody typed, in whole minutes, and records that. It is not asked for once
// headquarters has told it. Refusals: TimeKnown, TimePast.
func (f *Floor) SetTime(ctx context.Context, actor string, t time.Time) error {
	if f.Ledger.Clock().Now().Grade == clock.Network {
		return Refuse(TimeKnown)
	}
	if err := f.Ledger.Tell(ctx, actor, t, clock.Human); err != nil {
		return f.Refused(err)
	}
	if f.Ledger.Clock().Now().Time().Sub(t).Abs() > typedWithin {
		return Refuse(TimePast)
	}
	return nil
}
