package voice

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"
)

// hall is people who are called, and a loudspeaker that notes what it plays and when.
type hall struct {
	t       *testing.T
	mu      sync.Mutex
	calls   []Call        // guarded by mu
	changed chan struct{} // guarded by mu
	volume  int           // guarded by mu
	playing bool          // guarded by mu
	broken  error         // guarded by mu
	played  []string      // guarded by mu: "12s +5s A001"
	heard   []error       // guarded by mu
	start   time.Time
	speaker *Speaker
}

// clipLength is of every clip of the test, so that a call in one language takes a known time.
const clipLength = 500 * time.Millisecond

func newHall(t *testing.T) *hall {
	clips := fstest.MapFS{}
	for _, c := range Inventory("ur", "en") {
		clips[c.File()] = &fstest.MapFile{Data: make(Sound, samplesIn(clipLength)).Wave()}
	}
	h := &hall{t: t, changed: make(chan struct{}), volume: 80, start: time.Now()}
	h.speaker = &Speaker{
		Player: h, Calls: h.called, Changed: h.change, Volume: h.loud, Speech: DefaultSpeech(), Store: Store{Made: clips},
		Heard: func(err error) { h.mu.Lock(); defer h.mu.Unlock(); h.heard = append(h.heard, err) },
	}
	return h
}

func (h *hall) called(context.Context) ([]Call, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.calls), nil
}

func (h *hall) change() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.changed
}

func (h *hall) loud() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.volume
}

// Play takes as long as the sound is.
func (h *hall) Play(ctx context.Context, wave []byte) error {
	sound, err := ReadWave(slices.Clone(wave))
	if err != nil && len(wave) <= clipBytesMax {
		h.t.Error(err)
	}
	length := sound.Length()
	if err != nil { // longer than a clip may be
		length = time.Duration(len(wave)-44) * time.Second / (2 * Rate)
	}
	h.mu.Lock()
	if h.playing {
		h.t.Error("two announcements at once")
	}
	h.playing = true
	h.played = append(h.played, fmt.Sprintf("%v +%v", time.Since(h.start).Round(100*time.Millisecond), length.Round(100*time.Millisecond)))
	broken := h.broken
	h.mu.Unlock()
	wait(ctx, nil, length)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.playing = false
	return broken
}

func (h *hall) set(change func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	change()
	close(h.changed)
	h.changed = make(chan struct{})
}

func (h *hall) run(story func()) {
	ctx, stop := context.WithCancel(h.t.Context())
	var ended sync.WaitGroup
	ended.Go(func() {
		if err := h.speaker.Run(ctx); err != nil {
			h.t.Error(err)
		}
	})
	story()
	stop()
	ended.Wait()
}

func (h *hall) want(played ...string) {
	h.t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if got, want := strings.Join(h.played, ", "), strings.Join(played, ", "); got != want {
		h.t.Errorf("played %s\nwant   %s", got, want)
	}
}

// A short call in two languages of this test: 1+6 clips, a pause, 8 clips, and the gaps between them.
func TestCallsAreSaidOneAfterTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.run(func() {
			h.set(func() { h.calls = []Call{{Seq: 2, Token: "A002", Desk: "B"}, {Seq: 1, Token: "A001", Desk: "A"}} })
			time.Sleep(12 * time.Second)
			h.set(func() { h.calls = append(h.calls, Call{Seq: 3, Token: "A001", Desk: "A"}) }) // a recall, as far as it goes
			time.Sleep(time.Minute)
		})
		h.want("0s +8.3s", "9.2s +8.3s", "18.4s +8.3s")
	})
}

func TestWhoeverCameIsNotCalledLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.run(func() {
			h.set(func() {
				for i := range 12 {
					h.calls = append(h.calls, Call{Seq: uint64(i), Token: "A001", Desk: "A"})
				}
			})
			time.Sleep(time.Second)
			h.set(func() { h.calls = slices.Delete(h.calls, 1, 3) })
			time.Sleep(5 * time.Minute)
		})
		// Of twelve at once two came before their turn, and the last three would have been said later than a minute.
		h.want("0s +8.3s", "9.2s +8.3s", "18.4s +8.3s", "27.5s +8.3s", "36.7s +8.3s", "45.9s +8.3s", "55.1s +8.3s")
	})
}

func TestQuietHoursAreLeftToTheScreens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.volume = 0
		h.run(func() {
			h.set(func() { h.calls = []Call{{Seq: 1, Token: "A001", Desk: "A"}} })
			time.Sleep(time.Second)
			h.set(func() { h.volume = 80 })
			time.Sleep(time.Second)
			h.set(func() { h.calls = append(h.calls, Call{Seq: 2}) }) // a notice: the chime alone
			time.Sleep(time.Minute)
		})
		h.want("2s +500ms")
	})
}

// A loudspeaker that fails is told of, and tried again at the next call only.
func TestBrokenLoudspeaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.broken = errors.New("no such device")
		h.run(func() {
			h.set(func() { h.calls = []Call{{Seq: 1, Token: "A001", Desk: "A"}} })
			time.Sleep(time.Minute)
			h.set(func() { h.broken, h.calls = nil, []Call{{Seq: 2, Token: "A001", Desk: "A"}} })
			time.Sleep(time.Minute)
		})
		if len(h.heard) != 2 || h.heard[0] == nil || h.heard[1] != nil {
			t.Errorf("heard %v, want a fault and then none", h.heard)
		}
	})
}
