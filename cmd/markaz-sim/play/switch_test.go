package play_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"markaz.example/cmd/markaz-sim/cable"
	"markaz.example/cmd/markaz-sim/machine"
	"markaz.example/cmd/markaz-sim/play"
	"markaz.example/cmd/markaz-sim/stage"
	"markaz.example/devices/finger/zfm"
	"markaz.example/devices/paypoint"
	"markaz.example/devices/paypoint/terminal"
	"markaz.example/devices/printer"
	"markaz.example/devices/scale"
)

// sheetAlone is the page over machines that do not run.
func sheetAlone(t *testing.T) (*stage.Stage, string) {
	t.Helper()
	line, err := cable.Listen("127.0.0.1:0", "127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "line")
	bank := &machine.Bank{Sim: &paypoint.Sim{}}
	pay := func(k terminal.Kind) machine.Machine {
		sim := &paypoint.SimTerminal{}
		sim.Kind = k
		return bank.Terminal(sim)
	}
	s := &stage.Stage{Cable: line, Machines: map[string]machine.Machine{
		stage.Hall1: machine.NewPrinter(&printer.Sim{}, link), stage.Hall2: machine.NewPrinter(&printer.Sim{}, link),
		stage.ReaderA: machine.NewFinger(&zfm.Sim{}, link),
		stage.InfantB: machine.NewScale(&scale.Sim{}, link), stage.AdultC: machine.NewScale(&scale.Sim{}, link),
		stage.ATM: pay(terminal.ATM), stage.POS: pay(terminal.POS),
	}}
	h, err := (&play.Page{Stage: s}).Handler()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return s, server.URL
}

// press posts as the page does, or as another page would, and gives the status.
func press(t *testing.T, to, site string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, to, strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", site)
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	return r.StatusCode
}

var button = regexp.MustCompile(`data-do="([^/"]*)/([^"]*)"[^>]*?(data-off="[^"]*")?>`)

// Every button of the page does what it says: it names an act of a machine that is there, the act holds afterwards, and a
// switch that is thrown again no longer does.
func TestEveryButton(t *testing.T) {
	t.Parallel()
	html, err := os.ReadFile("assets/play.html")
	if err != nil {
		t.Fatal(err)
	}
	s, at := sheetAlone(t)
	buttons := button.FindAllStringSubmatch(string(html), -1)
	if len(buttons) < 45 {
		t.Fatalf("%d buttons in play.html, there were 49", len(buttons))
	}
	for _, b := range buttons {
		name, act, isSwitch := b[1], b[2], b[3] != ""
		do := at + "/do/" + name + "/" + url.PathEscape(act)
		holds := func() bool { return slices.Contains(held(t, at, name), act) }
		if got := press(t, do, "same-origin"); got != http.StatusNoContent {
			t.Errorf("%s %s: status %d", name, act, got)
			continue
		}
		if holds() != (act != "lift") {
			t.Errorf("%s %s: after the press %v hold", name, act, held(t, at, name))
		}
		if !isSwitch {
			continue
		}
		if sight := s.Machines[name].See(); act != "wriggle" && !sight.Bad {
			t.Errorf("%s %s: looks well: %+v", name, act, sight)
		}
		if press(t, do, "same-origin"); holds() {
			t.Errorf("%s %s: still holds after the second press", name, act)
		}
	}
}

// held are the acts that hold, as the page is told.
func held(t *testing.T, at, name string) []string {
	t.Helper()
	var state struct {
		Machines map[string]machine.Sight `json:"machines"`
	}
	get(t, http.DefaultClient, at+"/state", &state)
	return state.Machines[name].Holds
}

func TestCableButton(t *testing.T) {
	t.Parallel()
	s, at := sheetAlone(t)
	for _, want := range []cable.State{cable.Cut, cable.Whole} {
		if got := press(t, at+"/cable", "same-origin"); got != http.StatusNoContent || s.Cable.State() != want {
			t.Errorf("status %d, the cable is %s, want %s", got, s.Cable.State(), want)
		}
	}
}

func TestWhatThePageRefuses(t *testing.T) {
	t.Parallel()
	s, at := sheetAlone(t)
	for _, c := range []struct {
		to, site string
		want     int
	}{
		{"/do/hall-1/plug", "cross-site", http.StatusForbidden},
		{"/cable", "cross-site", http.StatusForbidden},
		{"/script/hall-1", "cross-site", http.StatusForbidden},
		{"/do/hall-9/plug", "same-origin", http.StatusNotFound},
		{"/do/hall-1/dance", "same-origin", http.StatusNotFound},
		{"/do/infant-b/put -5", "same-origin", http.StatusNotFound},
		{"/do/reader-a/press 1 dry", "same-origin", http.StatusNotFound},
		{"/script/atm-1", "same-origin", http.StatusNotFound},
	} {
		if got := press(t, at+strings.ReplaceAll(c.to, " ", "%20"), c.site); got != c.want {
			t.Errorf("%s from %s: status %d, want %d", c.to, c.site, got, c.want)
		}
	}
	for name, m := range s.Machines {
		if v := m.See(); v.Bad {
			t.Errorf("%s was touched: %+v", name, v)
		}
	}
}
