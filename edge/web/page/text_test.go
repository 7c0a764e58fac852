package page

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"markaz.example/edge/screen"
)

// Every key stands in each language, with the same places for values.
func TestTextsAgree(t *testing.T) {
	ur, err := readTexts(Urdu)
	if err != nil {
		t.Fatal(err)
	}
	en, err := readTexts(English)
	if err != nil {
		t.Fatal(err)
	}
	for key, own := range ur {
		other, ok := en[key]
		if !ok {
			t.Errorf("%s has no English text", key)
		}
		if got, want := places(other), places(own); !slices.Equal(got, want) {
			t.Errorf("%s takes %s in English and %s in Urdu", key, got, want)
		}
		if !strings.ContainsFunc(own, func(r rune) bool { return 0x600 <= r && r <= 0x6ff }) {
			t.Errorf("%s is not Urdu: %q", key, own)
		}
	}
	for key := range en {
		if _, ok := ur[key]; !ok {
			t.Errorf("%s has no Urdu text", key)
		}
	}
}

// What a further language has stands in Urdu too, with the same places for values, and in its own letters.
func TestFurtherLanguages(t *testing.T) {
	ur, err := readTexts(Urdu)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range screen.Langs() {
		if l.Name() == "" || l.Dir() != "rtl" && l.Dir() != "ltr" || !l.Other().Known() {
			t.Errorf("the header of %s: %+v", l, l.Language())
		}
		if l == Urdu || l == English {
			continue
		}
		own, err := readTexts(l)
		if err != nil {
			t.Fatal(err)
		}
		for key, text := range own {
			if err := fits(ur, key, text); err != nil {
				t.Errorf("%s: %v", l, err)
			}
		}
		for key := range ur {
			family, _, _ := strings.Cut(key, ".")
			if visitors := slices.Contains([]string{"kiosk", "slip", "phone", "where", "situation", "ticket"}, family); visitors && own[key] == "" {
				t.Errorf("%s has no text for %s, which visitors see", l, key)
			}
		}
	}
}

// Letters of Arabic keyboards look like Urdu's and are others: search, shaping and voices go wrong on them.
func TestUrduLetters(t *testing.T) {
	ur, err := readTexts(Urdu)
	if err != nil {
		t.Fatal(err)
	}
	for key, text := range ur {
		if i := strings.IndexAny(text, "يىكةه٠١٢٣٤٥٦٧٨٩"); i >= 0 {
			t.Errorf("%s has a letter that is not Urdu's: %q", key, text[i:])
		}
	}
}

// Every key that a template or a handler names is there, and each family of keys that is composed from a code has a text
// for every code.
func TestKeysInUse(t *testing.T) {
	ur, err := readTexts(Urdu)
	if err != nil {
		t.Fatal(err)
	}
	used := regexp.MustCompile(`(?:\bt|also|plain) "([a-z-]+\.[a-z.-]+)"`)
	named := regexp.MustCompile(`(?:Title: |Sorry\(w, r, [^"]*|Wait\(w, r, |key :?= |return )"([a-z-]+\.[a-z.-]+)"`)
	found := 0
	walk(t, func(name, text string) {
		for _, m := range append(used.FindAllStringSubmatch(text, -1), named.FindAllStringSubmatch(text, -1)...) {
			found++
			if _, ok := ur[m[1]]; !ok {
				t.Errorf("%s uses %s, which has no text", name, m[1])
			}
		}
	})
	if found < 60 {
		t.Errorf("found %d uses of texts, want many more: the patterns no longer fit", found)
	}
	for _, key := range composed() {
		if _, ok := ur[key]; !ok {
			t.Errorf("no text for %s", key)
		}
	}
}

// Whatever the floor may refuse is put into words here.
func TestRefusalsHaveWords(t *testing.T) {
	var source []byte
	for _, file := range []string{"refusal.go", "refusal_staff.go"} {
		b, err := os.ReadFile("../../desk/" + file)
		if err != nil {
			t.Fatal(err)
		}
		source = append(source, b...)
	}
	ur, err := readTexts(Urdu)
	if err != nil {
		t.Fatal(err)
	}
	codes := regexp.MustCompile(`(?m)^\t[A-Z]\w+ += "([a-z.-]+)"`).FindAllStringSubmatch(string(source), -1)
	if len(codes) < 15 {
		t.Errorf("found %d codes of refusals: the pattern no longer fits", len(codes))
	}
	for _, m := range codes {
		if ur["refusal."+m[1]+".what"] == "" || ur["refusal."+m[1]+".remedy"] == "" {
			t.Errorf("no words for the refusal %s", m[1])
		}
	}
}

func composed() (keys []string) {
	for family, codes := range map[string]string{
		"phone":   "serving hold parked done no-show left cancelled failed planned",
		"console": "called serving paused closed",
		"tool":    "finger measure household growth booking",
		"list":    "waiting hold parked no-show",
		"undo":    "called confirmed no-show finished failed held parked transferred stop-added",
		"class":   "emergency infant disability elder appointment returning",
		"need":    "sex-f sex-m ground",
		"hold":    "nadra papers copies family rest",
		"park":    "awaiting-answer supervisor system",
		"fail":    "system-down machine-down wrong-centre",
		"leave":   "gave-up another-day",
		"pick":    "ill child paper-back mistake favour",
		"note":    "papers-seen identity-checked explain-again unwell",
		"stop":    "planned waiting called serving done hold parked no-show left cancelled failed",
		"outcome": "done referred papers-missing",
		"figure":  "asked issued not-in-hand waiting called serving done no-show left",
		"job":     "printing held uncertain",
		"road":    "up down unknown",
		"paper":   "paper-out cover-open other",

		"household":           "name number birth sex months years",
		"household.as":        "mother father guardian child member",
		"household.sex":       "female male other",
		"household.child":     "female male other",
		"household.precision": "exact month estimated",
		"household.reason":    "typing paper registered-now",
		"household.doubt":     "province sex pattern twin same-name no-number old",
		"pause":               "prayer meal break meeting machine",
		"role":                "helper desk nurse teller manager technician",
		"second":              "reprint correction favour undo refund reopen hand-filled unlock",
		"noted":               "approved took-over failed failed-nobody locked unlocked pin-set changed ended",
	} {
		for code := range strings.FieldsSeq(codes) {
			keys = append(keys, family+"."+code)
		}
	}
	return keys
}

// walk gives every template and every Go file of the pages.
func walk(t *testing.T, visit func(name, text string)) {
	t.Helper()
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, "_test.go") {
			return err
		}
		if ext := filepath.Ext(name); ext != ".tmpl" && ext != ".go" {
			return nil
		}
		b, err := os.ReadFile(name)
		visit(name, string(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFontsMustBeThere(t *testing.T) {
	if _, err := New(Name{}, fstest.MapFS{}, nil); err == nil || !strings.Contains(err.Error(), "NotoNastaliqUrdu-Regular.ttf") {
		t.Errorf("a kit without fonts: got %v, want the name of the file that is missing", err)
	}
}
