package page

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"markaz.example/edge/screen"
)

// ErrTexts is reported for texts that the pages could not show. The text says which and why.
var ErrTexts = errors.New("these texts cannot be used")

const (
	// textsBytesMax bounds texts that come from outside: all of ours are 40 KiB a language.
	textsBytesMax = 1 << 20

	// textBytesMax bounds one text: the longest of ours is 260 bytes.
	textBytesMax = 1000
)

var place = regexp.MustCompile(`\{\d\}`)

// TryTexts says whether texts can be used, and changes nothing. They are JSON, language to key to text; what they leave
// out stays as it is. It reports ErrTexts.
func (k *Kit) TryTexts(content []byte) error {
	_, err := k.overlay(content)
	return err
}

// UseTexts puts texts in the place of those that are compiled in, and of any used before. Pages that are being shown load
// themselves anew. It reports ErrTexts, and then changes nothing.
func (k *Kit) UseTexts(content []byte) error {
	merged, err := k.overlay(content)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for l, t := range merged {
		k.texts[l].Store(&t)
	}
	k.worn = content
	return k.nameBuild()
}

// overlay gives all texts of each language, with those of content in place.
func (k *Kit) overlay(content []byte) (map[Lang]texts, error) {
	if len(content) > textsBytesMax {
		return nil, fmt.Errorf("%w: %d bytes, limit %d", ErrTexts, len(content), textsBytesMax)
	}
	var given map[Lang]texts
	d := json.NewDecoder(bytes.NewReader(content))
	if err := d.Decode(&given); err != nil || d.More() {
		return nil, fmt.Errorf("%w: want JSON, language to key to text: %w", ErrTexts, err)
	}
	out := map[Lang]texts{}
	for _, l := range screen.Langs() { // those that others fall back to come first
		merged := maps.Clone(screen.Complete(l, k.own[l], out[l.Language().Falls]))
		for _, key := range slices.Sorted(maps.Keys(given[l])) {
			if err := fits(merged, key, given[l][key]); err != nil {
				return nil, fmt.Errorf("%w: %s: %w", ErrTexts, l, err)
			}
			merged[key] = given[l][key]
		}
		out[l] = merged
		delete(given, l)
	}
	if len(given) > 0 {
		return nil, fmt.Errorf("%w: languages %v: the pages speak %v", ErrTexts, slices.Sorted(maps.Keys(given)), screen.Langs())
	}
	return out, nil
}

// fits holds a text to its key, its length, and the places for values that the pages fill.
func fits(own texts, key, text string) error {
	ours, known := own[key]
	switch {
	case !known:
		return fmt.Errorf("no page shows %q", key)
	case text == "" || len(text) > textBytesMax:
		return fmt.Errorf("%s has %d bytes, want 1 to %d", key, len(text), textBytesMax)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == utf8.RuneError }):
		return fmt.Errorf("%s has letters that cannot be shown", key)
	case !slices.Equal(places(text), places(ours)):
		return fmt.Errorf("%s takes the values %v, want %v", key, places(text), places(ours))
	}
	return nil
}

// places are where values go, sorted: a language may put them in another order.
func places(s string) []string {
	found := place.FindAllString(s, -1)
	slices.Sort(found)
	return found
}

// nameBuild names what is shown now: the program, and the texts that are worn over it. Called with mu held.
func (k *Kit) nameBuild() error {
	build := k.program
	if len(k.worn) > 0 {
		named, err := screen.BuildOf(build + string(k.worn))
		if err != nil {
			return err
		}
		build = named
	}
	k.build.Store(&build)
	return nil
}
