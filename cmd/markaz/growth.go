package main

import (
	"fmt"
	"os"

	"markaz.example/edge/lms"
	"markaz.example/edge/lms/survey"
)

type scoreCmd struct {
	Tables string `type:"existingfile" help:"Figures to use instead of those that are built in; see docs/growth.md." placeholder:"FILE"`
}

// Run scores standard input. Faults go to standard error as they are met, so that a large survey tells early what is wrong.
func (c scoreCmd) Run() error {
	figures, err := lms.Open(c.Tables)
	if err != nil {
		return err
	}
	report, err := survey.Score(figures, os.Stdin, os.Stdout, func(line int, err error) {
		fmt.Fprintf(os.Stderr, "line %d: %v\n", line, err)
	})
	switch {
	case err != nil:
		return err
	case report.Bad > 0:
		return fmt.Errorf("%d of %d rows were not scored; each is named above", report.Bad, report.Rows)
	}
	return nil
}
