package main

import (
	"fmt"

	"markaz.example/edge/box"
)

type vaultNewCmd struct{ boxConfig }

// Run makes a vault where the old one is lost for good.
func (c vaultNewCmd) Run() error {
	config, err := box.Load(c.Config)
	if err != nil {
		return err
	}
	if err := box.MakeVault(config); err != nil {
		return err
	}
	fmt.Println("A new vault is made. What was sealed under the old one opens never again: families are registered anew as they come.\nKeep a copy of vault.db and one of vault.key, at two places.")
	return nil
}
