package day

import (
	"context"
	"fmt"
	"syscall"

	"markaz.example/cmd/markaz-sim/cable"
	"markaz.example/cmd/markaz-sim/client"
	"markaz.example/cmd/markaz-sim/stage"
)

// fault is something that goes wrong, or right again, once so many of the visitors have their paper.
type fault struct {
	at   float64 // share of the visits
	what string
	do   func(context.Context, *stage.Stage) error
}

// plan is the bad day, in order. The line is dead but open for half of it.
func plan() []fault {
	return []fault{
		{0.15, "box killed while printing", killBox},
		{0.25, "line to headquarters goes dead", func(_ context.Context, s *stage.Stage) error { s.Cable.Set(cable.Frozen); return nil }},
		{0.40, "printer runs out of paper", paperOut},
		{0.60, "box killed while cut off", killBox},
		{0.75, "line comes back", func(_ context.Context, s *stage.Stage) error { s.Cable.Set(cable.Whole); return nil }},
		{0.85, "headquarters restarted", func(_ context.Context, s *stage.Stage) error { return s.HQ.Signal(syscall.SIGTERM) }},
	}
}

func killBox(_ context.Context, s *stage.Stage) error { return s.Box.Signal(syscall.SIGKILL) }

func paperOut(ctx context.Context, s *stage.Stage) error {
	s.Printer.SetPaper(false)
	defer s.Printer.SetPaper(true)
	return client.Pause(ctx, paperAway)
}

// play waits for each fault's time and lets it happen.
func play(ctx context.Context, s *stage.Stage, visits int, here func() int, say func(string, ...any)) error {
	for _, f := range plan() {
		for here() < int(f.at*float64(visits)) {
			if err := client.Pause(ctx, lookEvery); err != nil {
				return err
			}
		}
		say("%4d of %d: %s", here(), visits, f.what)
		if err := f.do(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", f.what, err)
		}
	}
	return nil
}
