package floor

import (
	"flag"
	"testing"
	"time"

	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/queue"
	"markaz.example/edge/report"
	"markaz.example/edge/web/page"
	"markaz.example/edge/web/page/pagetest"
)

var update = flag.Bool("update", false, "write the golden pages anew")

func pages(t *testing.T) (*page.Kit, *Pages) {
	t.Helper()
	kit := pagetest.Kit(t)
	d, err := New(kit, nil, Config{})
	if err != nil {
		t.Fatal(err)
	}
	return kit, d
}

func service(code, letter, state string) page.Service {
	return page.Service{
		Code: code, Letter: letter, Pictogram: code, State: state, Name: page.Name{Ur: "خدمت", En: "Service <" + code + ">"},
		Papers: page.Name{Ur: "شناختی کارڈ", En: "identity card"},
	}
}

func TestGoldenFloor(t *testing.T) {
	kit, d := pages(t)
	full := floorPage{
		Figures: []figure{{"asked", 12}, {"left", 1}},
		Unprinted: []unprinted{
			{"K5QXG43UOVZGKZDT", "token", "A042", "held", "paper.paper-out"}, {"K5QXG43UOVZGKZDU", "token", "A043", "printing", ""},
			{"job/K5QXG43UOVZGKZDV", "referral", "A040", "uncertain", ""},
		},
		Health: []condition{{"Printer <has> no paper", "Put in a roll", "critical", "printer/hall", "line 3: <nothing>", "09:05"}},
		Lines: []lineRow{
			{Service: service("kafaalat", "A", ""), Waiting: 3, LongestMin: 42, TargetMin: 30, Late: true, Desks: 2, Missed: 1},
			{Service: service("survey", "D", ""), Closed: "Too <many>"},
		},
		Desks: []deskRow{
			{Desk: "A", Room: "1", Staff: "S007", State: "open", Token: "A041", Doing: "serving", Since: 1795500000000},
			{Desk: "B", State: "paused", Why: "Prayer"}, {Desk: "C", State: "open"},
		},
		Said: []said{{12, "Say <this>", "1", "09:05"}, {13, "And this", "", ""}}, Closed: true, Book: true, Sought: "b 42",
		Place:   &place{Token: "B042", Visit: "K5QXG43UOVZGKZDT", State: "waiting", Stops: []page.Service{service("survey", "D", "waiting")}, Ahead: 3, MayPrint: true},
		Choices: choices{Desks: []string{"A", "B"}, Services: []page.Service{service("survey", "D", "")}, Rooms: []string{"1"}, Pauses: []string{"prayer"}, Whys: whys(), Facts: facts(), Lasts: lasts()},
		Road:    road{"down", 144},
		Glass:   []glassRow{{47, "Sadia <b> · S002", "A", "number", "nobody-here", "09:05", 3}, {48, "Bilal · S003", "B", "measure", "urgent", "", 1}},
		Wish:    &wish{"K5QXG43UOVZGKZDT", "Help <desk>", "The printer fails & fails", "22 Nov 09:05"}, PutOff: 2,
		Packs:  []packRow{{"texts", 7, "22 Nov 2026", 8, 6}, {"songs", 0, "", 0, 0}},
		Checks: []checkRow{{"eligible", "", "", "22 Nov 09:05"}, {"eligible", "yes", "nser", "22 Nov 09:06"}},
		Lent:   []lentRow{{"bed", 3}},
	}
	for name, p := range map[string]floorPage{"floor-empty": {Road: road{"up", 0}}, "floor-full": full} {
		pagetest.Golden(t, *update, kit, d.floor, name, page.Frame{Title: "floor.title", Live: "/floor/live", Data: p})
	}
}

func TestGoldenReport(t *testing.T) {
	kit, d := pages(t)
	at := report.Stop{Service: "survey", Desk: "A", Staff: "S007", State: "done", InLine: true, Called: true, Served: true, WaitMs: 600_000, ServedMs: 300_000, Rule: "class", Overtook: 1, Promise: &queue.Outcome{HighMin: 15, WaitMs: 600_000}}
	odd := at
	odd.Class, odd.Picked = "elder", "a-newer-code"
	full := report.Of(report.Day{
		Date: "2026-11-26", Marks: []string{desk.MarkRestart, desk.MarkPaperBook}, Targets: map[id.Service]time.Duration{"survey": time.Hour},
		Open:   map[id.Desk]int64{"A": 1_200_000},
		Visits: []report.Visit{{State: "done", InHand: true, TotalMs: 900_000, Stops: []report.Stop{at}}, {State: "done", InHand: true, Class: "elder", Issuer: "kiosk/1", Sex: "female", Stops: []report.Stop{odd}}},
	})
	for name, r := range map[string]report.Report{"report-empty": report.Of(report.Day{Date: "2026-11-26"}), "report-full": full} {
		p := reportPage{Days: []string{"2026-11-26", "2026-11-25"}}
		d.fill(&p, r, page.Urdu)
		pagetest.Golden(t, *update, kit, d.report, name, page.Frame{Title: "report.title", Data: p})
	}
	for name, days := range map[string][]string{"report-none": nil, "report-other-day": {"2026-11-26", "2026-11-25"}} {
		pagetest.Golden(t, *update, kit, d.report, name, page.Frame{Title: "report.title", Data: reportPage{Days: days}})
	}
}

func TestGoldenBook(t *testing.T) {
	kit, d := pages(t)
	full := bookPage{
		Open: true, Since: "09:05", First: 901, Services: []page.Service{service("survey", "D", "")}, Outcomes: []outcome{{"done", "outcome.done"}, {"newer", ""}},
		Entered: []string{"D901"}, Rows: []entry{{1, "D 9<0>2", "survey", "۹:۰۵", "", "", &page.Refusal{What: "What", Remedy: "Do this"}}, {N: 2}},
	}
	for name, p := range map[string]bookPage{"book-closed": {First: 901}, "book-open": full} {
		pagetest.Golden(t, *update, kit, d.book, name, page.Frame{Title: "book.title", Data: p})
	}
	pagetest.Golden(t, *update, kit, d.sheet, "sheet", page.Frame{Title: "sheet.title", Data: sheetPage{
		Day: "2026-11-26", Letters: []letterSheet{{"D", []page.Service{service("survey", "D", ""), service("wazaif", "D", "")}, []string{"D901", "D902"}}},
	}})
}
