package page_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"markaz.example/sync/fleet"
)

func get(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}

func TestAnswers(t *testing.T) {
	s := start(t)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	for path, want := range map[string]int{
		"/": 200, "/?lang=ur": 200, "/?state=forked&q=x&district=LHR": 200, "/centre/LHR-01": 200, "/centre/LHR-01?lang=ur": 200, "/fleet.json": 200,
		"/assets/x/fleet.css": 200, "/assets/x/fleet.js": 200, "/assets/x/icon.svg": 200, "/assets/fonts/NotoSans-Regular.ttf": 200,
		"/centre/NOBODY-1": 404, "/centre/": 404, "/elsewhere": 404, "/assets/x/": 404, "/assets/fonts/": 404, "/assets/fonts/../x/fleet.css": 200,
		"/assets/x/..%2f..%2fsite.go": 404, "/live": 400, "/live?centre=NOBODY-1": 404,
	} {
		answer, body := get(t, s.URL+path)
		if answer.StatusCode != want || body == "" {
			t.Errorf("%s: %s, %d bytes, want %d", path, answer.Status, len(body), want)
		}
		policy := answer.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", path, policy)
		}
	}
}

// TestPageWithoutScripts: everything is there, hidden only by the filter of the address.
func TestPageWithoutScripts(t *testing.T) {
	s := start(t)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	r := s.Report()
	_, all := get(t, s.URL+"/?lang=en")
	for _, c := range r.Centres {
		if !strings.Contains(all, `id="row-`+string(c.Code)+`"`) || !strings.Contains(all, c.NameUR) {
			t.Errorf("%s is not on the page", c.Code)
		}
	}
	if n := strings.Count(all, `class="tile `); n != 154 {
		t.Errorf("%d tiles", n)
	}
	if strings.Contains(all, "<tbody hidden") || strings.Contains(all, "tile dim") {
		t.Error("something is hidden though nothing was asked for")
	}
	if strings.Contains(all, " style=") || strings.Contains(all, "onclick") {
		t.Error("the page has style or script within, which its policy forbids")
	}
	for _, lang := range []string{"en", "ur"} {
		_, some := get(t, s.URL+"/?state=silent&state=forked&lang="+lang)
		want := r.Count[fleet.Silent] + r.Count[fleet.Forked]
		if got := len(r.Centres) - strings.Count(some, "<tbody hidden"); got != want {
			t.Errorf("%d rows are shown, want %d", got, want)
		}
		if !strings.Contains(some, `href="/?lang=`+lang+`&amp;state=silent"`) {
			t.Error("the chip of a chosen state does not take it back")
		}
	}
	_, urdu := get(t, s.URL+"/?lang=ur")
	if !strings.Contains(urdu, `<html lang="ur" dir="rtl">`) || !strings.Contains(urdu, `class="map" dir="ltr"`) {
		t.Error("the Urdu page, or its map, runs the wrong way")
	}
}

func TestBrowsersLanguage(t *testing.T) {
	s := start(t)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	for header, want := range map[string]string{"": "en", "ur-PK,ur;q=0.9,en;q=0.8": "ur", "en-GB": "en"} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", s.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Language", header)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || !strings.Contains(string(body), `<html lang="`+want+`"`) {
			t.Errorf("%q does not get %s (%v)", header, want, err)
		}
	}
}

func TestData(t *testing.T) {
	s := start(t)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	_, body := get(t, s.URL+"/fleet.json")
	var got fleet.Report
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	want := s.Report()
	if got.Linked != want.Linked || len(got.Centres) != len(want.Centres) || len(got.Nodes) != 3 || got.Warehouse == nil {
		t.Errorf("linked %d of %d, %d nodes", got.Linked, len(got.Centres), len(got.Nodes))
	}
	if diff := cmp.Diff(want.Marked, got.Marked); diff != "" {
		t.Error(diff)
	}
}
