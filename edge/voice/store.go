package voice

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

// ErrNoClip is reported for a clip that neither tree has.
var ErrNoClip = errors.New("there is no such clip: record it, or make clips anew")

// Store is the clips of a centre. Any goroutine may use it.
type Store struct {
	Recorded fs.FS // what people recorded, LANG/NAME.wav; wins over Made. nil for none
	Made     fs.FS // what was synthesized when the product was built. nil for none
}

// File is a clip as it lies on the disk. It reports ErrNoClip, and ErrWave for a file too large to be one.
func (s Store) File(c Clip) ([]byte, error) {
	if !c.Valid() {
		return nil, ErrNoClip
	}
	for _, tree := range []fs.FS{s.Recorded, s.Made} {
		b, err := fileOf(tree, c)
		if !errors.Is(err, fs.ErrNotExist) {
			return b, err
		}
	}
	return nil, ErrNoClip
}

func fileOf(tree fs.FS, c Clip) ([]byte, error) {
	if tree == nil {
		return nil, fs.ErrNotExist
	}
	info, err := fs.Stat(tree, c.File())
	if err != nil {
		return nil, err
	}
	if info.Size() > clipBytesMax {
		return nil, ErrWave
	}
	return fs.ReadFile(tree, c.File())
}

// Sound is a clip as samples. It reports ErrNoClip or ErrWave.
func (s Store) Sound(c Clip) (Sound, error) {
	b, err := s.File(c)
	if err != nil {
		return nil, err
	}
	return ReadWave(b)
}

// Fault is what keeps calls in these languages from being spoken: nil when every clip of their inventory can be played.
func (s Store) Fault(langs ...string) error {
	for _, c := range Inventory(langs...) {
		if _, err := s.Sound(c); err != nil {
			return fmt.Errorf("%s: %w", c.File(), err)
		}
	}
	return nil
}

// Speakable is those of a speech's languages whose clips are whole, and the named rooms among these that have a clip.
func (s Store) Speakable(speech Speech, rooms []string) Speech {
	speech.Langs = slices.DeleteFunc(slices.Clone(speech.Langs), func(l string) bool { return s.Fault(l) != nil })
	speech.Named = nil
	for _, room := range rooms {
		for _, lang := range speech.Langs {
			if _, err := s.Sound(RoomClip(lang, room)); err == nil {
				speech.Named = append(speech.Named, RoomClip(lang, room))
			}
		}
	}
	return speech
}
