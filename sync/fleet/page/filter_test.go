package page

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"markaz.example/sync/fleet"
	"markaz.example/sync/fleet/district"
)

func TestFilter(t *testing.T) {
	lahore, _ := district.Find("Lahore")
	r := newRow(English, fleet.Centre{
		Code: "LHR-01", Name: "Gulberg", NameUR: "گلبرگ", District: "Lahore", State: fleet.Away, Marks: []fleet.Mark{fleet.CashOut, fleet.Trouble},
	}, lahore)
	for query, want := range map[string]bool{
		"": true, "lang=ur": true, "q=lhr": true, "q=GULB": true, "q=گلبرگ": true, "q=لاہور": true, "q=lahore+gul": true, "q=multan": false, "q=lahore+multan": false,
		"state=away": true, "state=live": false, "state=live&state=away": true, "state=nonsense": true,
		"mark=trouble": true, "mark=unread": false, "mark=unread&mark=cash-out": true,
		"district=LHR": true, "district=MLN": false, "district=none": false, "district=nonsense": true,
		"state=away&mark=unread": false, "state=away&mark=trouble&q=gul&district=LHR": true,
	} {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if got := filterOf(q).matches(r); got != want {
			t.Errorf("%q shows the centre: %v, want %v", query, got, want)
		}
	}
	off := newRow(English, fleet.Centre{Code: "X-01", District: "Atlantis"}, district.District{})
	if !(filter{District: offMap}).matches(off) || (filter{District: "LHR"}).matches(off) {
		t.Error("a centre that is not on the map is in the wrong district")
	}
}

func TestFilterIsBounded(t *testing.T) {
	q := url.Values{"q": {strings.Repeat("ل", 5000)}}
	for range 1000 {
		q.Add("state", "live")
		q.Add("mark", "trouble")
	}
	f := filterOf(q)
	if len([]rune(f.Query)) != queryRunes || len(f.States) != choicesMax || len(f.Marks) != choicesMax {
		t.Errorf("%d runes, %d states, %d marks", len([]rune(f.Query)), len(f.States), len(f.Marks))
	}
}

// FuzzFilter: an address that a filter makes is read as the same filter, whatever was asked for.
func FuzzFilter(f *testing.F) {
	f.Add("q=lahore&state=away&state=live&mark=cash-out&district=LHR&lang=ur")
	f.Add("q=%00%ff&state=&district=abc")
	f.Fuzz(func(t *testing.T, query string) {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Skip()
		}
		want := filterOf(q)
		u, err := url.Parse(want.address(Urdu))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, filterOf(u.Query())); diff != "" {
			t.Error(diff)
		}
	})
}
