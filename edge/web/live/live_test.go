package live

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stage is a hub with one topic, reached over pipes, so that a bubble's time is the time of both ends.
type stage struct {
	t    *testing.T
	hub  *Hub
	pace Pace
	on   *pipes
	end  func()

	renders atomic.Int32
	mu      sync.Mutex
	parts   Parts         // guarded by mu
	err     error         // guarded by mu
	changed chan struct{} // guarded by mu
}

func begin(t *testing.T, pace Pace) *stage {
	t.Helper()
	s := &stage{t: t, pace: pace, on: newPipes(), parts: Parts{"a": "1", "b": "1"}, changed: make(chan struct{})}
	s.hub = New(Config{
		Changed: s.signal, Now: func() (time.Time, bool) { return time.Unix(0, 0), true }, Zone: time.UTC,
		Build: func() string { return "b1" }, Log: slog.New(slog.DiscardHandler),
	})
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { s.hub.Run(ctx) })
	server := &http.Server{Handler: http.HandlerFunc(s.serve)}
	wg.Go(func() { server.Serve(s.on) })
	s.end = sync.OnceFunc(func() {
		stop()
		server.Close()
		wg.Wait()
	})
	synctest.Wait()
	return s
}

func (s *stage) serve(w http.ResponseWriter, r *http.Request) {
	s.hub.Serve(w, r, Topic{Key: "one", Pace: s.pace, Render: s.render})
}

func (s *stage) render(context.Context) (Parts, error) {
	s.renders.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.parts, s.err
}

func (s *stage) signal() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// becomes changes what there is to see, and says so.
func (s *stage) becomes(p Parts, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parts, s.err = p, err
	close(s.changed)
	s.changed = make(chan struct{})
}

// dial reports the status when the socket is refused.
func (s *stage) dial(origin string) (*websocket.Conn, int) {
	s.t.Helper()
	d := websocket.Dialer{NetDialContext: s.on.dial}
	h := http.Header{}
	if origin != "" {
		h.Set("Origin", origin)
	}
	conn, answer, err := d.Dial("ws://box.local/live", h)
	if err != nil && answer == nil {
		s.t.Fatal("dial:", err)
	}
	return conn, answer.StatusCode
}

func (s *stage) join() *websocket.Conn {
	s.t.Helper()
	conn, status := s.dial("http://box.local")
	if conn == nil {
		s.t.Fatalf("socket refused with %d", status)
	}
	return conn
}

// hears returns the next message that is no beat.
func hears(t *testing.T, conn *websocket.Conn) message {
	t.Helper()
	for {
		var m message
		if err := conn.ReadJSON(&m); err != nil {
			t.Fatal("read:", err)
		}
		if m.Parts != nil || m.Trouble {
			return m
		}
	}
}

// listen lets time go by without falling behind.
func listen(t *testing.T, conn *websocket.Conn, d time.Duration) {
	t.Helper()
	for began := time.Now(); time.Since(began) < d; {
		if err := conn.ReadJSON(&message{}); err != nil {
			t.Fatal(err)
		}
	}
}

func wantParts(t *testing.T, what string, got message, want Parts) {
	t.Helper()
	if diff := cmp.Diff(want, got.Parts); diff != "" || got.Build != "b1" || got.Clock != "00:00" {
		t.Errorf("%s: build %q, clock %q, parts (-want +got)\n%s", what, got.Build, got.Clock, diff)
	}
}

func TestFullStateThenDifferences(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, Screen)
		defer s.end()
		first := s.join()
		wantParts(t, "first", hears(t, first), Parts{"a": "1", "b": "1"})
		s.becomes(Parts{"a": "1", "b": "2"}, nil)
		wantParts(t, "a change", hears(t, first), Parts{"b": "2"})
		second := s.join()
		wantParts(t, "a later socket", hears(t, second), Parts{"a": "1", "b": "2"})
		s.becomes(Parts{"a": "2", "b": "2"}, nil)
		wantParts(t, "first again", hears(t, first), Parts{"a": "2"})
		wantParts(t, "second", hears(t, second), Parts{"a": "2"})
	})
}

func TestOrigin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, Screen)
		defer s.end()
		for _, origin := range []string{"null", "https://box.local", "http://evil.example", "http://box.local.evil.example", "http://box.local:81"} {
			if conn, status := s.dial(origin); conn != nil || status != http.StatusForbidden {
				t.Errorf("origin %q: status %d, want 403", origin, status)
			}
		}
		if conn, _ := s.dial("http://box.local"); conn == nil {
			t.Error("control: our own origin is refused")
		}
	})
}

// A page says that it is not live after five seconds of silence, so a healthy socket is never silent for three.
func TestNeverSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, Screen)
		defer s.end()
		conn := s.join()
		last := time.Now()
		for range 20 {
			var m message
			if err := conn.ReadJSON(&m); err != nil {
				t.Fatal(err)
			}
			if silence := time.Since(last); silence > 3*time.Second {
				t.Fatalf("silent for %v", silence)
			}
			last = time.Now()
		}
		if time.Since(last) > 0 || s.renders.Load() < 20 {
			t.Errorf("rendered %d times in 40 s of a ledger that stood still: a printer's cover would go unseen", s.renders.Load())
		}
	})
}

// A thousand changes within a second are at most 25 renders, and the last of them is shown.
func TestChangesAreGathered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, Screen)
		defer s.end()
		conn := s.join()
		hears(t, conn)
		before := s.renders.Load()
		go func() {
			for i := range 1000 {
				s.becomes(Parts{"a": strings.Repeat("x", i+1), "b": "1"}, nil)
				time.Sleep(time.Millisecond)
			}
		}()
		var m message
		for len(m.Parts["a"]) < 1000 {
			m = hears(t, conn)
		}
		fit := int32(time.Second / settleScreen)
		if n := s.renders.Load() - before; n > fit+2 || n < fit-2 {
			t.Errorf("%d renders of a second of changes, want about %d", n, fit)
		}
	})
}

// Phones follow within two seconds, and not before the change.
func TestPhonesFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, Phone)
		defer s.end()
		conn := s.join()
		hears(t, conn)
		listen(t, conn, 10*time.Second)
		before := s.renders.Load()
		asked := time.Now()
		s.becomes(Parts{"a": "2", "b": "1"}, nil)
		wantParts(t, "a phone", hears(t, conn), Parts{"a": "2"})
		if late := time.Since(asked); late > settlePhone || before > 2 {
			t.Errorf("the phone heard after %v; %d renders while nothing happened", late, before)
		}
	})
}

func TestTroubleComesAndGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, Screen)
		defer s.end()
		conn := s.join()
		hears(t, conn)
		s.becomes(nil, errors.New("disk on fire"))
		if m := hears(t, conn); !m.Trouble || m.Parts != nil {
			t.Errorf("trouble: heard %+v", m)
		}
		late := s.join()
		if m := hears(t, late); !m.Trouble {
			t.Errorf("a socket that comes in trouble heard %+v", m)
		}
		s.becomes(Parts{"a": "9", "b": "1"}, nil)
		for troubled := true; troubled; {
			var m message
			if err := conn.ReadJSON(&m); err != nil {
				t.Fatal(err)
			}
			if troubled = m.Trouble; !troubled && m.Parts["a"] != "9" {
				t.Errorf("after the trouble: heard %+v", m)
			}
		}
	})
}

// A reader that does not read is dropped, and its neighbour hears everything.
func TestSlowReaderIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, Screen)
		defer s.end()
		slow, quick := s.join(), s.join()
		hears(t, quick)
		for i := range 3 * queueMax {
			s.becomes(Parts{"a": strings.Repeat("y", i+1), "b": "1"}, nil)
			if m := hears(t, quick); len(m.Parts["a"]) != i+1 {
				t.Fatalf("the quick reader heard %+v at %d", m, i)
			}
			time.Sleep(settleScreen)
		}
		listen(t, quick, 2*writeMax)
		heard := 0
		for ; slow.ReadJSON(&message{}) == nil; heard++ {
		}
		if heard > queueMax+2 {
			t.Errorf("the slow reader heard %d messages, want it dropped after its queue of %d", heard, queueMax)
		}
		s.hub.mu.Lock()
		defer s.hub.mu.Unlock()
		if s.hub.sockets != 1 {
			t.Errorf("%d sockets are held, want the quick reader's", s.hub.sockets)
		}
	})
}

// What a browser sends is not read, and a large frame ends its socket.
func TestTalkative(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, Screen)
		defer s.end()
		conn := s.join()
		hears(t, conn)
		if err := conn.WriteMessage(websocket.TextMessage, make([]byte, readMaxBytes+1)); err != nil {
			t.Fatal(err)
		}
		for {
			if _, _, err := conn.ReadMessage(); err != nil {
				return
			}
		}
	})
}

// The end of the hub asks every page to come back, and leaves nothing behind; before and after it there is no room.
func TestEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, Screen)
		conn := s.join()
		hears(t, conn)
		go s.end()
		for {
			_, _, err := conn.ReadMessage()
			if err == nil {
				continue
			}
			if !websocket.IsCloseError(err, websocket.CloseServiceRestart) {
				t.Errorf("the end: %v, want to be asked back", err)
			}
			break
		}
		conn.Close()
		s.end()
		if _, err := s.hub.join(Topic{Key: "late"}, newSocket("")); !errors.Is(err, errBusy) {
			t.Errorf("joining after the end: %v", err)
		}
		if len(s.hub.topics) != 0 || s.hub.sockets != 0 {
			t.Errorf("left behind: %d topics, %d sockets", len(s.hub.topics), s.hub.sockets)
		}
	})
}

// Nobody watching means nothing rendered.
func TestTopicEndsWithItsLastSocket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, Screen)
		defer s.end()
		conn := s.join()
		hears(t, conn)
		conn.Close()
		synctest.Wait()
		before := s.renders.Load()
		time.Sleep(time.Minute)
		if after := s.renders.Load(); after > before+1 {
			t.Errorf("%d renders for nobody", after-before)
		}
		if len(s.hub.topics) != 0 {
			t.Error("the topic outlived its sockets")
		}
	})
}

// pipes is a listener whose connections are pipes.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.conns <- far:
		return near, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes", Net: "unix"} }
