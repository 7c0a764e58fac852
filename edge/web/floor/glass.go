package floor

import (
	"context"
	"strings"
)

// glassRow is a right that somebody took and that no manager has seen.
type glassRow struct {
	Seq    uint64
	Who    string // "Sadia · S002"
	Desk   string
	Right  string // a field or an act; names its text
	Reason string
	At     string // "09:05"; empty when the box does not know the time
	Count  int    // how often they did so, this time counted
}

func (d *Pages) glassRows(ctx context.Context) (rows []glassRow, err error) {
	all, err := d.Floor.Glasses(ctx)
	for _, g := range all {
		right := string(g.Field)
		if g.Act != "" {
			right = string(g.Act)
		}
		rows = append(rows, glassRow{
			g.Seq, g.Name + " · " + string(g.Staff), strings.TrimPrefix(string(g.Place), "desk/"), right, g.Reason, d.hour(g.At.Stamp()), g.Count,
		})
	}
	return rows, err
}
