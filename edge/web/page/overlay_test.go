package page

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
)

func kit(t *testing.T) *Kit {
	t.Helper()
	fonts := fstest.MapFS{}
	for _, name := range fontNames() {
		fonts[name] = &fstest.MapFile{}
	}
	k, err := New(Name{}, fonts, nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestTextsFromOutside(t *testing.T) {
	k := kit(t)
	before := k.Build()
	for name, content := range map[string]string{
		"no JSON":              `texts`,
		"two of them":          `{}{}`,
		"a text that is none":  `{"ur": {"floor.title": 7}}`,
		"another language":     `{"fr": {"floor.title": "x"}}`,
		"a key of nobody":      `{"en": {"floor.nothing": "x"}}`,
		"an empty text":        `{"en": {"floor.title": ""}}`,
		"a long text":          `{"en": {"floor.title": "` + strings.Repeat("x", textBytesMax+1) + `"}}`,
		"a line end":           `{"en": {"floor.title": "a\nb"}}`,
		"broken UTF-8":         "{\"en\": {\"floor.title\": \"\xff\"}}",
		"a value too many":     `{"en": {"floor.title": "Floor {0}"}}`,
		"a value that is gone": `{"en": {"road.behind": "records still to send"}}`,
		"too much":             `{"en": {"floor.title": "` + strings.Repeat("x", textsBytesMax) + `"}}`,
	} {
		if err := k.TryTexts([]byte(content)); !errors.Is(err, ErrTexts) {
			t.Errorf("%s: tried, got %v", name, err)
		}
		if err := k.UseTexts([]byte(content)); !errors.Is(err, ErrTexts) {
			t.Errorf("%s: used, got %v", name, err)
		}
	}
	if k.Build() != before || k.Text(English, "floor.title") != "Floor" {
		t.Error("texts that were refused changed something")
	}
}

func TestTextsAreWornAndTakenOff(t *testing.T) {
	k := kit(t)
	before, others := k.Build(), k.Text(Urdu, "floor.title")
	good := []byte(`{"en": {"floor.title": "The hall", "road.behind": "still {0}"}}`)
	if err := k.TryTexts(good); err != nil || k.Text(English, "floor.title") != "Floor" {
		t.Fatalf("a try changed something, or failed: %v", err)
	}
	if err := k.UseTexts(good); err != nil {
		t.Fatal(err)
	}
	if got := k.Text(English, "floor.title"); got != "The hall" || k.Text(Urdu, "floor.title") != others || k.Build() == before {
		t.Errorf("worn: %q, build %s", got, k.Build())
	}
	if err := k.UseTexts([]byte(`{}`)); err != nil || k.Text(English, "floor.title") != "Floor" {
		t.Errorf("taken off: %q, %v", k.Text(English, "floor.title"), err)
	}
}

func FuzzTexts(f *testing.F) {
	f.Add([]byte(`{"en": {"floor.title": "The hall"}}`))
	f.Add([]byte(`{"ur": {"road.behind": "{0}"}, "en": {}}`))
	f.Add([]byte(`{"fr": {}}`))
	fonts := fstest.MapFS{}
	for _, name := range fontNames() {
		fonts[name] = &fstest.MapFile{}
	}
	k, err := New(Name{}, fonts, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		if tried, used := k.TryTexts(content), k.UseTexts(content); (tried == nil) != (used == nil) {
			t.Errorf("tried %v, used %v", tried, used)
		}
	})
}
