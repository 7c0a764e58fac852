package promise

import (
	"context"
	"fmt"
	"io"
	"math"
	"time"
)

// Row is one promise, or one way to try it.
type Row struct {
	Code    string // for the command line
	Promise string
	Test    string // what carries it
	Word    string // the command for the full count alone
	Unit    string // of the counts
	Quick   int
	Full    int

	// Inside rows have their quick count in the quick run of this program; those of the others are in the tests of
	// their packages.
	Inside bool

	// Apart is set in place of Do where one sitting does not do: what runs it, and how long that takes.
	Apart string

	Do func(context.Context, Job) Outcome
}

// Job is one run of a row.
type Job struct {
	Count int
	Full  bool
	Seed  uint64
	Out   io.Writer
}

// Outcome is what a row came to.
type Outcome struct {
	Result  string
	Control string // what the control came to
	Err     error  // a promise broken, a control not caught, or a run that could not be made
}

// Line is a row that was run, or was not.
type Line struct {
	Row
	Outcome
	Count int
	Took  time.Duration
}

// Verdict is a word for it.
func (l Line) Verdict() string {
	switch {
	case l.Do == nil:
		return "not run"
	case l.Err != nil:
		return "FAILED"
	}
	return "held"
}

// count is how often a row is tried.
func (r Row) count(full bool, factor float64) int {
	if !full {
		return r.Quick
	}
	return max(1, int(math.Round(float64(r.Full)*factor)))
}

// Run runs rows in turn. It reports how many failed, after all of them.
func Run(ctx context.Context, rows []Row, full bool, factor float64, seed uint64, out io.Writer) (lines []Line, err error) {
	failed := 0
	for _, r := range rows {
		if ctx.Err() != nil {
			return lines, ctx.Err()
		}
		l := Line{Row: r}
		if r.Do != nil {
			l.Count = r.count(full, factor)
			fmt.Fprintf(out, "== %s: %s, %d %s\n", r.Code, r.Promise, l.Count, r.Unit)
			begin := time.Now()
			l.Outcome = r.Do(ctx, Job{Count: l.Count, Full: full, Seed: seed, Out: out})
			l.Took = time.Since(begin)
			fmt.Fprintf(out, "-- %s: %s. control: %s. %s, %v\n", r.Code, l.Result, l.Control, l.Verdict(), l.Took.Round(time.Second))
			if l.Err != nil {
				failed++
				fmt.Fprintf(out, "-- %s: %v\n", r.Code, l.Err)
			}
		}
		lines = append(lines, l)
	}
	if failed > 0 {
		err = fmt.Errorf("%d of %d rows failed", failed, len(lines))
	}
	return lines, err
}
