package desk

import "time"

// checkRow is a question to headquarters.
type checkRow struct {
	What   string
	Result string // empty while open
	Source string
	At     string // when it was asked, or answered
}

// lentRow is what headquarters lent.
type lentRow struct {
	What string
	Left uint64
}

const minuteLayout = "2 Jan 15:04"

func lentTo(rows []lentRow, what string, left uint64) []lentRow {
	if n := len(rows); n > 0 && rows[n-1].What == what { // they come by their names
		rows[n-1].Left += left
		return rows
	}
	return append(rows, lentRow{what, left})
}

// moment is a wall time in the centre's zone; empty for none.
func (d *Desk) moment(wall int64, layout string) string {
	if wall <= 0 {
		return ""
	}
	zone := d.Zone
	if zone == nil {
		zone = time.UTC
	}
	return time.UnixMilli(wall).In(zone).Format(layout)
}
