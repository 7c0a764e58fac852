package box

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"markaz.example/edge/clock"
	"markaz.example/edge/desk"
	"markaz.example/edge/health"
	"markaz.example/edge/voice"
	"markaz.example/edge/web/hall"
	"markaz.example/edge/web/page"
)

// Conditions of the voice.
const (
	conditionNoClips     = "voice.no-clips"
	conditionLoudspeaker = "voice.loudspeaker"
)

// halls is how the screens of the hall look and sound. A language whose clips are not whole is not spoken, and the board
// says which clip is missing.
func (b *Box) halls(board *health.Board) hall.Config {
	out := hall.Config{Digits: hall.Digits(b.Hall.Digits)}
	for _, s := range b.Screens {
		out.Screens = append(out.Screens, hall.Screen{Name: s.Name, Rooms: s.Rooms, Ways: s.Ways, Desks: s.Desks, Speaks: s.Speaks})
	}
	for _, r := range b.Rooms {
		out.Rooms = append(out.Rooms, hall.Room{Code: r.Code, Name: page.Name{Ur: r.NameUr, En: r.NameEn}, Hue: r.Hue})
	}
	for _, n := range b.Notices {
		out.Notices = append(out.Notices, page.Name{Ur: n.Ur, En: n.En})
	}
	if b.speaks() {
		out.Voice = b.voice(board)
	}
	return out
}

// speaks says whether anything in the centre is to speak.
func (c Config) speaks() bool {
	return len(c.Loudspeakers) > 0 || slices.ContainsFunc(c.Screens, func(s Screen) bool { return s.Speaks })
}

func (b *Box) voice(board *health.Board) hall.Voice {
	store := voice.Store{Recorded: tree(b.Voice.Recorded), Made: tree(b.Voice.Clips)}
	speech, hours, _ := b.Voice.speech() // checked when the configuration was read
	for _, lang := range speech.Langs {
		if err := store.Fault(lang); err != nil {
			board.Set(conditionNoClips, "voice/"+lang, health.Warning, err.Error())
		}
	}
	var rooms []string
	for _, d := range b.Desks {
		rooms = append(rooms, d.Room)
	}
	return hall.Voice{
		Store: store, Speech: store.Speakable(speech, rooms), Hours: hours, Late: time.Duration(b.Voice.Late) * time.Second,
	}
}

// tree is a directory's files; none when it has no name.
func tree(dir string) fs.FS {
	if dir == "" {
		return nil
	}
	return os.DirFS(dir)
}

// speakers are the box's own loudspeakers.
func (b *Box) speakers(floor *desk.Floor, v hall.Voice, board *health.Board) (parts []part) {
	for _, l := range b.Loudspeakers {
		s := &voice.Speaker{
			Player: aplay{l.Device}, Changed: floor.Changed, Speech: v.Speech, Store: v.Store, Rooms: l.Rooms, Late: v.Late,
			Calls:  func(ctx context.Context) ([]voice.Call, error) { return floor.Calling(ctx, l.Rooms) },
			Volume: func() int { return v.Hours.At(here(floor.Ledger.Clock().Now())) },
			Heard:  func(err error) { b.heard(board, l.Device, err) },
		}
		if len(v.Speech.Langs) > 0 {
			parts = append(parts, s.Run)
		}
	}
	return parts
}

// here is a stamp as clocks on the wall show it.
func here(s clock.Stamp) (t time.Time, known bool) {
	return s.Time().In(pakistan), s.Grade > clock.Unset
}

func (b *Box) heard(board *health.Board, device string, err error) {
	dev := "loudspeaker/" + device
	if err == nil {
		board.Clear(conditionLoudspeaker, dev)
		return
	}
	b.Log.Warn("the loudspeaker was silent", "dev", dev, "err", err)
	board.Set(conditionLoudspeaker, dev, health.Warning, err.Error())
}

// aplay plays on a sound card by the program of that name, from Debian's alsa-utils.
type aplay struct{ device string }

// Play returns when everything was heard. A sound card that hangs is left after playMax.
func (a aplay) Play(ctx context.Context, wave []byte) error {
	ctx, cancel := context.WithTimeout(ctx, playMax)
	defer cancel()
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, "aplay", "-q", "-t", "wav", "-D", a.device, "-")
	cmd.Stdin, cmd.Stderr, cmd.WaitDelay = bytes.NewReader(wave), &said, time.Second
	err := cmd.Run()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return fmt.Errorf("%w: install Debian's alsa-utils", err)
	case err != nil:
		return fmt.Errorf("aplay -D %s: %w: %s", a.device, err, strings.TrimSpace(said.String()))
	}
	return nil
}
