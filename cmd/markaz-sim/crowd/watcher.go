package crowd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"markaz.example/cmd/markaz-sim/client"
	"markaz.example/cmd/markaz-sim/stage"
)

// watcher is a browser that shows a live page: it remembers when each thing was first to be seen there.
type watcher struct {
	page string // "/hall/live"
	look func(parts map[string]string) []string

	mu   sync.Mutex
	seen map[string]time.Time // guarded by mu
	news chan struct{}        // guarded by mu: closed and replaced when something was seen
}

func newWatcher(page string, look func(map[string]string) []string) *watcher {
	return &watcher{page: page, look: look, seen: map[string]time.Time{}, news: make(chan struct{})}
}

// run keeps the socket until the context ends. From is the address that this browser has.
func (w *watcher) run(ctx context.Context, s *stage.Stage, from net.IP) error {
	trust, err := client.Trust(s.Root())
	if err != nil {
		return err
	}
	dialer := websocket.Dialer{
		HandshakeTimeout: answerWait, NetDialContext: (&net.Dialer{LocalAddr: &net.TCPAddr{IP: from}}).DialContext, TLSClientConfig: trust,
	}
	url := s.BoxURL(w.page)
	conn, _, err := dialer.DialContext(ctx, "ws"+strings.TrimPrefix(url, "http"), http.Header{"Origin": {strings.TrimSuffix(url, w.page)}})
	if err != nil {
		return fmt.Errorf("screen %s: %w", w.page, err)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	conn.SetReadLimit(messageMax)
	for {
		var m struct {
			Parts map[string]string `json:"parts"`
		}
		_, b, err := conn.ReadMessage()
		now := time.Now()
		if err == nil {
			err = json.Unmarshal(b, &m)
		}
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("screen %s: %w", w.page, err)
		}
		w.note(now, w.look(m.Parts))
	}
}

func (w *watcher) note(at time.Time, things []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, thing := range things {
		if _, ok := w.seen[thing]; !ok {
			w.seen[thing] = at
		}
	}
	if len(things) > 0 {
		close(w.news)
		w.news = make(chan struct{})
	}
}

// errUnseen is reported when a screen did not show something in time.
var errUnseen = errors.New("not seen in time")

// await is when any of some things was first to be seen: a screen that shows the newest state may pass over one.
func (w *watcher) await(ctx context.Context, things ...string) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	for {
		at, news := w.first(things)
		if !at.IsZero() {
			return at, nil
		}
		select {
		case <-news:
		case <-ctx.Done():
			return at, fmt.Errorf("%q on %s: %w", things, w.page, errUnseen)
		}
	}
}

// first is when the first of some things was seen; zero for none yet. News is closed when more is seen.
func (w *watcher) first(things []string) (at time.Time, news <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, thing := range things {
		if seen, ok := w.seen[thing]; ok && (at.IsZero() || seen.Before(at)) {
			at = seen
		}
	}
	return at, w.news
}

var (
	numbered = regexp.MustCompile(`\b[A-Z][0-9]{3}\b`)
	inState  = regexp.MustCompile(`state-(called|serving)`)
)

// hallShows is every number that a hall screen calls.
func hallShows(parts map[string]string) (out []string) {
	for _, part := range []string{"newest", "earlier"} {
		out = append(out, numbered.FindAllString(parts[part], -1)...)
	}
	return out
}

// deskShows is whom a desk has in hand and how, "called K001", and who is gone from it, "gone K001".
func deskShows() func(map[string]string) []string {
	last := ""
	return func(parts map[string]string) (out []string) {
		hand, ok := parts["hand"]
		if !ok {
			return nil
		}
		token := numbered.FindString(hand)
		if last != "" && token != last {
			out = append(out, "gone "+last)
		}
		last = token
		if state := inState.FindStringSubmatch(hand); token != "" && state != nil {
			out = append(out, state[1]+" "+token)
		}
		return out
	}
}

// phoneShows is whether a phone was told to come.
func phoneShows(parts map[string]string) []string {
	if strings.Contains(parts["place"], "phone-called") {
		return []string{"called"}
	}
	return nil
}

func livePage(page string, query url.Values) string { return page + "/live?" + query.Encode() }
