package main

import (
	"slices"
	"testing"

	"markaz.example/edge/voice"
)

// Whatever the kiosk can offer to read aloud has words.
func TestKioskIsReadAloud(t *testing.T) {
	for _, lang := range voice.Spoken() {
		words, err := wordsOf(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"kiosk-ask", "kiosk-ask-life", "situation-baby", "situation-money", "service-nashonuma"} {
			want := voice.Named(lang, name)
			if !want.Valid() {
				t.Errorf("%s is no clip", want)
			}
			if !slices.ContainsFunc(words, func(w voice.Word) bool { return w.Clip == want && w.Text != "" }) {
				t.Errorf("no words for %s", want)
			}
		}
	}
	if _, err := wordsOf("xx"); err == nil {
		t.Error("a language that there is not has words")
	}
}
