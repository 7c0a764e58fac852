package screen

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestValuesAreIsolatedAndEscaped(t *testing.T) {
	own := Texts{"k": "calls {0} & {1}"}
	if got, want := string(own.HTML("k", "<A001>", 2)), "calls <bdi>&lt;A001&gt;</bdi> &amp; <bdi>2</bdi>"; got != want {
		t.Errorf("HTML: got %s, want %s", got, want)
	}
	if got, want := own.Plain("k", "A001", 2), "calls \u2068A001\u2069 & \u20682\u2069"; got != want {
		t.Errorf("Plain: got %q, want %q", got, want)
	}
	if got := own.HTML("condition.new.<thing>"); got != "new.&lt;thing&gt;" {
		t.Errorf("a code without words: %q", got)
	}
}

func TestAssets(t *testing.T) {
	a := Assets{Files: fstest.MapFS{"page.css": {Data: []byte("b{}")}}, Made: map[string][]byte{"made.css": []byte("i{}")}}
	for path, want := range map[string]int{
		"/assets/0123/page.css": 200, "/assets/page.css": 200, "/assets/0123/other.css": 404, "/assets/0123/": 404,
		"/assets/0123/..": 404, "/assets/0123/made.css": 200, "/assets/fonts/made.css": 404, "/assets/fonts/page.css": 404,
	} {
		w := httptest.NewRecorder()
		a.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
}

func TestBuildChangesWithWhatItNames(t *testing.T) {
	seen := map[string]bool{}
	for _, tree := range []fstest.MapFS{{"a": {Data: []byte("1")}}, {"a": {Data: []byte("2")}}, {"b": {Data: []byte("1")}}} {
		for _, before := range []string{"", "x"} {
			got, err := BuildOf(before, tree)
			if err != nil || len(got) != 12 || seen[got] {
				t.Errorf("%q, %v", got, err)
			}
			seen[got] = true
		}
	}
}

func TestPolicyNamesWhoMayFrame(t *testing.T) {
	if got := Policy(nil); !strings.HasSuffix(got, "frame-ancestors 'none'") {
		t.Error(got)
	}
	if got := Policy([]string{"http://a", "http://b"}); !strings.HasSuffix(got, "frame-ancestors http://a http://b") {
		t.Error(got)
	}
}

func TestTextsAreOneFileAPart(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	got, err := ReadTexts(fstest.MapFS{
		"text/ur/a.json": file(`{"a.one": "1"}`), "text/ur/b.json": file(`{"b.two": "2"}`), "text/en/a.json": file(`{"c": "3"}`),
	}, Urdu)
	if err != nil || len(got) != 2 || got["a.one"] != "1" || got["b.two"] != "2" {
		t.Errorf("two parts: %v, %v", got, err)
	}
	for name, tree := range map[string]fstest.MapFS{
		"in two files": {"text/ur/a.json": file(`{"k": "1"}`), "text/ur/b.json": file(`{"k": "1"}`)},
		"in one file":  {"text/ur/a.json": file(`{"k": "1", "k": "2"}`)},
	} {
		if _, err := ReadTexts(tree, Urdu); !errors.Is(err, ErrTwice) || !strings.Contains(err.Error(), "k") {
			t.Errorf("a key %s: %v, want ErrTwice", name, err)
		}
	}
	for name, tree := range map[string]fstest.MapFS{
		"no file": {}, "a list": {"text/ur/a.json": file(`["k", "1"]`)}, "cut off": {"text/ur/a.json": file(`{"k": "1"`)},
		"a number": {"text/ur/a.json": file(`{"k": 1}`)}, "empty": {"text/ur/a.json": file(``)},
	} {
		if _, err := ReadTexts(tree, Urdu); err == nil {
			t.Errorf("%s: read without an error", name)
		}
	}
}
