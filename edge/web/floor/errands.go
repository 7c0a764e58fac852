package floor

import (
	"context"
	"time"

	"markaz.example/edge/book/check"
	"markaz.example/edge/book/pack"
)

// packRow is a pack of headquarters.
type packRow struct {
	Name    string
	Version uint64 // active; 0 when none is
	Made    string // "22 Nov 2026"
	Coming  uint64 // a version that is on its way; 0 for none
	Refused uint64 // the newest version that was refused after the active one came; 0 for none
}

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

const (
	// checksMax is how many questions the page lists: the open ones first.
	checksMax = 12

	minuteLayout, dayLayout = "2 Jan 15:04", "2 Jan 2006"
)

// errands fills in what the centre has to do with headquarters.
func (d *Pages) errands(ctx context.Context, p *floorPage) error {
	wishes, err := d.Floor.Wishes(ctx)
	if err != nil {
		return err
	}
	p.Wish, p.PutOff = d.firstWish(wishes)
	packs, err := d.Floor.Packs(ctx)
	if err != nil {
		return err
	}
	for _, s := range packs {
		p.Packs = append(p.Packs, d.packRow(s))
	}
	checks, err := d.Floor.Checks(ctx)
	if err != nil {
		return err
	}
	p.Checks = d.checkRows(checks.Open, checks.Answered)
	lent, err := d.Floor.Lent(ctx)
	for _, l := range lent {
		p.Lent = lentTo(p.Lent, l.What, l.Left())
	}
	return err
}

func lentTo(rows []lentRow, what string, left uint64) []lentRow {
	if n := len(rows); n > 0 && rows[n-1].What == what { // they come by their names
		rows[n-1].Left += left
		return rows
	}
	return append(rows, lentRow{what, left})
}

func (d *Pages) packRow(s pack.Series) packRow {
	row := packRow{Name: s.Name}
	if s.Active != nil {
		row.Version, row.Made = s.Active.Version, d.moment(s.Active.Made, dayLayout)
	}
	if s.Offered != nil {
		row.Coming = s.Offered.Version
	}
	if r := s.Refusal; r != nil && (s.Active == nil || r.Seq > s.Active.Seq) {
		row.Refused = r.Version
	}
	return row
}

func (d *Pages) checkRows(open, answered []check.Question) (rows []checkRow) {
	for _, q := range open {
		rows = append(rows, checkRow{What: q.What, At: d.moment(q.Wall, minuteLayout)})
	}
	for i := len(answered) - 1; i >= 0; i-- {
		a := answered[i].Answer
		rows = append(rows, checkRow{answered[i].What, a.Result, a.Source, d.moment(a.Wall, minuteLayout)})
	}
	return rows[:min(len(rows), checksMax)]
}

// moment is a wall time in the centre's zone; empty for none.
func (d *Pages) moment(wall int64, layout string) string {
	if wall <= 0 {
		return ""
	}
	zone := d.Zone
	if zone == nil {
		zone = time.UTC
	}
	return time.UnixMilli(wall).In(zone).Format(layout)
}
