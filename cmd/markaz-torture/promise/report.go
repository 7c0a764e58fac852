package promise

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// Print writes what was run as a table for a terminal.
func Print(w io.Writer, lines []Line) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "PROMISE\tCOUNT\tVERDICT\tTIME\tRESULT\tCONTROL")
	for _, l := range lines {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", l.Promise, l.counted(), l.Verdict(), l.took(), l.said(), l.Control)
	}
	return t.Flush()
}

// Markdown writes the same for docs/reliability.md: the machine, the date and the figures.
func Markdown(w io.Writer, m Machine, at time.Time, lines []Line) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Run on %s: %s.\n\n", at.Format("2 January 2006"), m)
	b.WriteString("| promise | count | verdict | result | control | time |\n|---|---|---|---|---|---|\n")
	for _, l := range lines {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", l.Promise, l.counted(), l.Verdict(), l.said(), l.Control, l.took())
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (l Line) counted() string {
	if l.Do == nil {
		return fmt.Sprintf("0 of %d %s", l.Full, l.Unit)
	}
	return fmt.Sprintf("%d %s", l.Count, l.Unit)
}

func (l Line) took() string {
	if l.Do == nil {
		return ""
	}
	return l.Took.Round(time.Second).String()
}

func (l Line) said() string {
	switch {
	case l.Do == nil:
		return l.Apart
	case l.Err != nil:
		return strings.ReplaceAll(strings.TrimSpace(l.Result+" "+l.Err.Error()), "\n", "; ")
	}
	return l.Result
}
