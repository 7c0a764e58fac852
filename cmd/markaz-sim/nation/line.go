package nation

import (
	"context"
	"errors"

	"markaz.example/cmd/markaz-sim/cable"
	"markaz.example/cmd/markaz-sim/lab"
)

// Line is what lies between a machine and the others, with a fault to put on it.
type Line interface {
	Set(ctx context.Context, f lab.Fault) error
}

// relayed is a box's line on loopback: a relay to each node. It knows fewer ways to be broken than a kernel does.
type relayed []*cable.Cable

// Set puts the fault on every relay that is most like the one asked for.
func (r relayed) Set(_ context.Context, f lab.Fault) error {
	for _, c := range r {
		switch f {
		case lab.Cut, lab.Resets:
			c.Set(cable.Cut)
		case lab.Hole, lab.Deaf, lab.Mute:
			c.Set(cable.Frozen)
		case lab.Lossy, lab.Slow, lab.Delayed:
			c.Set(cable.Slow)
		default:
			c.Set(cable.Whole)
		}
	}
	return nil
}

// Run relays until the context ends.
func (r relayed) Run(ctx context.Context) error {
	ended := make(chan error, len(r))
	for _, c := range r {
		go func() { ended <- c.Run(ctx) }()
	}
	var errs []error
	for range r {
		errs = append(errs, <-ended)
	}
	return errors.Join(errs...)
}
