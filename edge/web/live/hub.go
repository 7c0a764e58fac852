package live

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"markaz.example/edge/web/proof"
)

// Parts is what a topic shows: element id to HTML.
type Parts map[string]string

// Topic is what all sockets of one kind show.
type Topic struct {
	Key    string                               // topics of one key are one
	Render func(context.Context) (Parts, error) // from acknowledged state only
	Also   func() <-chan struct{}               // closed when something shown changes that is not in the ledger; nil means nothing is
	Pace   Pace
}

// Pace is how fast a topic follows the ledger.
type Pace int

// The paces of topics.
const (
	Screen Pace = iota // at once, at most 12 times a second
	Phone              // within two seconds, spread
)

// Config is what a hub needs.
type Config struct {
	Changed func() <-chan struct{}        // closed when the acknowledged state moves next
	Now     func() (t time.Time, ok bool) // the box's wall time; ok is false while nobody has told it
	Zone    *time.Location                // of the clock on the screens
	Build   func() string                 // a page of another build loads itself anew
	Patient func(*http.Request) bool      // whose screens may follow at the pace of phones; nil means nobody's
	Log     *slog.Logger
}

// Hub hands the parts of topics to their sockets. Any goroutine may call Serve.
type Hub struct {
	Config
	upgrader websocket.Upgrader
	wg       sync.WaitGroup // every goroutine and handler

	mu      sync.Mutex
	running context.Context // guarded by mu; nil before Run and after its end
	topics  map[string]*topic
	sockets int
}

// New makes a hub. It serves once Run runs.
func New(c Config) *Hub {
	return &Hub{Config: c, topics: map[string]*topic{}, upgrader: websocket.Upgrader{
		HandshakeTimeout: writeMax, ReadBufferSize: 512, WriteBufferSize: bufferBytes, CheckOrigin: ownOrigin,
		Error: func(w http.ResponseWriter, _ *http.Request, status int, reason error) {
			http.Error(w, "socket refused: "+reason.Error(), status)
		},
	}}
}

// ownOrigin holds off pages of other sites that a browser has open: the Origin is ours, by name, port and scheme. At the
// desks it must be there, as browsers always send it; what everybody may see a program without one may see too.
func ownOrigin(r *http.Request) bool {
	origin, given := r.Header["Origin"]
	if !given && r.TLS == nil {
		return true
	}
	want := "http"
	if r.TLS != nil {
		want = "https"
	}
	if len(origin) != 1 {
		return false
	}
	u, err := url.Parse(origin[0])
	return err == nil && u.Scheme == want && u.Host != "" && u.Host == r.Host
}

// Run serves until ctx ends, then closes every socket and waits for all goroutines.
func (h *Hub) Run(ctx context.Context) error {
	h.mu.Lock()
	h.running = ctx
	h.mu.Unlock()
	<-ctx.Done()
	h.mu.Lock()
	h.running = nil
	h.mu.Unlock()
	h.wg.Wait()
	return nil
}

// errBusy: the hub is not running, or has all the sockets it can bear.
var errBusy = errors.New("no room for another socket; try again")

// Serve upgrades a request and keeps its socket until either side ends it. When the request's context ends first, the page
// is no longer for this browser: it is told to load itself anew.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, t Topic) {
	if t.Pace == Screen && h.Patient != nil && h.Patient(r) {
		t.Key, t.Pace = "patient/"+t.Key, Phone
	}
	s := newSocket(proof.From(r.Context()))
	topic, err := h.join(t, s)
	if err != nil {
		w.Header().Set("Retry-After", "2")
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	defer h.leave(topic, s)
	conn, err := h.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	stop := context.AfterFunc(r.Context(), s.leave)
	defer stop()
	s.run(h, conn)
}

// join adds a socket to its topic, which begins if it is the first.
func (h *Hub) join(t Topic, s *socket) (*topic, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	own, ok := h.topics[t.Key]
	if h.running == nil || h.sockets == socketsMax || !ok && len(h.topics) == topicsMax {
		return nil, errBusy
	}
	if !ok {
		own = newTopic(h, t)
		h.topics[t.Key] = own
		ctx, stop := context.WithCancel(h.running)
		own.stop = stop
		h.wg.Go(func() { own.run(ctx) })
	}
	h.sockets++
	h.wg.Add(1)
	s.ended = h.running.Done()
	own.add(s)
	return own, nil
}

// leave takes a socket from its topic, which ends if it was the last.
func (h *Hub) leave(t *topic, s *socket) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sockets--
	if t.remove(s) == 0 {
		t.stop()
		delete(h.topics, t.Key)
	}
	h.wg.Done()
}
