package main

import (
	"context"
	"fmt"

	"markaz.example/edge/box"
	"markaz.example/edge/id"
)

// vaultCmd keeps who people are.
type vaultCmd struct {
	Forget vaultForgetCmd `cmd:"" help:"Forget a household for good, in every copy of the chain. The box must be running."`
	New    vaultNewCmd    `cmd:"" help:"Make a new vault when the old one is lost for good."`
}

type vaultForgetCmd struct {
	boxConfig
	Household id.Household `arg:"" help:"The household, as the registration desk's page shows it."`
	Why       string       `required:"" enum:"asked,retention" help:"Why: asked (they asked for it) or retention (their time is over)."`
}

// Run deletes a household's key.
func (c vaultForgetCmd) Run(ctx context.Context) error {
	if err := c.Household.Check(); err != nil {
		return err
	}
	config, err := box.Load(c.Config)
	if err != nil {
		return err
	}
	order, got := box.Forgetting{Household: c.Household, Reason: c.Why}, box.Forgotten{}
	if err := box.NewDoorClient(config).Call(ctx, "POST", "/vault/forget", order, &got); err != nil {
		return err
	}
	fmt.Printf("Household %s is forgotten. Destroy the copies of vault.db that were made before now.\n", c.Household)
	return nil
}

type vaultNewCmd struct{ boxConfig }

// Run makes a vault where the old one is lost for good.
func (c vaultNewCmd) Run() error {
	config, err := box.Load(c.Config)
	if err != nil {
		return err
	}
	if err := box.MakeVault(config, options()); err != nil {
		return err
	}
	fmt.Println("A new vault is made. What was sealed under the old one opens never again: families are registered anew as they come.\nMake a backup of it: markaz backup --to DIR.")
	return nil
}
