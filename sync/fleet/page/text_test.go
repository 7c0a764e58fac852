package page

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"markaz.example/edge/screen"
	"markaz.example/sync/fleet"
	"markaz.example/sync/fleet/district"
)

func read(t *testing.T, l Lang) texts {
	t.Helper()
	out, err := readTexts(l)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Every key stands in each language, with the same places for values, in its own script.
func TestTextsAgree(t *testing.T) {
	ur, en := read(t, Urdu), read(t, English)
	places := regexp.MustCompile(`\{\d\}`)
	for key, own := range ur {
		other, ok := en[key]
		if !ok {
			t.Errorf("%s has no English text", key)
		}
		got, want := places.FindAllString(other, -1), places.FindAllString(own, -1)
		for _, p := range append(got, want...) {
			if !strings.Contains(own, p) || !strings.Contains(other, p) {
				t.Errorf("%s: %s stands in one language only", key, p)
			}
		}
		if key != "node.lag" && !strings.ContainsFunc(own, func(r rune) bool { return 0x600 <= r && r <= 0x6ff }) {
			t.Errorf("%s is not Urdu: %q", key, own)
		}
		if i := strings.IndexAny(own, "يىكةه٠١٢٣٤٥٦٧٨٩"); i >= 0 {
			t.Errorf("%s has a letter that is not Urdu's: %q", key, own[i:])
		}
	}
	for key := range en {
		if _, ok := ur[key]; !ok {
			t.Errorf("%s has no Urdu text", key)
		}
	}
}

// Every key that a template or a function names is there, and each family that is composed from a word has them all.
func TestKeysInUse(t *testing.T) {
	ur := read(t, Urdu)
	used := regexp.MustCompile(`(?:\bt|plain|plain\(|sentence\() ?"([a-z-]+(?:\.[a-z.-]+)?)"`)
	found := 0
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".tmpl") && !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		b, err := os.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range used.FindAllStringSubmatch(string(b), -1) {
			if strings.HasSuffix(m[1], ".") {
				continue // the start of a family
			}
			found++
			if _, ok := ur[m[1]]; !ok {
				t.Errorf("%s uses %s, which has no text", e.Name(), m[1])
			}
		}
	}
	if found < 80 {
		t.Errorf("found %d uses of texts, want many more: the pattern no longer fits", found)
	}
	for _, key := range composed() {
		if _, ok := ur[key]; !ok {
			t.Errorf("no text for %s", key)
		}
	}
}

func composed() (keys []string) {
	for _, s := range fleet.States() {
		keys = append(keys, "state."+string(s), "do."+string(s))
	}
	for _, m := range fleet.Marks() {
		keys = append(keys, "mark."+string(m), "do."+string(m))
	}
	for _, r := range district.Regions() {
		keys = append(keys, "region."+r)
	}
	return append(keys, strings.Fields("node.leader node.follower node.candidate node.behind node.unreachable grade.0 grade.1 grade.2 grade.3")...)
}

// Whatever a box may say of itself has words here, the same as on its own screens.
func TestEveryConditionOfABoxHasWords(t *testing.T) {
	for _, l := range []Lang{Urdu, English} {
		box, err := screen.ReadTexts(os.DirFS("../../../edge/web/page"), l)
		if err != nil {
			t.Fatal(err)
		}
		own, found := read(t, l), 0
		for key, words := range box {
			if !strings.HasPrefix(key, "condition.") || strings.Count(key, ".") != 2 {
				continue
			}
			if found++; own[key] != words {
				t.Errorf("%s in %s: %q, the box says %q", key, l, own[key], words)
			}
		}
		if found < 40 {
			t.Errorf("found %d conditions in %s: the pattern no longer fits", found, l)
		}
	}
}
