package proof

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestFill(t *testing.T) {
	for in, want := range map[string]string{
		`<form method="post" action="/a"><b>`: `<form method="post" action="/a"><input type="hidden" name="proof" value="P"><b>`,
		`<form method="post"></form><form method="post" data-x="&gt;"></form>`: `<form method="post"><input type="hidden" name="proof" value="P"></form>` +
			`<form method="post" data-x="&gt;"><input type="hidden" name="proof" value="P"></form>`,
		`<form method="get" action="/a">`: `<form method="get" action="/a">`,
		`<form method="post"`:             `<form method="post"`, // cut off
		``:                                ``,
	} {
		if got := string(Fill([]byte(in), "P")); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
		if got := string(Fill([]byte(in), "")); got != in {
			t.Errorf("without a proof: %s", got)
		}
	}
}

// browse gives a browser its word, and what it is.
func browse(t *testing.T, cookie string) (word string, set *http.Cookie, r *http.Request) {
	t.Helper()
	r = httptest.NewRequest("GET", "https://box/desk", nil)
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	w := httptest.NewRecorder()
	r = Know(w, r)
	if all := w.Result().Cookies(); len(all) == 1 {
		set, word = all[0], all[0].Value
	}
	return word, set, r
}

func TestWord(t *testing.T) {
	word, set, r := browse(t, "")
	if set == nil || !strings.HasPrefix(set.Name, "__Host-") || !set.Secure || !set.HttpOnly || set.SameSite != http.SameSiteStrictMode || set.Path != "/" || set.Domain != "" {
		t.Fatalf("the cookie is %+v", set)
	}
	if From(r.Context()) != Of(word) || strings.Contains(Of(word), word[:8]) {
		t.Error("the proof is not of the word")
	}
	if _, again, _ := browse(t, set.Name+"="+word); again != nil {
		t.Error("a browser with a word is given another")
	}
	if other, _, _ := browse(t, set.Name+"=planted"); other == "" {
		t.Error("a word that we never drew is taken")
	}
}

func TestHolds(t *testing.T) {
	word, stranger := Word(), Word()
	for name, tc := range map[string]struct {
		cookie, field, header string
		want                  bool
	}{
		"its own form":          {word, Of(word), "", true},
		"its own program":       {word, "", Of(word), true},
		"no proof":              {word, "", "", false},
		"another browser's":     {word, Of(stranger), "", false},
		"the word itself":       {word, word, "", false},
		"no cookie":             {"", Of(word), "", false},
		"no cookie, no proof":   {"", "", "", false},
		"a cookie that is ours": {"short", Of("short"), "", false},
	} {
		r := httptest.NewRequest("POST", "https://box/desk/A", strings.NewReader(url.Values{Field: {tc.field}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if tc.header != "" {
			r.Header.Set(Header, tc.header)
		}
		if tc.cookie != "" {
			r.AddCookie(&http.Cookie{Name: cookie, Value: tc.cookie})
		}
		r = Know(httptest.NewRecorder(), r)
		if err := r.ParseForm(); err != nil {
			t.Fatal(err)
		}
		if got := Holds(r); got != tc.want {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}

func TestWriterFillsPagesAlone(t *testing.T) {
	for kind, filled := range map[string]bool{"text/html; charset=utf-8": true, "application/json": false, "": false} {
		w := httptest.NewRecorder()
		w.Header().Set("Content-Type", kind)
		page := `<form method="post"></form>`
		n, err := Writer{w, "P"}.Write([]byte(page))
		if n != len(page) || err != nil || strings.Contains(w.Body.String(), "hidden") != filled {
			t.Errorf("%q: %d, %v, %s", kind, n, err, w.Body)
		}
	}
}

func FuzzFill(f *testing.F) {
	f.Add([]byte(`<form method="post" action="/x">a<form method="post"`))
	f.Fuzz(func(t *testing.T, page []byte) {
		got := string(Fill(page, "P"))
		if strings.ReplaceAll(got, `<input type="hidden" name="proof" value="P">`, "") != strings.ReplaceAll(string(page), `<input type="hidden" name="proof" value="P">`, "") {
			t.Errorf("the page changed: %q", got)
		}
	})
}
