package staff

import (
	"net/url"
	"strings"
	"testing"

	"markaz.example/edge/book/staff"
	"markaz.example/edge/id"
)

// Whatever a form holds, it comes to somebody whom the book takes or refuses, and to a path that is a place or none.
func FuzzForm(f *testing.F) {
	f.Add("name=Sadia&role=nurse&skills=sign-language&languages=ur, ps&sex=female&code=7", "/desk/A/me")
	f.Add("name=+&role=boss&skills=%D8%8C&languages=a,a&code=S0", "/floor/staff")
	f.Add("%zz&name=a;b", "/desk//A")
	f.Fuzz(func(t *testing.T, body, path string) {
		form, _ := url.ParseQuery(body)
		e := enrolled(form)
		if len(e.Skills) > listMax+1 || len(e.Languages) > listMax+1 {
			t.Errorf("%d skills, %d languages", len(e.Skills), len(e.Languages))
		}
		if e.Check() == nil && strings.TrimSpace(e.Name) == "" {
			t.Errorf("somebody without a name: %+v", e)
		}
		if code := id.TypedStaff(form.Get("code")); code.Check() == nil && len(code) != len("S000") {
			t.Errorf("code %q", code)
		}
		if place, ok := placeOf(path); ok && place.Check() != nil || !ok && place != staff.Place("") {
			t.Errorf("%q is at %q", path, place)
		}
	})
}
