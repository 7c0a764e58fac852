package voice

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"
	"testing/fstest"
	"time"
)

func TestWaveRoundTrip(t *testing.T) {
	want := Sound{0, 1, -1, 32767, -32768, 7}
	got, err := ReadWave(want.Wave())
	if err != nil || len(got) != len(want) {
		t.Fatalf("got %v, %v", got, err)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("sample %d: got %d, want %d", i, got[i], want[i])
		}
	}
}

func TestOtherFormsBecomeOurs(t *testing.T) {
	b := Sound{100, 200, 300, 400}.Wave()
	binary.LittleEndian.PutUint16(b[22:], 2) // two channels
	if got, err := ReadWave(b); err != nil || len(got) != 2 || got[0] != 150 || got[1] != 350 {
		t.Errorf("two channels: %v, %v", got, err)
	}
	b = make(Sound, 44100).Wave()
	binary.LittleEndian.PutUint32(b[24:], 44100)
	if got, err := ReadWave(b); err != nil || got.Length() != time.Second {
		t.Errorf("44.1 kHz: %v long, %v; want a second", got.Length(), err)
	}
	b = Sound{1, 2, 3}.Wave()
	binary.LittleEndian.PutUint32(b[40:], 0xffffffff) // what writes to a pipe does not know how long it gets
	if got, err := ReadWave(b); err != nil || len(got) != 3 {
		t.Errorf("a size that nobody knew: %v, %v", got, err)
	}
}

func TestTrimmed(t *testing.T) {
	s := append(append(make(Sound, 3000), 5000, -5000), make(Sound, 3000)...)
	if got, want := len(s.Trimmed()), 2+2*marginSamples; got != want {
		t.Errorf("%d samples, want %d", got, want)
	}
	if got := make(Sound, 100).Trimmed(); got != nil {
		t.Errorf("silence leaves %d samples", len(got))
	}
}

func TestMix(t *testing.T) {
	read := func(c Clip) (Sound, error) {
		if c == "ur/n-99" {
			return nil, ErrNoClip
		}
		return Sound{1000, -1000}, nil
	}
	got, err := Mix(read, []Clip{"ur/a", "ur/b", Pause, "en/c"}, 50)
	want := 6 + 2*samplesIn(gapClips) + samplesIn(GapLangs)
	if err != nil || len(got) != want || got[0] != 500 || got[len(got)-1] != -500 {
		t.Errorf("%d samples, %v; want %d at half", len(got), err, want)
	}
	if _, err := Mix(read, []Clip{"ur/n-99"}, 50); !errors.Is(err, ErrNoClip) {
		t.Errorf("got %v, want ErrNoClip", err)
	}
	long := func(Clip) (Sound, error) { return make(Sound, 60*Rate), nil }
	if _, err := Mix(long, []Clip{"ur/a", "ur/b"}, 50); !errors.Is(err, ErrWave) {
		t.Errorf("two minutes: got %v, want ErrWave", err)
	}
}

func TestRecordedWins(t *testing.T) {
	made, recorded := fstest.MapFS{}, fstest.MapFS{}
	for _, c := range Inventory("ur", "en") {
		made[c.File()] = &fstest.MapFile{Data: Sound{1}.Wave()}
	}
	recorded["ur/n-7.wav"] = &fstest.MapFile{Data: Sound{2}.Wave()}
	recorded["en/room-gulab.wav"] = &fstest.MapFile{Data: Sound{3}.Wave()}
	s := Store{Recorded: recorded, Made: made}
	if got, err := s.Sound("ur/n-7"); err != nil || got[0] != 2 {
		t.Errorf("n-7: %v, %v; want the recorded one", got, err)
	}
	if got, err := s.Sound("ur/n-8"); err != nil || got[0] != 1 {
		t.Errorf("n-8: %v, %v; want the made one", got, err)
	}
	for _, c := range []Clip{"ur/n-100", "../ur/n-7", "pause", "", "ur/"} {
		if _, err := s.File(c); !errors.Is(err, ErrNoClip) {
			t.Errorf("%q: got %v, want ErrNoClip", c, err)
		}
	}
	speech := s.Speakable(Speech{Langs: []string{"ur", "sd", "en"}}, []string{"1", "Gulab", "گلاب"})
	if len(speech.Langs) != 2 || len(speech.Named) != 1 || speech.Named[0] != "en/room-gulab" {
		t.Errorf("speakable: %+v", speech)
	}
	recorded["ur/n-8.wav"] = &fstest.MapFile{Data: []byte("OggS")}
	if err := s.Fault("ur"); !errors.Is(err, ErrWave) {
		t.Errorf("a clip of another form: %v, want ErrWave", err)
	}
	if err := (Store{}).Fault("ur"); !errors.Is(err, ErrNoClip) {
		t.Errorf("no clips at all: %v, want ErrNoClip", err)
	}
}

// FuzzWave holds that no file, however spoilt, does more than fail, and that what is read can be written.
func FuzzWave(f *testing.F) {
	f.Add(Sound{1, 2, 3}.Wave())
	f.Add(Sound{1, 2, 3}.Wave()[:40])
	f.Add([]byte("RIFF\x00\x00\x00\x00WAVEfmt \xff\xff\xff\xff"))
	f.Add([]byte("RIFF\x00\x00\x00\x00WAVELIST\x01\x00\x00\x00adata\x02\x00\x00\x00ab"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ReadWave(b)
		if err != nil {
			return
		}
		again, err := ReadWave(s.Wave())
		if err != nil && 2*len(s) < clipBytesMax-100 || err == nil && !bytes.Equal(again.Wave(), s.Wave()) {
			t.Errorf("%d samples do not come back: %v", len(s), err)
		}
	})
}
