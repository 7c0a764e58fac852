package page

import (
	"net/url"
	"slices"
	"strings"

	"markaz.example/sync/fleet"
)

// filter is what of the fleet a person wants to see. The script on the page decides by the same rules: a centre is shown
// when every word stands in its text, and its state is among the states, one of its marks among the marks, and its
// district is the district, each where any is named.
type filter struct {
	Query    string
	States   []fleet.State
	Marks    []fleet.Mark
	District string // code; offMap for centres of no known district
}

// offMap is the district of centres whose district the map does not have.
const offMap = "none"

// filterOf reads an address. What is unknown in it is passed over.
func filterOf(q url.Values) (f filter) {
	f.Query = strings.TrimSpace(q.Get("q"))
	if r := []rune(f.Query); len(r) > queryRunes {
		f.Query = string(r[:queryRunes])
	}
	for _, s := range q["state"][:min(len(q["state"]), choicesMax)] {
		if slices.Contains(fleet.States(), fleet.State(s)) {
			f.States = append(f.States, fleet.State(s))
		}
	}
	for _, m := range q["mark"][:min(len(q["mark"]), choicesMax)] {
		if slices.Contains(fleet.Marks(), fleet.Mark(m)) {
			f.Marks = append(f.Marks, fleet.Mark(m))
		}
	}
	if d := q.Get("district"); d == offMap || len(d) == 3 {
		f.District = d
	}
	return f
}

// Empty shows everything.
func (f filter) Empty() bool {
	return f.Query == "" && len(f.States) == 0 && len(f.Marks) == 0 && f.District == ""
}

func (f filter) matches(r row) bool {
	for word := range strings.FieldsSeq(strings.ToLower(f.Query)) {
		if !strings.Contains(r.Text, word) {
			return false
		}
	}
	return (len(f.States) == 0 || slices.Contains(f.States, r.State)) &&
		(len(f.Marks) == 0 || slices.ContainsFunc(f.Marks, r.Has)) &&
		(f.District == "" || f.District == r.Place)
}

// address is the page that shows this filter.
func (f filter) address(l Lang) string {
	q := url.Values{"lang": {string(l)}}
	if f.Query != "" {
		q.Set("q", f.Query)
	}
	for _, s := range f.States {
		q.Add("state", string(s))
	}
	for _, m := range f.Marks {
		q.Add("mark", string(m))
	}
	if f.District != "" {
		q.Set("district", f.District)
	}
	return "/?" + q.Encode()
}

// toggled is a list with one more or one fewer.
func toggled[T comparable](list []T, one T) []T {
	if i := slices.Index(list, one); i >= 0 {
		return slices.Delete(slices.Clone(list), i, i+1)
	}
	return append(slices.Clone(list), one)
}
