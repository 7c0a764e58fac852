package desk

import (
	"context"
	"fmt"
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

// reported is a day as package report knows it.
func (f *Floor) reported(src ledger.Source, date string, today visit.Day) report.Day {
	d := report.Day{Date: date, Targets: map[id.Service]time.Duration{}}
	for _, s := range f.Catalogue.Services {
		d.Targets[s.Code] = s.Wait
	}
	var boots []uint64
	last, written := int64(0), false
	for v := range visit.OfDay(src, date) {
		d.Visits = append(d.Visits, reportedVisit(&v, date))
		written = written || v.Written && v.Day == date
		for _, m := range []visit.Moment{v.Opened, v.Settled, v.Stop().Since} {
			last = max(last, m.Axis)
			if m.Seq != 0 && v.Day == date && v.Carried == "" && !slices.Contains(boots, m.Boot) {
				boots = append(boots, m.Boot)
			}
		}
	}
	if len(boots) > 1 {
		d.Marks = append(d.Marks, MarkRestart)
	}
	if written {
		d.Marks = append(d.Marks, MarkPaperBook)
	}
	if date == today.Date {
		d.Open = f.openTimes(src, today, last)
	}
	return d
}

// openTimes is how long each desk was open today: until now, or until the last visit of a day that is closed.
func (f *Floor) openTimes(src ledger.Source, today visit.Day, lastMs int64) map[id.Desk]int64 {
	until := f.now(src).axis
	if today.Closed && lastMs > 0 {
		until = lastMs
	}
	open := map[id.Desk]int64{}
	for _, d := range f.Catalogue.Desks {
		ms, _ := visit.DeskTime(src, d.Code, until)
		open[d.Code] = max(ms, 0)
	}
	return open
}

func reportedVisit(v *visit.Visit, date string) report.Visit {
	out := report.Visit{
		State: string(v.State()), InHand: v.InHand, Class: v.Class, Issuer: v.Issuer, TotalMs: totalMs(v),
		From: v.Carried != "" && v.Day == date, Over: v.Day != date, Written: v.Written,
	}
	for i := range v.Stops {
		stop := reportedStop(&v.Stops[i])
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

func reportedStop(s *visit.Stop) report.Stop {
	out := report.Stop{
		Service: s.Service, State: string(s.State), Class: s.Class, Desk: s.Desk, Staff: staffOf(s.By),
		InLine: s.Waited.Seq != 0, Called: s.Called.Seq != 0, Served: s.Served.Seq != 0, Missed: s.Missed > 0,
		WaitMs: s.WaitMs, ResponseMs: s.ResponseMs, ServedMs: s.ServedMs,
		Rule: s.Rule, Picked: s.Picked, Overtook: int(s.Overtook),
	}
	if s.Served.Seq == 0 && s.Served.Wall != 0 {
		out.InLine = false // served by the paper book: it was in no line here
	}
	if at := s.Waited.Stamp(); out.InLine && at.Grade >= clock.RTC {
		out.Waited = at.Time().In(karachi)
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
