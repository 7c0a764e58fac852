// Command bench measures the paths that matter against limits found in the same run, and prints a table.
package main

import (
	"fmt"
	"os"
	"time"
)

const (
	rounds = 3               // interleaved; the median is printed
	span   = 2 * time.Second // of one append measurement
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	dir, err := os.MkdirTemp(".", "data-") // beside the code, on a real disk: /tmp may be memory
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	where, err := machine(dir)
	if err != nil {
		return err
	}
	fmt.Printf("%s\n\n", where)
	var rows []row
	for _, measure := range []func(string) ([]row, error){appendRates, startTimes} {
		more, err := measure(dir)
		if err != nil {
			return err
		}
		rows = append(rows, more...)
	}
	print(os.Stdout, rows)
	return nil
}
