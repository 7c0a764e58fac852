package webtest

import (
	"testing/fstest"
	"time"

	"markaz.example/edge/voice"
)

// Voice is clips that are no words: each is a hum of a tenth of a second.
func Voice() voice.Store {
	hum := make(voice.Sound, voice.Rate*int(100*time.Millisecond)/int(time.Second))
	for i := range hum {
		hum[i] = int16(i % 100 * 40)
	}
	clips := fstest.MapFS{}
	for _, c := range voice.Inventory("ur", "en") {
		clips[c.File()] = &fstest.MapFile{Data: hum.Wave()}
	}
	return voice.Store{Made: clips}
}
