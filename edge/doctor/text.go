package doctor

import (
	"fmt"
	"io"
)

// marks stand before findings, so that the eye finds them without colours.
var marks = map[Severity]string{Well: "  ", Warning: "? ", Broken: "! "}

// Print writes findings for a person: the worst of each check stands out by its mark.
func Print(w io.Writer, all []Finding) error {
	last := ""
	for _, f := range all {
		name := f.Check
		if name == last {
			name = ""
		}
		last = f.Check
		if _, err := fmt.Fprintf(w, "%s%-14s %s\n", marks[f.Severity], name, f.What); err != nil {
			return err
		}
		if f.Remedy != "" {
			if _, err := fmt.Fprintf(w, "%-16s → %s\n", "", f.Remedy); err != nil {
				return err
			}
		}
	}
	_, err := fmt.Fprintln(w, verdict(all))
	return err
}

func verdict(all []Finding) string {
	n := map[Severity]int{}
	for _, f := range all {
		n[f.Severity]++
	}
	switch {
	case n[Broken] > 0:
		return fmt.Sprintf("Broken: %d. Warnings: %d. Begin with what is marked !", n[Broken], n[Warning])
	case n[Warning] > 0:
		return fmt.Sprintf("It works. Warnings: %d.", n[Warning])
	}
	return "All is well."
}
