package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"markaz.example/edge/voice"
)

// synth turns words into speech.
type synth interface {
	version(context.Context) (string, error)
	speak(ctx context.Context, lang, text string) ([]byte, error) // a WAV file
}

// set is a directory of clips.
type set struct {
	Dir   string
	Synth synth
}

// madeFile says in a set's directory what it was made from. It is written last, so that a set without it is begun anew.
const madeFile = "made"

// recipe is raised when clips are made in another way from the same words.
const recipe = 1

func (s set) make(ctx context.Context) error {
	version, err := s.Synth.version(ctx)
	if err != nil {
		return err
	}
	words, err := allWords()
	if err != nil {
		return err
	}
	mark := filepath.Join(s.Dir, madeFile)
	from := []byte(madeFrom(version, words))
	if have, err := os.ReadFile(mark); err == nil && bytes.Equal(have, from) {
		return nil
	}
	if err := os.RemoveAll(mark); err != nil {
		return err
	}
	if err := s.all(ctx, words); err != nil {
		return err
	}
	return os.WriteFile(mark, from, 0o644)
}

// allWords is every word of every language that can be synthesized.
func allWords() (all []voice.Word, err error) {
	for _, lang := range voice.Spoken() {
		words, err := wordsOf(lang)
		if err != nil {
			return nil, err
		}
		all = append(all, words...)
	}
	return all, nil
}

// madeFrom names everything that the clips depend on.
func madeFrom(version string, words []voice.Word) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %s\n", recipe, version)
	for _, w := range words {
		fmt.Fprintf(h, "%s %q %q\n", w.Clip, w.Text, w.Synth)
	}
	return fmt.Sprintf("%x\n%s\n", h.Sum(nil), version)
}

func (s set) all(ctx context.Context, words []voice.Word) error {
	bytes, err := s.write(voice.Chime, voice.MakeChime())
	if err != nil {
		return err
	}
	clips := 1
	for _, w := range words {
		n, err := s.word(ctx, w)
		if err != nil {
			return fmt.Errorf("%s, %q: %w", w.Clip, w.Text, err)
		}
		clips, bytes = clips+1, bytes+n
	}
	fmt.Printf("%d clips in %s, %.1f MB\n", clips, s.Dir, float64(bytes)/1e6)
	return nil
}

func (s set) word(ctx context.Context, w voice.Word) (int, error) {
	wave, err := s.Synth.speak(ctx, w.Clip.Lang(), cmp.Or(w.Synth, w.Text))
	if err != nil {
		return 0, err
	}
	sound, err := voice.ReadWave(wave)
	if err != nil {
		return 0, err
	}
	if sound = sound.Trimmed(); len(sound) == 0 {
		return 0, fmt.Errorf("the synthesizer was silent: %w", voice.ErrWave)
	}
	return s.write(w.Clip, sound)
}

func (s set) write(c voice.Clip, sound voice.Sound) (int, error) {
	file := filepath.Join(s.Dir, filepath.FromSlash(c.File()))
	if err := os.MkdirAll(filepath.Dir(file), fs.FileMode(0o755)); err != nil {
		return 0, err
	}
	b := sound.Wave()
	return len(b), os.WriteFile(file, b, 0o644)
}
