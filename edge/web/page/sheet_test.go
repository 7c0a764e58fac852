package page

import (
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Contrast as WCAG 2.2 counts it, success criteria 1.4.3 and 1.4.11: text against its ground, and what is large or no
// text but must be seen.
const (
	contrastText  = 4.5
	contrastShape = 3.0
)

// pairs are what stands on what: a ground, and all that is written or drawn on it.
var pairs = []struct {
	ground, text, shapes string
}{
	{"cream", "ink soft green red amber-ink", "line focus good saffron-line"},
	{"paper", "ink soft green red amber-ink", "line focus good idle saffron-line"},
	{"field", "ink soft green red amber-ink", "line focus"},
	{"leaf", "ink soft green", "focus good"},
	{"green", "on-green on-green-soft", ""},
	{"green-hover", "on-green", ""},
	{"saffron", "on-saffron", ""},
	{"saffron-hover", "on-saffron", ""},
	{"amber", "amber-ink ink", "saffron-line"},
	{"rose", "rose-ink ink", "red"},
	{"alarm", "on-alarm on-alarm-soft", ""},
	{"well", "on-well on-well-soft saffron", ""},
	{"focus-gap", "", "focus"},
}

// hues are the colours of the services. Each is written on its own tint and on the grounds of a page.
const hues = "pine plum blue clay violet ochre brick teal"

func TestColoursCanBeToldApart(t *testing.T) {
	for _, theme := range []string{"tokens.css", "dark.css"} {
		colours := coloursOf(t, theme)
		for _, p := range pairs {
			atLeast(t, theme, colours, p.ground, p.text, contrastText)
			atLeast(t, theme, colours, p.ground, p.shapes, contrastShape)
		}
		for hue := range strings.FieldsSeq(hues) {
			atLeast(t, theme, colours, hue+"-tint", hue+" ink", contrastText)
			atLeast(t, theme, colours, "paper", hue, contrastText)
			atLeast(t, theme, colours, "cream", hue, contrastText)
		}
	}
}

// Each colour of the day has one by night, so that no page mixes the two.
func TestNightHasEveryColour(t *testing.T) {
	day, night := coloursOf(t, "tokens.css"), coloursOf(t, "dark.css")
	if got, want := slices.Sorted(maps.Keys(night)), slices.Sorted(maps.Keys(day)); !slices.Equal(got, want) {
		t.Errorf("dark.css has %v\ntokens.css has %v", got, want)
	}
	for hue := range strings.FieldsSeq(hues) {
		if _, ok := day[hue]; !ok {
			t.Errorf("no colour is called %s", hue)
		}
	}
}

// The files of pages use the colours by their names, and every name they use is there.
func TestSheetUsesTokens(t *testing.T) {
	tree, err := fs.Sub(assetFiles, "assets")
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := joined(tree)
	if err != nil {
		t.Fatal(err)
	}
	text := string(sheet)
	for _, m := range regexp.MustCompile(`var\((--[a-z0-9-]+)\)`).FindAllStringSubmatch(text, -1) {
		if !strings.Contains(text, m[1]+":") {
			t.Errorf("the sheet uses %s, which nothing sets", m[1])
		}
	}
	order := []string{":root, [data-theme=\"light\"]", "\n[data-theme=\"dark\"] {", "@media (prefers-color-scheme: dark)", "\n:root:not([data-theme]) {", "@font-face", ".button {", "prefers-reduced-motion"}
	for i, at := 0, -1; i < len(order); i++ {
		next := strings.Index(text, order[i])
		if next <= at {
			t.Errorf("%q stands at %d, want it after %d", order[i], next, at)
		}
		at = next
	}
}

// coloursOf reads the colours of a file of tokens: name to red, green and blue.
func coloursOf(t *testing.T, file string) map[string][3]float64 {
	t.Helper()
	b, err := os.ReadFile("assets/css/" + file)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][3]float64{}
	for _, m := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`).FindAllStringSubmatch(string(b), -1) {
		out[m[1]] = channels(t, m[2])
	}
	if len(out) < 50 {
		t.Fatalf("%s: read %d colours: the pattern no longer fits", file, len(out))
	}
	return out
}

// channels are linear, 0 to 1, as sRGB defines it.
func channels(t *testing.T, hex string) (out [3]float64) {
	t.Helper()
	for i := range out {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			out[i] = c / 12.92
			continue
		}
		out[i] = math.Pow((c+0.055)/1.055, 2.4)
	}
	return out
}

func luminance(c [3]float64) float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }

// contrast is 1 for a colour on itself and 21 for black on white.
func contrast(a, b [3]float64) float64 {
	light, dark := luminance(a), luminance(b)
	if light < dark {
		light, dark = dark, light
	}
	return (light + 0.05) / (dark + 0.05)
}

func atLeast(t *testing.T, theme string, colours map[string][3]float64, ground, names string, want float64) {
	t.Helper()
	for name := range strings.FieldsSeq(names) {
		on, ok := colours[ground]
		c, known := colours[name]
		if got := contrast(on, c); !ok || !known || got < want {
			t.Errorf("%s: %s on %s has a contrast of %.2f, want %.1f", theme, name, ground, got, want)
		}
	}
}

func TestContrastItself(t *testing.T) {
	black, white := channels(t, "000000"), channels(t, "ffffff")
	for got, want := range map[float64]string{
		contrast(black, white): "21.00", contrast(white, white): "1.00", contrast(channels(t, "767676"), white): "4.54",
	} {
		if fmt.Sprintf("%.2f", got) != want {
			t.Errorf("contrast: got %.2f, want %s", got, want)
		}
	}
}

// A page takes its colours from the tokens, or it would be bright at night. The hall has a night of its own, the kiosk a theme
// of much contrast; skin and nails have one colour.
func TestPagesWriteNoColours(t *testing.T) {
	files, err := fs.Glob(assetFiles, "assets/css/*.css")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, file := range files {
		if slices.Contains([]string{"tokens", "dark", "contrast", "last", "hall", "station", "components"}, strings.TrimSuffix(path.Base(file), ".css")) {
			continue
		}
		b, err := fs.ReadFile(assetFiles, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, colour := range regexp.MustCompile(`[ :]#[0-9a-fA-F]{3,8}\b`).FindAllString(string(b), -1) {
			t.Errorf("%s writes %s out: take a colour of tokens.css", file, colour)
		}
	}
}
