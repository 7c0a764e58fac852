// Command bench measures the paths that matter against limits found in the same run, and prints a table.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// amount is how much is measured.
type amount struct {
	rounds  int           // interleaved; the median is printed
	span    time.Duration // of one append measurement
	records int           // of the centre that starts, verifies and drains
	tokens  int           // asked for and printed
	presses int           // each waited for until headquarters has it
	slips   int           // printed at a real printer's pace, 5 s each
	rows    int           // of those slips, at most
	settle  time.Duration // before a box is measured that does nothing
	still   time.Duration // of that measurement
}

func full() amount {
	return amount{rounds: 3, span: 2 * time.Second, records: 1_000_000, tokens: 200, presses: 500, slips: 10, rows: 2500, settle: 5 * time.Second, still: 30 * time.Second}
}

// quick tells whether everything still runs; its figures mean nothing.
func quick() amount {
	return amount{rounds: 1, span: 20 * time.Millisecond, records: 3000, tokens: 3, presses: 5, slips: 1, rows: 32, settle: time.Second, still: 5 * time.Second}
}

// bench is one run.
type bench struct {
	amount
	dir    string
	centre centre
}

// subject is one thing to measure.
type subject struct {
	name    string
	measure func(*bench) ([]row, error)
}

func subjects() []subject {
	return []subject{
		{"append", appendRates}, {"slip", slipTimes}, {"line", lineTimes}, {"start", startTimes},
		{"drain", drainRates},
		{"live", liveTimes},
		{"idle", idleTimes},
		{"warehouse", warehouseRates},
	}
}

func main() {
	if asPart(os.Args) {
		return
	}
	fast := flag.Bool("quick", false, "smaller counts: to see that everything runs, not how fast")
	only := flag.String("only", "", "append, slip, line, start, drain, live, idle, warehouse: those alone, with commas between")
	flag.Parse()
	s := full()
	if *fast {
		s = quick()
	}
	if err := run(s, *only, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(s amount, only string, w io.Writer) error {
	dir, err := os.MkdirTemp(".", "data-") // beside the code, on a real disk: /tmp may be memory
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if dir, err = filepath.Abs(dir); err != nil { // a box takes no other for a device node
		return err
	}
	where, err := machine(dir, s.rounds)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s\n\n", where)
	b := &bench{amount: s, dir: dir}
	if b.centre, err = newCentre(dir, s.records); err != nil {
		return err
	}
	var rows []row
	for _, s := range subjects() {
		if only != "" && !slices.Contains(strings.Split(only, ","), s.name) {
			continue
		}
		more, err := s.measure(b)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		rows = append(rows, more...)
	}
	print(w, rows)
	return nil
}
