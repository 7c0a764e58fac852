package desk

import (
	"flag"
	"net/url"
	"os"
	"strings"
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
	steps := []step{
		{Service: service("survey", "D", "done"), Over: true}, {Service: service("kafaalat", "A", "serving"), Stop: 1, Now: true},
		{Service: service("wazaif", "C", "planned"), Stop: 2},
	}
	at := hand{Visit: "K5QXG43UOVZGKZDT", Token: "D007", Hue: "A", SinceMS: 1795500000000, Since: "09:05", Steps: steps, Lang: "ps"}
	called, serving := at, at
	called.State, called.Recalls, called.RecallFrom, called.Absent = "called", 1, 1795500010000, absent{1795500090000, 2}
	serving.State, serving.Target, serving.Papers = "serving", target{300000, 5}, steps[1].Papers
	serving.Class, serving.Fact, serving.Persons = d.word("class", "infant"), d.word("door.fact", "with-infant"), 3
	serving.Needs, serving.Note, serving.Marks = []word{d.word("need", "ground"), {Code: "grievance"}}, d.word("note", "papers-seen"), d.words("mark", []string{"sam"})
	serving.Low, serving.High, serving.Carried, serving.Split = 20, 35, true, true
	someone := row{Visit: "K5QXG43UOVZGKZDU", Token: "A002", Service: service("kafaalat", "A", ""), Class: d.word("class", "elder"), Persons: 2, Minutes: 12}
	held := row{Visit: "K5QXG43UOVZGKZDV", Token: "A003", Service: service("kafaalat", "A", ""), Reason: d.word("hold", "nadra"), Pool: true}
	beside := aside{
		Waiting: 3, Lines: lines, Lists: []list{{"waiting", []row{someone}}, {"hold", []row{held}}}, Pick: d.words("pick", pickReasons),
		MayPick: true, Leave: d.words("leave", leaveReasons),
	}
	served := beside
	served.MayPick = false
	doing := &more{
		Visit: at.Visit, Hold: d.words("hold", holdReasons), Park: d.words("park", parkReasons), Fail: d.words("fail", failReasons),
		Leave: d.words("leave", leaveReasons), Notes: d.words("note", notes), Coming: steps[2:], Persons: 2,
		To: []destination{{Service: steps[1].Service, Comes: true, Places: []place{{"C", "S001", "Sadia <x>"}}}, {Service: steps[0].Service}},
	}
	outcomes := d.outcomes([]string{"done", "appealed"})
	for name, p := range map[string]consolePage{
		"console-empty": {Desk: "A", State: state{Name: "open"}, Can: can{Next: true, Pause: true}, Pauses: d.words("pause", []string{"meal"}), Quick: []quick{{service("kafaalat", "A", ""), 7}, {service("survey", "D", ""), 0}}},
		"console-called": {Desk: "A", State: state{Name: "open"}, Hand: &called, Can: can{Confirm: true, Recall: true, NoShow: true, Pause: true},
			Aside: aside{Waiting: 3, Lines: lines}, Undo: d.word("undo", "called"), UndoBy: 1795500030000, LateBy: 1795500600000},
		"console-paused": {Desk: "A", Who: "Sadia", State: state{"paused", d.word("pause", "meal"), "12:30", true}, Can: can{Resume: true}, Aside: beside,
			Undo: d.word("undo", "finished"), LateBy: 1795500600000},
		"console-serving": {Desk: "A", State: state{Name: "open"}, Hand: &serving, Can: can{Finish: true, Pause: true}, Outcomes: outcomes, Aside: served, More: doing,
			Tools: toolsOf([]string{"household", "booking", "growth", "finger", "measure"}), Errands: &errands{[]given{{"bed", 12}}, []checkRow{{"eligible", "", "", "22 Nov 09:05"}, {"eligible", "yes", "nser", "22 Nov 09:06"}},
				[]lentRow{{"bed", 3}}, true}, Refusal: &page.Refusal{What: "What", Remedy: "Do this"}},
	} {
		pagetest.Golden(t, *update, kit, d.console, name, page.Frame{Title: "console.title", Live: "/desk/A/live", Data: p})
	}
}

// A tool's key is nobody else's while somebody is served: it would press that instead.
func TestToolsHaveTheirOwnKeys(t *testing.T) {
	shown, err := os.ReadFile("testdata/console-serving-en.html")
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range toolKeys {
		if n := strings.Count(string(shown), `data-key="`+key+`"`); n != 1 {
			t.Errorf("the key %s of %s is %d times on the page, want once", key, name, n)
		}
	}
}
