package floor

import (
	"testing"
	"time"

	"markaz.example/edge/desk"
	"markaz.example/edge/id"
)

func TestNumbersAsPeopleWriteThem(t *testing.T) {
	for typed, want := range map[string]id.Token{"B042": "B042", "b 42": "B042", "ب": "ب", "E۹۰۳": "E903", "A٩": "A009", "A9015": "A9015", "": ""} {
		if got := tokenOf(typed); got != want {
			t.Errorf("%q is %q, not %q", typed, got, want)
		}
	}
}

func TestTimesAsPeopleWriteThem(t *testing.T) {
	day := time.Date(2026, 11, 26, 14, 0, 0, 0, time.UTC)
	for typed, want := range map[string]string{"9:05": "09:05", "0905": "09:05", "905": "09:05", "۱۳:۲۰": "13:20", "13.20": "13:20", "24:00": "", "9": "", "x": "", "": ""} {
		got, err := timeOf(typed, day)
		if (err == nil) != (want != "") || err == nil && got.Format("2006-01-02 15:04") != "2026-11-26 "+want {
			t.Errorf("%q is %v (%v), not %q", typed, got, err, want)
		}
	}
}

// A line that says no service is of the one whose letter its number has, when there is but one.
func TestServiceByLetter(t *testing.T) {
	d := &Pages{Config: Config{Catalogue: desk.Catalogue{Services: []desk.Service{{Code: "survey", Letter: "D"}, {Code: "payment", Letter: "E"}, {Code: "savings", Letter: "E"}}}}}
	if s, ok := d.written("", "D901"); !ok || s.Code != "survey" {
		t.Errorf("D901 is of %q (%v)", s.Code, ok)
	}
	if _, ok := d.written("", "E901"); ok {
		t.Error("two services share the letter E, and one was taken")
	}
	if s, ok := d.written("savings", "E901"); !ok || s.Code != "savings" {
		t.Errorf("what was chosen became %q (%v)", s.Code, ok)
	}
}
