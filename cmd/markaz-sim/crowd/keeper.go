package crowd

import (
	"context"

	"markaz.example/cmd/markaz-sim/client"
)

// keepPaper puts in a new roll before the old one ends, as staff do when the box warns them: a roll lasts some 600 people.
func (c *Crowd) keepPaper(ctx context.Context) error {
	printer := c.Stage.Printer.Sim
	for {
		if printer.See().PaperMM < rollLeftMM {
			printer.SetPaper(rollMM)
			c.rolls.Add(1)
		}
		if client.Pause(ctx, rollEvery) != nil {
			return nil
		}
	}
}
