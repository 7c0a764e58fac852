package style

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"markaz.example/edge/web/page"
	"markaz.example/edge/web/page/pagetest"
)

// Every piece has its words in every language, and a sample in each of its four views.
func TestEveryPieceIsShown(t *testing.T) {
	kit := pagetest.Kit(t)
	s, err := New(kit)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range s.page().Pieces {
		for _, l := range []page.Lang{page.Urdu, page.English} {
			if !kit.Has(l, "style."+p.Name) || !kit.Has(l, "style."+p.Name+".when") {
				t.Errorf("%s has no words in %s", p.Name, l)
			}
		}
		if len(p.Views) != 4 {
			t.Errorf("%s has %d views", p.Name, len(p.Views))
		}
	}
	mux := http.NewServeMux()
	s.Routes(mux)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest("GET", "/style?lang=en", nil))
	body := w.Body.String()
	if w.Code != 200 || strings.Contains(body, `data-theme="dark"></div>`) {
		t.Errorf("status %d, or a view without a sample", w.Code)
	}
	if got, want := strings.Count(body, `class="style-view `), 4*len(pieces()); got != want {
		t.Errorf("%d views, want %d", got, want)
	}
}

// What a sample says is a text of ours: a key without words would be shown as its code.
func TestSamplesHaveWords(t *testing.T) {
	kit := pagetest.Kit(t)
	b, err := templates.ReadFile("style.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, part := range strings.Split(string(b), `.T "`)[1:] {
		key, _, _ := strings.Cut(part, `"`)
		found++
		if !kit.Has(page.Urdu, key) || !kit.Has(page.English, key) {
			t.Errorf("no words for %s", key)
		}
	}
	if found < 60 {
		t.Errorf("found %d texts, want many more", found)
	}
}
