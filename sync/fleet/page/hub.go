package page

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"markaz.example/edge/id"
)

// hub hands what changes on the boards to the sockets.
type hub struct {
	site     *Site
	upgrader websocket.Upgrader
	wg       sync.WaitGroup // sockets

	mu      sync.Mutex
	running context.Context   // guarded by mu; nil before Run and after its end
	boards  map[string]*board // guarded by mu; those of the map always, those of centres while somebody watches
	sockets int               // guarded by mu
	from    map[string]int    // guarded by mu; sockets by address
}

func newHub(s *Site) *hub {
	return &hub{site: s, boards: map[string]*board{}, from: map[string]int{}, upgrader: websocket.Upgrader{
		HandshakeTimeout: writeMax, ReadBufferSize: 512, WriteBufferSize: bufferBytes, CheckOrigin: ownOrigin,
		Error: func(w http.ResponseWriter, _ *http.Request, status int, reason error) {
			http.Error(w, "socket refused: "+reason.Error(), status)
		},
	}}
}

// ownOrigin holds off pages of other sites that somebody's browser has open. The library's own check lets a missing
// Origin pass, which suits machines; a browser always sends one.
func ownOrigin(r *http.Request) bool {
	u, err := url.Parse(r.Header.Get("Origin"))
	return err == nil && u.Host != "" && u.Host == r.Host
}

// Run keeps the boards that somebody watches true until the context ends, then closes every socket and waits for it.
func (s *Site) Run(ctx context.Context) error {
	h := s.hub
	h.mu.Lock()
	h.running = ctx
	h.mu.Unlock()
	for {
		changed := s.fleet.Changed() // before the render, or a change during it would be missed
		for _, b := range h.watched() {
			if err := b.refresh(); err != nil {
				s.log.Error("render the fleet page", "err", err)
			}
		}
		if !pause(ctx, nil, settle) || !pause(ctx, changed, again) {
			break
		}
	}
	h.mu.Lock()
	h.running = nil
	h.mu.Unlock()
	h.wg.Wait()
	return nil
}

// pause waits for a signal or the end of d. It reports false when ctx ended first.
func pause(ctx context.Context, signal <-chan struct{}, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-signal:
	case <-timer.C:
	}
	return true
}

func (h *hub) watched() (out []*board) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, b := range h.boards {
		if b.watchers > 0 {
			out = append(out, b)
		}
	}
	return out
}

// errBusy: the hub is not running, or has all the sockets it can bear.
var errBusy = errors.New("no room for another socket; try again")

// live serves the socket of the map, or with "centre" that of a centre. With "epoch" and "after" a browser says what it
// has.
func (s *Site) live(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	code := id.Centre(q.Get("centre"))
	if _, ok := s.fleet.Detail(code); code != "" && !ok {
		http.NotFound(w, r)
		return
	}
	watch, err := s.hub.join(langOf(r), code, addressOf(r))
	if err != nil {
		w.Header().Set("Retry-After", "2")
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	defer watch.leave()
	conn, err := s.hub.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	var have uint64
	if q.Get("epoch") == s.epoch {
		have, _ = strconv.ParseUint(q.Get("after"), 10, 64) // a browser that has nonsense has nothing
	}
	watch.run(conn, have)
}

func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// join begins to watch a board; centre is empty for the map.
func (h *hub) join(l Lang, centre id.Centre, from string) (*watch, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.running == nil || h.running.Err() != nil || h.sockets == socketsMax || h.from[from] == addressMax {
		return nil, errBusy
	}
	b := h.board(l, centre)
	b.watchers++
	h.sockets++
	h.from[from]++
	h.wg.Add(1)
	leave := func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.sockets--
		if h.from[from]--; h.from[from] == 0 {
			delete(h.from, from)
		}
		if b.watchers--; b.watchers == 0 && centre != "" {
			delete(h.boards, boardKey(l, centre))
		}
		h.wg.Done()
	}
	return &watch{board: b, site: h.site, ended: h.running.Done(), leave: leave}, nil
}

func boardKey(l Lang, centre id.Centre) string { return string(l) + " " + string(centre) }

// board is the one board of a screen in a language. The lock is held.
func (h *hub) board(l Lang, centre id.Centre) *board {
	key := boardKey(l, centre)
	b, ok := h.boards[key]
	if !ok {
		b = h.site.newBoard(l, centre)
		h.boards[key] = b
	}
	return b
}

// overview is the board of the map.
func (h *hub) overview(l Lang) *board {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.board(l, "")
}
