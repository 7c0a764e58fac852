// Package pagetest compares pages with golden files.
package pagetest

import (
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"markaz.example/edge/web/page"
)

// Kit is a kit whose fonts are none.
func Kit(t testing.TB) *page.Kit {
	t.Helper()
	fonts := fstest.MapFS{}
	for _, name := range []string{"NotoNastaliqUrdu-Regular", "NotoNastaliqUrdu-Bold", "NotoNaskhArabic-Regular", "NotoNaskhArabic-Bold", "NotoSans-Regular", "NotoSans-Bold"} {
		fonts[name+".ttf"] = &fstest.MapFile{Data: []byte(name)}
	}
	kit, err := page.New(page.Name{Ur: "مرکز", En: "Centre"}, fonts, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return kit
}

// Golden compares a screen over a struct, in both directions of writing, with testdata/NAME-ur.html and NAME-en.html.
// Update writes them anew.
func Golden(t *testing.T, update bool, kit *page.Kit, s *page.Screen, name string, frame page.Frame) {
	t.Helper()
	for _, lang := range []page.Lang{page.Urdu, page.English} {
		frame.Lang = lang
		w := httptest.NewRecorder()
		s.Write(w, 200, frame)
		got := strings.ReplaceAll(w.Body.String(), kit.Build(), "BUILD")
		if w.Code != 200 {
			t.Errorf("%s in %s: status %d: %s", name, lang, w.Code, got)
		}
		Compare(t, update, filepath.Join("testdata", name+"-"+string(lang)+".html"), got)
	}
}

// Compare holds a page against a golden file. Update writes it anew.
func Compare(t *testing.T, update bool, file, got string) {
	t.Helper()
	if update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got); if it is right: go test . -update\n%s", file, diff)
	}
}
