package webtest

import (
	"testing/fstest"
	"time"

	"markaz.example/edge/voice"
)

// Voice is clips that are no words: each is a hum of a tenth of a second. It has what calls need, and what a kiosk reads of
// Catalogue().
func Voice() voice.Store {
	hum := make(voice.Sound, voice.Rate*int(100*time.Millisecond)/int(time.Second))
	for i := range hum {
		hum[i] = int16(i % 100 * 40)
	}
	clips := fstest.MapFS{}
	for _, c := range append(voice.Inventory("ur", "en"), aloud("ur", "en")...) {
		clips[c.File()] = &fstest.MapFile{Data: hum.Wave()}
	}
	return voice.Store{Made: clips}
}

func aloud(langs ...string) (out []voice.Clip) {
	offers := Catalogue()
	for _, lang := range langs {
		out = append(out, voice.Named(lang, "kiosk-ask"), voice.Named(lang, "kiosk-ask-life"))
		for _, s := range offers.Services {
			out = append(out, voice.Named(lang, "service-"+string(s.Code)))
		}
		for _, s := range offers.Situations {
			out = append(out, voice.Named(lang, "situation-"+string(s.Code)))
		}
	}
	return out
}
