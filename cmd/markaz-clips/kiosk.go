package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"markaz.example/edge/voice"
	"markaz.example/edge/web/page"
)

// serviceNames is what services are called, by their codes and languages, where the sample configuration has them. A centre
// that offers others, or calls these otherwise, records its own clips.
//
//go:embed services.json
var serviceNames []byte

// wordsOf is every word of a language: what calls are made of, then what the kiosk reads aloud.
func wordsOf(lang string) ([]voice.Word, error) {
	words, ok := voice.Words(lang)
	if !ok {
		words, _ = voice.Words("ur") // for whoever reads them in her own words
	}
	read, err := aloud(lang)
	return append(words, read...), err
}

// aloud is what the kiosk reads to somebody who does not: its questions, what may have happened, and the services.
func aloud(lang string) ([]voice.Word, error) {
	texts, err := page.Texts(page.Lang(lang))
	if err != nil {
		return nil, fmt.Errorf("texts of %q: %w", lang, err)
	}
	said := map[string]string{"kiosk-ask": texts.Sentence("kiosk.ask"), "kiosk-ask-life": texts.Sentence("kiosk.ask-life")}
	for key, text := range texts {
		if code, ok := strings.CutPrefix(key, "situation."); ok {
			said["situation-"+code] = text
		}
	}
	var services map[string]map[string]string
	if err := json.Unmarshal(serviceNames, &services); err != nil {
		return nil, fmt.Errorf("names of services: %w", err)
	}
	for code, names := range services {
		said["service-"+code] = names[lang]
	}
	var out []voice.Word
	for _, name := range slices.Sorted(maps.Keys(said)) {
		if said[name] != "" {
			out = append(out, voice.Word{Clip: voice.Named(lang, name), Text: said[name]})
		}
	}
	return out, nil
}
