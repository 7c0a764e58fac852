package main

import (
	"context"
	"log/slog"
	"os"

	"markaz.example/cmd/markaz-sim/theft"
)

type theftCmd struct {
	Families int    `default:"60" help:"How many are registered."`
	Seed     uint64 `default:"1" help:"Of who they are."`
	Unsealed string `default:"bin/unsealed" type:"existingdir" help:"Directory of markaz and markaz-hq as the control, built with the tag unsealed."`
	Profiles string `default:"firmware-configs" type:"existingdir" help:"Device profiles."`
	Keep     string `type:"path" placeholder:"DIR" help:"Leave the loot in this new directory."`
}

// Run steals; it fails when the loot tells something, or a control finds too little.
func (c theftCmd) Run(ctx context.Context) error {
	bin, err := programs()
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return inDir(c.Keep, func(dir string) error {
		return theft.Run(ctx, theft.Config{
			Dir: dir, Bin: bin, Unsealed: c.Unsealed, Profiles: c.Profiles, Families: c.Families, Seed: c.Seed, Fast: theft.Speed,
			Careless: []string{self, "careless"}, Out: os.Stdout, Log: slog.Default(),
		})
	})
}

type carelessCmd struct{}

// Run crashes.
func (carelessCmd) Run() error { return theft.Careless(os.Stdin) }
