package district

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// programme is how many districts the programme serves, by region.
var programme = map[string]int{"GB": 10, "KP": 35, "JK": 10, "IS": 1, "PB": 36, "BA": 33, "SD": 29}

func TestDistricts(t *testing.T) {
	code, urdu := regexp.MustCompile(`^[A-Z]{3}$`), regexp.MustCompile(`^[\x{0621}-\x{06d5} ]+$`)
	seen, regions := map[string]bool{}, map[string]int{}
	for _, d := range All() {
		if !code.MatchString(d.Code) || !urdu.MatchString(d.NameUR) || d.Name == "" || strings.TrimSpace(d.Name) != d.Name {
			t.Errorf("%+v: a code of three letters and both names are wanted", d)
		}
		if strings.ContainsAny(d.NameUR, "يكةه") {
			t.Errorf("%s has a letter that is not Urdu's: %s", d.Name, d.NameUR)
		}
		for _, name := range []string{d.Code, d.Name, d.NameUR} {
			if seen[fold(name)] {
				t.Errorf("%q stands for two districts", name)
			}
			seen[fold(name)] = true
		}
		regions[d.Region]++
	}
	if len(All()) != 154 {
		t.Errorf("%d districts, the programme has 154", len(All()))
	}
	for region, want := range programme {
		if regions[region] != want || !slices.Contains(Regions(), region) {
			t.Errorf("region %s has %d districts, want %d", region, regions[region], want)
		}
	}
}

// TestMapHoldsTogether: every district touches another of its own region or lies alone in it, so that the map reads as
// regions and not as confetti.
func TestMapHoldsTogether(t *testing.T) {
	for _, d := range All() {
		touches := slices.ContainsFunc(All(), func(o District) bool {
			return o != d && (o.Region == d.Region || d.Region == "IS") && max(o.Column-d.Column, d.Column-o.Column, o.Row-d.Row, d.Row-o.Row) == 1
		})
		if !touches {
			t.Errorf("%s touches nothing of %s", d.Name, d.Region)
		}
	}
}

func TestFind(t *testing.T) {
	for name, want := range map[string]string{
		"Lahore": "LHR", "lhr": "LHR", " kolai  palas ": "KPL", "Kolai-Palas": "KPL", "DERA GHAZI KHAN": "DGK", "Atlantis": "", "": "",
	} {
		if d, ok := Find(name); d.Code != want || ok != (want != "") {
			t.Errorf("%q is %q, want %q", name, d.Code, want)
		}
	}
}

func TestMistakesInTheListAreFound(t *testing.T) {
	for name, text := range map[string]string{
		"a cell taken twice":   "AAA,A,ا,GB,1,1\nBBB,B,ب,GB,1,1",
		"outside the grid":     "AAA,A,ا,GB,19,1",
		"a row that is a word": "AAA,A,ا,GB,1,one",
		"a field too few":      "AAA,A,ا,GB,1",
	} {
		if _, err := parse(text); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
