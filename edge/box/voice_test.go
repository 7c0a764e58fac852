package box

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"markaz.example/edge/clock"
	"markaz.example/edge/health"
	"markaz.example/edge/voice"
)

// clips writes an inventory to a directory.
func clips(t *testing.T, langs ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, c := range voice.Inventory(langs...) {
		file := filepath.Join(dir, filepath.FromSlash(c.File()))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, voice.Sound{1}.Wave(), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A box whose clips are gone, or gone in one language, serves on and says so.
func TestVoiceWithoutClips(t *testing.T) {
	for name, c := range map[string]struct {
		clips  string
		spoken []string
		wrong  []string
	}{
		"whole":        {clips(t, "ur", "en"), []string{"ur", "en"}, nil},
		"english gone": {clips(t, "ur"), []string{"ur"}, []string{"voice/en"}},
		"no directory": {filepath.Join(t.TempDir(), "none"), nil, []string{"voice/en", "voice/ur"}},
		"not named":    {"", nil, []string{"voice/en", "voice/ur"}},
	} {
		t.Run(name, func(t *testing.T) {
			board := health.New(func() clock.Stamp { return clock.Stamp{} })
			b := &Box{Config: Config{Screens: []Screen{{Name: "hall", Speaks: true}}, Voice: Voice{Clips: c.clips}}}
			got := b.halls(board)
			if !slices.Equal(got.Voice.Speech.Langs, c.spoken) {
				t.Errorf("spoken: %v, want %v", got.Voice.Speech.Langs, c.spoken)
			}
			var wrong []string
			for _, condition := range board.List() {
				if condition.Code != conditionNoClips || condition.Detail == "" {
					t.Errorf("condition %+v", condition)
				}
				wrong = append(wrong, condition.Dev)
			}
			if !slices.Equal(wrong, c.wrong) {
				t.Errorf("conditions of %v, want %v", wrong, c.wrong)
			}
		})
	}
}

func TestSilentCentreMissesNoClips(t *testing.T) {
	board := health.New(func() clock.Stamp { return clock.Stamp{} })
	b := &Box{Config: Config{Screens: []Screen{{Name: "hall"}}}}
	if b.halls(board); len(board.List()) > 0 {
		t.Errorf("a centre in which nothing speaks shows %v", board.List())
	}
}

// The sound card is fed by a program of its own, whose complaint reaches the technician.
func TestLoudspeaker(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	script := fmt.Sprintf("#!/bin/sh\ncat > %[1]s/heard\necho \"$@\" > %[1]s/asked\ntest \"$5\" = hall || { echo no such card >&2; exit 1; }\n", dir)
	if err := os.WriteFile(filepath.Join(dir, "aplay"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	wave := voice.Sound{1, 2, 3}.Wave()
	if err := (aplay{"hall"}).Play(t.Context(), wave); err != nil {
		t.Fatal(err)
	}
	heard, _ := os.ReadFile(filepath.Join(dir, "heard"))
	asked, _ := os.ReadFile(filepath.Join(dir, "asked"))
	if string(heard) != string(wave) || string(asked) != "-q -t wav -D hall -\n" {
		t.Errorf("aplay was asked %q and heard %d bytes, want %d", asked, len(heard), len(wave))
	}
	if err := (aplay{"attic"}).Play(t.Context(), wave); err == nil || err.Error() != "aplay -D attic: exit status 1: no such card" {
		t.Errorf("another card: %v", err)
	}
}
