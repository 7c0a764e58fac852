package hall

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"markaz.example/edge/voice"
)

// sound is what a screen's own loudspeaker has to say. The page remembers what it has said.
type sound struct {
	Run     string // the page forgets what it said in another run of the box
	Volume  int    // percent; 0 in quiet hours
	Calls   []said // the oldest first; whoever came is not there any more
	GapMS   int64  // between two announcements
	PauseMS int64  // for the clip that is none
}

type said struct {
	Key   string
	Clips string // their names, with spaces between
}

func (h *Hall) sound(ctx context.Context, s Screen) (*sound, error) {
	if !s.Speaks || len(h.Voice.Speech.Langs) == 0 {
		return nil, nil
	}
	calls, err := h.floor.Calling(ctx, s.Rooms)
	if err != nil {
		return nil, err
	}
	out := &sound{Run: h.run, Volume: h.volume(), GapMS: voice.GapCalls.Milliseconds(), PauseMS: voice.GapLangs.Milliseconds()}
	for _, c := range h.due(s, calls) {
		out.Calls = append(out.Calls, said{strconv.FormatUint(c.Seq, 10), names(h.Voice.Speech.Say(c, s.Rooms))})
	}
	return out, nil
}

func (h *Hall) due(s Screen, calls []voice.Call) []voice.Call {
	h.mu.Lock()
	defer h.mu.Unlock()
	queue, now := h.queues[s.Name], time.Since(h.start)
	queue.Tell(calls, now)
	return queue.Due(now)
}

func (h *Hall) volume() int {
	if h.Voice.Now == nil {
		return h.Voice.Hours.At(time.Time{}, false)
	}
	return h.Voice.Hours.At(h.Voice.Now())
}

func names(clips []voice.Clip) string {
	out := make([]string, len(clips))
	for i, c := range clips {
		out[i] = string(c)
	}
	return strings.Join(out, " ")
}

// clip serves a clip. A browser asks each time whether it has the newest: one may have been recorded since.
func (h *Hall) clip(w http.ResponseWriter, r *http.Request) {
	name, wav := strings.CutSuffix(r.PathValue("file"), ".wav")
	b, err := h.Voice.Store.File(voice.Clip(r.PathValue("lang") + "/" + name))
	if err != nil || !wav {
		http.Error(w, "no such clip", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "audio/wav")
	w.Header().Set("Cache-Control", "no-cache")
	w.Write(b) // a browser that left is no error of ours
}
