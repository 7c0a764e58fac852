package main

import (
	"context"
	"fmt"

	"markaz.example/edge/box"
)

// updateCmd brings an update to the running box.
type updateCmd struct {
	boxConfig
	File string `arg:"" type:"existingfile" help:"The update, as on the stick."`
}

// Run stages an update.
func (c updateCmd) Run(ctx context.Context) error {
	var got box.UpdateTaken
	if err := c.bring(ctx, "/update", c.File, &got); err != nil {
		return err
	}
	fmt.Printf("The box goes from %s to %s now, which takes some minutes, and back by itself should that not come up.\n"+
		"The page /floor tells how it ended, if it did not end well; `journalctl -u markaz-update` tells everything.\n", got.From, got.To)
	return nil
}
