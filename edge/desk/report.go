package desk

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/report"
)

// FormReport is the paper with the figures of a day: "report/2026-11-26".
const FormReport = "report"

// What marks a day in its report.
const (
	MarkRestart   = "restart"    // the box was started anew among its visits
	MarkPaperBook = "paper-book" // numbers were written by hand
	MarkLink      = "link"       // the line to headquarters was down for long
)

// daysShown bounds the days that can be chosen: a quarter, after which headquarters' figures serve better.
const daysShown = 92

// Days is the business days that have a report, newest first.
func (f *Floor) Days(ctx context.Context) (days []string, err error) {
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		days = visit.Days(snap, daysShown)
		return nil
	})
	return days, err
}

// Report is the figures of a business day; of the present one, an empty date, as far as it went. Refusals: NoDay for one
// that never was.
func (f *Floor) Report(ctx context.Context, date string) (r report.Report, err error) {
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		today, _ := visit.Today(snap)
		if date == "" {
			date = today.Date
		}
		if !visit.Began(snap, date) {
			return refusal(NoDay, nil)
		}
		r = report.Of(f.reported(snap, date, today))
		return nil
	})
	return r, err
}

// MarkDay marks the open business day; nothing when it has that mark, is closed, or none is open. Refusals: those of a box
// that cannot record.
func (f *Floor) MarkDay(ctx context.Context, mark string) error {
	return f.Decide(ctx, "box", func(tx *ledger.Tx) error { return visit.MarkDay(tx, mark) })
}

// reported is a day as package report knows it.
func (f *Floor) reported(src ledger.Source, date string, today visit.Day) report.Day {
	d := report.Day{Date: date, Targets: map[id.Service]time.Duration{}}
	for _, s := range f.Catalogue.Services {
		d.Targets[s.Code] = s.Wait
	}
	told := newTrail(src, date)
	for v := range visit.OfDay(src, date) {
		own := reportedVisit(src, &v, date)
		if f.VisitorSex != nil {
			own.Sex = f.VisitorSex(src, v.ID)
		}
		d.Visits = append(d.Visits, own)
		told.follow(&v)
	}
	for _, q := range visit.QuickOf(src, date) {
		d.Quick = append(d.Quick, report.Quick{Desk: q.Desk, Service: q.Service, Count: q.Count})
	}
	d.Marks = append(told.marks(), visit.MarksOf(src, date)...)
	d.Open = f.openTimes(src, date, today, told)
	return d
}

// trail is what the visits of a business day tell of the day itself.
type trail struct {
	date    string
	until   int64 // when the next day was opened, on the axis: what happened then is not of this one
	boots   []uint64
	desks   []id.Desk // that called somebody
	lastMs  int64     // when something happened last
	written bool
}

func newTrail(src ledger.Source, date string) *trail {
	t := &trail{date: date, until: math.MaxInt64}
	if until, over := visit.Until(src, date); over {
		t.until = until
	}
	return t
}

func (t *trail) follow(v *visit.Visit) {
	own := v.Day == t.date && v.Carried == ""
	t.written = t.written || v.Written && v.Day == t.date
	moments := []visit.Moment{v.Opened, v.Settled}
	for _, s := range v.Stops {
		moments = append(moments, s.Waited, s.Called, s.Served, s.Ended, s.Since)
		if s.Desk != "" && s.Called.Axis < t.until && !slices.Contains(t.desks, s.Desk) {
			t.desks = append(t.desks, s.Desk)
		}
	}
	for _, m := range moments {
		if m.Seq == 0 || m.Axis >= t.until {
			continue
		}
		t.lastMs = max(t.lastMs, m.Axis)
		if own && !slices.Contains(t.boots, m.Boot) {
			t.boots = append(t.boots, m.Boot)
		}
	}
}

func (t *trail) marks() (marks []string) {
	if len(t.boots) > 1 {
		marks = append(marks, MarkRestart)
	}
	if t.written {
		marks = append(marks, MarkPaperBook)
	}
	return marks
}

// openTimes is how long each desk was open on a business day: until now, or until its last visit when the day is over or
// closed. A desk of another day's catalogue counts when it called somebody; one that nobody set, and that called nobody,
// counts only today, for it may be newer than the day.
func (f *Floor) openTimes(src ledger.Source, date string, today visit.Day, told *trail) map[id.Desk]int64 {
	present := date == today.Date && !today.Closed && date == f.Today().Format(time.DateOnly)
	until := told.lastMs
	if present {
		until = f.now(src).axis
	}
	desks := told.desks
	for _, d := range f.Catalogue.Desks {
		if !slices.Contains(desks, d.Code) {
			desks = append(desks, d.Code)
		}
	}
	open := map[id.Desk]int64{}
	for _, d := range desks {
		ms, set := visit.DeskTime(src, date, d, until)
		if set || present || slices.Contains(told.desks, d) {
			open[d] = ms
		}
	}
	return open
}

func reportedVisit(src ledger.Source, v *visit.Visit, date string) report.Visit {
	out := report.Visit{
		State: string(v.State()), InHand: v.InHand, Class: v.Class, Issuer: v.Issuer, TotalMs: totalMs(v),
		From: v.Carried != "" && v.Day == date, Over: v.Day != date, Written: v.Written,
	}
	for i := range v.Stops {
		stop := reportedStop(src, &v.Stops[i])
		stop.Promise = outcome(v, i, date)
		out.Stops = append(out.Stops, stop)
	}
	return out
}

// totalMs is from the number to the last thing done; 0 for visits that a night lies in, and that a day's end settled.
func totalMs(v *visit.Visit) int64 {
	switch {
	case !v.Over(), v.Carried != "", !v.InHand, v.Reason == visit.ReasonDayEnd, v.Reason == visit.ReasonDayClosed:
		return 0
	case v.Written:
		return writtenMs(v)
	}
	return v.Settled.Axis - v.Opened.Axis
}

// writtenMs is the time between the times of the paper book, for a visit that was over when it was typed in.
func writtenMs(v *visit.Visit) (ms int64) {
	for _, s := range v.Stops {
		if s.Served.Seq != 0 || s.Served.Wall == 0 {
			return 0 // went on after it was typed in, on another clock than the paper's
		}
		ms = max(ms, s.Served.Wall-v.Came)
	}
	return ms
}

func reportedStop(src ledger.Source, s *visit.Stop) report.Stop {
	out := report.Stop{
		Service: s.Service, State: string(s.State), Class: s.Class, Desk: s.Desk, Staff: staffOf(s.By),
		InLine: s.Waited.Seq != 0, Called: s.Called.Seq != 0, Served: s.Served.Seq != 0, Missed: s.Missed > 0,
		WaitMs: s.WaitMs, ResponseMs: s.ResponseMs, ServedMs: s.ServedMs,
		Rule: s.Rule, Picked: s.Picked, Overtook: int(s.Overtook),
	}
	if s.Served.Seq == 0 && s.Served.Wall != 0 {
		out.InLine = false // served by the paper book: it was in no line here
	}
	if wall, exact := ledger.Place(src, s.Waited.Stamp()); out.InLine && (exact || s.Waited.Stamp().Grade >= clock.RTC) {
		out.Waited = time.UnixMilli(wall).In(karachi)
	}
	return out
}

// staffOf is the code in an actor: "S007" of "desk/A/S007"; the actor where nobody signs in.
func staffOf(actor string) string {
	if parts := strings.Split(actor, "/"); len(parts) == 3 {
		return parts[2]
	}
	return actor
}

// PrintReport prints the figures of a business day on the slip printer; once more as a marked reprint. Refusals: NoDay.
func (f *Floor) PrintReport(ctx context.Context, actor, date string) error {
	return f.Decide(ctx, actor, func(tx *ledger.Tx) error {
		if !visit.Began(tx, date) {
			return refusal(NoDay, nil)
		}
		return f.QueuePaper(tx, fmt.Sprintf("%s/%s", FormReport, date), FormReport)
	})
}

// PrintedReport is what a job of FormReport prints, and when it was composed. Refusals: NoDay.
func (f *Floor) PrintedReport(ctx context.Context, job paper.Job) (report.Report, clock.Stamp, error) {
	r, err := f.Report(ctx, strings.TrimPrefix(job.Subject, FormReport+"/"))
	return r, f.Ledger.Clock().Now(), err
}
