package desk

import (
	"context"
	"net/http"
	"time"

	"markaz.example/edge/book/check"
	"markaz.example/edge/book/diagnosis"
	"markaz.example/edge/book/pack"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/page"
)

// wish is headquarters' wish to look into the box.
type wish struct {
	ID, Who, Why string
	Asked        string // "22 Nov 09:05"; empty when the box does not know the time
}

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
	// putOffFor is how long "not now" holds.
	putOffFor = time.Hour

	// checksMax is how many questions the page lists: the open ones first.
	checksMax = 12

	minuteLayout, dayLayout = "2 Jan 15:04", "2 Jan 2006"
)

// errands fills in what the centre has to do with headquarters.
func (d *Desk) errands(ctx context.Context, p *floorPage) error {
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

// firstWish is the newest that nobody put off, and how many were.
func (d *Desk) firstWish(all []diagnosis.Wish) (first *wish, off int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range all {
		switch {
		case d.Diagnose == nil:
		case time.Now().Before(d.later[w.ID]):
			off++
		case first == nil:
			first = &wish{string(w.ID), w.Who, w.Why, d.moment(w.Wall, minuteLayout)}
		}
	}
	return first, off
}

func (d *Desk) packRow(s pack.Series) packRow {
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

func (d *Desk) checkRows(open, answered []check.Question) (rows []checkRow) {
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

// answerWish takes the answer of the people here to a wish to look into the box.
func (d *Desk) answerWish(w http.ResponseWriter, r *http.Request) {
	if !d.kit.Form(w, r) {
		return
	}
	name := id.Errand(r.PostForm.Get("wish"))
	var err error
	switch answer := r.PostForm.Get("answer"); {
	case answer == "again":
		d.putBack()
	case name.Check() != nil || d.Diagnose == nil:
		d.kit.Sorry(w, r, http.StatusBadRequest, "sorry.form", "/floor")
		return
	case answer == "allow":
		err = d.allow(r.Context(), name)
	case answer == "refuse":
		err = d.Floor.RefuseDiagnosis(r.Context(), "floor", name)
	case answer == "later":
		d.putOff(name)
	default:
		d.kit.Sorry(w, r, http.StatusBadRequest, "sorry.form", "/floor")
		return
	}
	d.kit.Done(w, r, err, "/floor?lang="+string(page.LangOf(r)), func(refused *page.Refusal, status int) {
		d.writeFloor(w, r, status, refused)
	})
}

func (d *Desk) allow(ctx context.Context, name id.Errand) error {
	g, err := d.Diagnose(ctx)
	if err != nil {
		return err
	}
	g.ID = name
	return d.Floor.GiveDiagnosis(ctx, "floor", g)
}

// putOff hides a wish for a while, and forgets those whose while is over.
func (d *Desk) putOff(name id.Errand) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for w, until := range d.later {
		if time.Now().After(until) {
			delete(d.later, w)
		}
	}
	if len(d.later) < laterMax {
		d.later[name] = time.Now().Add(putOffFor)
	}
	d.tell()
}

// putOffChanged is closed when a wish was put off, or shown again: the ledger does not tell.
func (d *Desk) putOffChanged() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.told
}

func (d *Desk) tell() {
	close(d.told)
	d.told = make(chan struct{})
}

// laterMax bounds the wishes that were put off: the book holds four, and a stranger may name others.
const laterMax = 64

func (d *Desk) putBack() {
	d.mu.Lock()
	defer d.mu.Unlock()
	clear(d.later)
	d.tell()
}

// errands are what the visit before a desk has to do with headquarters.
type errands struct {
	Given []given
	Asked []checkRow
	Lent  []lentRow // that can be given
	Ask   bool      // nothing is being asked
}

// given is a number of something scarce.
type given struct {
	What   string
	Number uint64
}

// eligible is what a desk asks about a visit.
const eligible = "eligible"

func (d *Desk) errandsOf(ctx context.Context, v id.Visit) (*errands, error) {
	all, err := d.Floor.ErrandsOf(ctx, v)
	if err != nil {
		return nil, err
	}
	e := &errands{Ask: true}
	for _, g := range all.Given {
		e.Given = append(e.Given, given{g.What, g.Number})
	}
	for _, l := range all.Lent {
		e.Lent = lentTo(e.Lent, l.What, l.Left())
	}
	for _, q := range all.Asked {
		row := checkRow{What: q.What, At: d.moment(q.Wall, minuteLayout)}
		if a := q.Answer; a != nil {
			row.Result, row.Source, row.At = a.Result, a.Source, d.moment(a.Wall, minuteLayout)
		} else {
			e.Ask = false
		}
		e.Asked = append(e.Asked, row)
	}
	return e, nil
}

// draw gives the one who is being served one of what is lent.
func (d *Desk) draw(what string) func(context.Context, id.Desk) error {
	return func(ctx context.Context, at id.Desk) error {
		v, err := d.visitAt(ctx, at)
		if err != nil {
			return err
		}
		_, err = d.Floor.Draw(ctx, "desk/"+string(at), what, v)
		return err
	}
}

// ask asks headquarters about the one who is being served. The desk goes on meanwhile.
func (d *Desk) ask(ctx context.Context, at id.Desk) error {
	v, err := d.visitAt(ctx, at)
	if err != nil {
		return err
	}
	_, err = d.Floor.AskCheck(ctx, "desk/"+string(at), eligible, v)
	return err
}

func (d *Desk) visitAt(ctx context.Context, at id.Desk) (id.Visit, error) {
	board, err := d.Floor.DeskBoard(ctx, at)
	if err != nil {
		return "", err
	}
	if board.Current == nil || board.Current.State != visit.StateServing {
		return "", desk.Refuse(desk.NobodyServed)
	}
	return board.Current.Visit, nil
}
