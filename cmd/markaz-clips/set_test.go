package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"markaz.example/edge/voice"
)

// parrot says everything with one hum, and counts.
type parrot struct {
	release string
	said    *int
	broken  error
}

func (p parrot) version(context.Context) (string, error) { return p.release, nil }

func (p parrot) speak(_ context.Context, _, text string) ([]byte, error) {
	if *p.said++; text == "" {
		return nil, errors.New("nothing to say")
	}
	return voice.Sound{0, 9000, -9000, 9000}.Wave(), p.broken
}

// A set is made once for what it is made from, and anew when that changes or when it was not finished.
func TestMadeOnce(t *testing.T) {
	said := 0
	s := set{Dir: t.TempDir(), Synth: parrot{release: "1", said: &said, broken: os.ErrPermission}}
	if err := s.make(t.Context()); !errors.Is(err, os.ErrPermission) {
		t.Fatalf("a synthesizer that fails: %v", err)
	}
	for _, c := range []struct {
		release string
		again   bool
	}{{"1", true}, {"1", false}, {"2", true}, {"2", false}} {
		said = 0
		s.Synth = parrot{release: c.release, said: &said}
		if err := s.make(t.Context()); err != nil {
			t.Fatal(err)
		}
		if (said > 0) != c.again {
			t.Errorf("release %s: %d words were said; anew: %v", c.release, said, c.again)
		}
	}
	if err := (voice.Store{Made: os.DirFS(s.Dir)}).Fault(voice.Spoken()...); err != nil {
		t.Error(err)
	}
}

// Debian's espeak-ng makes a whole set, small enough for a box, in which a call takes some ten seconds, and the longest that can be twenty.
func TestClipsOfEspeak(t *testing.T) {
	s := set{Dir: t.TempDir(), Synth: espeak{}}
	if err := s.make(t.Context()); err != nil {
		t.Fatal(err)
	}
	store := voice.Store{Made: os.DirFS(s.Dir)}
	if err := store.Fault(voice.Spoken()...); err != nil {
		t.Fatal(err)
	}
	var bytes int64
	files, _ := filepath.Glob(filepath.Join(s.Dir, "*", "*.wav"))
	for _, f := range files {
		if info, err := os.Stat(f); err == nil {
			bytes += info.Size()
		}
	}
	if bytes > 12e6 {
		t.Errorf("the clips take %.1f MB", float64(bytes)/1e6)
	}
	for _, call := range []voice.Call{{Token: "K007", Desk: "B"}, {Token: "W777", Desk: "WW", Room: "777"}} {
		sound, err := voice.Mix(store.Sound, voice.DefaultSpeech().Say(call, nil), 100)
		if err != nil || sound.Length() < 3*time.Second || sound.Length() > 20*time.Second {
			t.Errorf("%s at %s is %v long, %v", call.Token, call.Desk, sound.Length(), err)
		}
		t.Logf("%s at %s takes %v", call.Token, call.Desk, sound.Length().Round(100*time.Millisecond))
	}
}
