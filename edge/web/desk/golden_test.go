package desk

import (
	"flag"
	"net/url"
	"testing"

	"markaz.example/edge/web/page"
	"markaz.example/edge/web/page/pagetest"
)

var update = flag.Bool("update", false, "write the golden pages anew")

func pages(t *testing.T) (*page.Kit, *Desk) {
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

func TestGoldenChoose(t *testing.T) {
	kit, d := pages(t)
	for name, p := range map[string]choosePage{
		"choose-empty": {},
		"choose-full":  {Desks: []chosenDesk{{"A", []page.Service{service("kafaalat", "A", "")}}, {"B", nil}}},
	} {
		pagetest.Golden(t, *update, kit, d.choose, name, page.Frame{Title: "choose.title", Self: &url.URL{Path: "/desk"}, Data: p})
	}
}

func TestGoldenConsole(t *testing.T) {
	kit, d := pages(t)
	lines := []page.Line{{Service: service("kafaalat", "A", ""), Waiting: 3}}
	stops := []page.Service{service("survey", "D", "done"), service("kafaalat", "A", "serving")}
	at := hand{Token: "D007", SinceMS: 1795500000000, Since: "09:05", Stops: stops}
	called, serving := at, at
	called.State, called.Recalls, serving.State = "called", 2, "serving"
	for name, p := range map[string]consolePage{
		"console-empty": {Desk: "A", Can: can{Next: true}, Outcomes: outcomes()},
		"console-called": {Desk: "A", Hand: &called, Can: can{Confirm: true, Recall: true, NoShow: true}, Outcomes: outcomes(),
			Waiting: 3, Lines: lines, Tokens: []string{"A001", "A002"}},
		"console-serving": {Desk: "A", Hand: &serving, Can: can{Finish: true}, Outcomes: outcomes(), Lines: lines,
			Tools: []string{"finger"}, Errands: &errands{[]given{{"bed", 12}}, []checkRow{{"eligible", "", "", "22 Nov 09:05"}, {"eligible", "yes", "nser", "22 Nov 09:06"}},
				[]lentRow{{"bed", 3}}, true}, Refusal: &page.Refusal{What: "What", Remedy: "Do this"}},
	} {
		pagetest.Golden(t, *update, kit, d.console, name, page.Frame{Title: "console.title", Live: "/desk/A/live", Data: p})
	}
}
