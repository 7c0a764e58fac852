package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"markaz.example/edge/ledger"
)

// formatsCmd is for the scripts of the package: an older version is not installed over data that it could not read.
type formatsCmd struct {
	Data string `type:"path" placeholder:"DIR" help:"Say what lies in this data directory of a stopped box, instead of what this version reads."`
}

// Run prints a line for each format.
func (c formatsCmd) Run() error {
	format := ledger.FormatNewest
	if c.Data != "" {
		var err error
		format, err = ledger.FormatOf(filepath.Join(c.Data, "ledger.db"))
		if errors.Is(err, ledger.ErrMissing) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	fmt.Println("ledger", format)
	return nil
}
