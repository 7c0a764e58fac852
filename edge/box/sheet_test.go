package box

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"markaz.example/devices/slip"
	"markaz.example/edge/book/booking"
	"markaz.example/edge/book/reading"
	"markaz.example/edge/clock"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/queue"
	"markaz.example/edge/report"
	"markaz.example/edge/web"
	"markaz.example/edge/web/page"
	"markaz.example/edge/web/webtest"
)

// sheets lays papers out with the words of the pages.
func sheets(t *testing.T, width int) layout {
	t.Helper()
	centre := Centre{Code: "ISB-01", NameEn: "One Window Centre, Islamabad", NameUr: "ون ونڈو مرکز، اسلام آباد"}
	site, err := web.New(web.Config{Centre: page.Name{Ur: centre.NameUr, En: centre.NameEn}, Fonts: webtest.Fonts()})
	if err != nil {
		t.Fatal(err)
	}
	return layout{centre: centre, public: "http://10.1.0.1:8080", zone: pakistan, width: width, text: site.Text}
}

func TestSheetsLookAsTheyDid(t *testing.T) {
	composer, err := slip.NewComposer()
	if err != nil {
		t.Fatal(err)
	}
	at := clock.Stamp{Wall: time.Date(2026, 11, 22, 4, 15, 0, 0, time.UTC).UnixMilli(), Grade: clock.RTC}
	for _, width := range []int{576, 512, 384} {
		l := sheets(t, width)
		for name, doc := range map[string]slip.Doc{
			"receipt": l.receipt(desk.Receipt{Token: "N042", Service: nashonuma, Desk: "B", Outcome: "done", At: at}),
			"receipt-case": l.receipt(desk.Receipt{
				Token: "N042", Service: nashonuma, Desk: "B", Outcome: "referred", At: at, Case: "K5QXG43U", Reprint: true,
			}),
			"result": l.result(desk.Result{Token: "N042", Day: "2026-11-22", Kept: []reading.Kept{
				{Taken: reading.Taken{Who: reading.Child, What: reading.Weight, Value: 4250}},
				{Taken: reading.Taken{Who: reading.Child, What: reading.Length, Value: 564}},
				{Taken: reading.Taken{Who: reading.Child, What: reading.MUAC, Value: 112}},
				{Taken: reading.Taken{Who: reading.Mother, What: reading.Weight, Value: 52_100}},
			}}),
			"booking": l.booking(desk.Appointment{Name: nashonuma, Booking: booking.Booking{
				Pass: "40718852", Day: "2026-12-01", Minute: 570, Lang: "ur",
			}}),
			"report":       l.report(dayReport(), []desk.Service{nashonuma, help}, false, at),
			"report-empty": l.report(report.Of(report.Day{Date: "2026-11-22"}), nil, true, at),
			"referral":     l.referral(desk.Referral{Case: "K5QXG43U", Token: "N042", Service: help, Reason: "worn", Day: "2026-11-22"}),
		} {
			t.Run(fmt.Sprint(name, "-", width), func(t *testing.T) {
				got, err := composer.Compose(doc, width)
				if err != nil {
					t.Fatal(err)
				}
				goldenPicture(t, filepath.Join("testdata/sheet", fmt.Sprintf("%s-%d.png", name, width)), got)
			})
		}
	}
}

// dayReport is a made-up day on which everything happened that the paper has a line for.
func dayReport() report.Report {
	d := report.Day{
		Date: "2026-11-22", Marks: []string{desk.MarkRestart, desk.MarkPaperBook},
		Targets: map[id.Service]time.Duration{"nashonuma": 20 * time.Minute, "help": 20 * time.Minute},
	}
	for i := range 40 {
		wait := int64(i+1) * time.Minute.Milliseconds()
		s := report.Stop{
			Service: []id.Service{"nashonuma", "help"}[i%2], State: "done", InLine: true, Called: true, Served: true,
			WaitMs: wait, ResponseMs: 40_000, ServedMs: 300_000 + wait/4, Rule: "class", Overtook: i % 3 / 2,
			Promise: &queue.Outcome{LowMin: 5, HighMin: 35, WaitMs: wait},
		}
		d.Visits = append(d.Visits, report.Visit{State: "done", InHand: true, TotalMs: wait + 600_000, Written: i == 9, From: i == 8, Stops: []report.Stop{s}})
	}
	for i, state := range []string{"no-show", "left", "left", "cancelled", "failed", "waiting"} {
		d.Visits[i].State, d.Visits[i].TotalMs = state, 0
		d.Visits[i].Stops[0].State, d.Visits[i].Stops[0].Served = state, false
	}
	d.Visits[7].Over = true
	return report.Of(d)
}

// Every reason and outcome that a paper may have to spell out has its words in both languages.
func TestEveryCodeOnPaperHasWords(t *testing.T) {
	l := sheets(t, fullWidth)
	keys := []string{"outcome.done", "outcome.referred", "outcome.papers-missing"}
	for _, reason := range desk.Exceptions() {
		keys = append(keys, "finger.reason."+reason)
	}
	for _, key := range keys {
		for _, lang := range []page.Lang{page.Urdu, page.English} {
			if got := l.text(lang, key); got == "" || got == key {
				t.Errorf("%s in %s is %q", key, lang, got)
			}
		}
	}
}
