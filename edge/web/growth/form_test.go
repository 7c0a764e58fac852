package growth

import (
	"errors"
	"net/url"
	"slices"
	"testing"

	"markaz.example/edge/lms"
	"markaz.example/edge/measure"
)

func TestForm(t *testing.T) {
	e, err := formOf(url.Values{
		"weight": {"7.21", "۷٫۲"}, "stature": {"75.3", "", "75.4"}, "arm": {"112", "113", "114", "115"}, "position": {"lying"}, "oedema": {"no"},
	}).entry(asked{From: 7, Instead: 5})
	if err != nil {
		t.Fatal(err)
	}
	r := e.Readings
	if !slices.Equal(r.WeightsG, []uint32{7210, 7200}) || !slices.Equal(r.Statures, []uint32{753, 754}) || !slices.Equal(r.Arms, []uint32{112, 113, 114}) {
		t.Errorf("read %v %v %v", r.WeightsG, r.Statures, r.Arms)
	}
	if r.Position != lms.Lying || r.Oedema != lms.OedemaNo || e.Weighed != 7 || e.Instead != 5 {
		t.Errorf("read %+v", e)
	}
	for field, text := range map[string]string{"weight": "7210", "stature": "753", "head": "4.5", "arm": "11.2"} {
		if _, err := formOf(url.Values{field: {text}}).entry(asked{}); !isProblem(err) {
			t.Errorf("%s %q: %v", field, text, err)
		}
	}
}

func isProblem(err error) bool {
	_, ok := errors.AsType[*measure.Problem](err)
	return ok
}

// FuzzForm reads forms with anything in them: what is accepted is a measure, what is not is told in words.
func FuzzForm(f *testing.F) {
	f.Add("weight=7.21&weight=7.2&stature=75.3&of=P&from=7&tab=arm-age")
	f.Add("arm=%FF&from=-1&instead=99999999999999999999&position=x&oedema=yes")
	f.Fuzz(func(t *testing.T, query string) {
		v, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		e, err := formOf(v).entry(askedOf(v))
		if err != nil && !isProblem(err) {
			t.Fatal(err)
		}
		for _, all := range [][]uint32{e.Readings.WeightsG, e.Readings.Statures, e.Readings.Heads, e.Readings.Arms} {
			if len(all) > fields || slices.Contains(all, 0) {
				t.Fatalf("readings %v", all)
			}
		}
	})
}
