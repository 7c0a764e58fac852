package link_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"markaz.example/edge/chain"
	"markaz.example/sync/faultnet"
	"markaz.example/sync/link"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// far is the accepting end of a test's one link.
type far struct {
	conn *link.Conn
	ran  chan error
}

// pair dials over a network in memory. It must be called in a bubble; stop ends both.
func pair(t *testing.T, n *faultnet.Net) (near *link.Conn, nearRan chan error, accepted far, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	arrived := make(chan far)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := link.Accept(w, r)
		if err != nil {
			return
		}
		f := far{c, make(chan error, 1)}
		arrived <- f
		f.ran <- c.Run(ctx)
	})}
	l := n.Listener()
	served := make(chan struct{})
	go func() { defer close(served); _ = server.Serve(l) }()
	near, err := link.Dialer{URL: "ws://hq.test/road", Net: n.Dial}.Dial(ctx)
	if err != nil {
		t.Fatal(err)
	}
	nearRan = make(chan error, 1)
	go func() { nearRan <- near.Run(ctx) }()
	accepted = <-arrived
	return near, nearRan, accepted, func() { cancel(); server.Close(); l.Close(); <-served; n.CutAll() }
}

// drain receives to the end, as Close asks, and gives what ended it.
func drain(c *link.Conn) error {
	for {
		if _, err := c.Receive(); err != nil && !errors.Is(err, link.ErrFrame) {
			return err
		}
	}
}

func TestMessagesKeepTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := faultnet.NewNet(1)
		n.Set(faultnet.Faults{Delay: 200 * time.Millisecond})
		near, _, far, stop := pair(t, n)
		go func() {
			for i := range uint64(200) {
				if err := near.Send(t.Context(), wire.Probe{Seq: i}); err != nil {
					t.Error(err)
				}
			}
		}()
		for i := range uint64(200) {
			m, err := far.conn.Receive()
			if err != nil || m != (wire.Probe{Seq: i}) {
				t.Fatalf("got %v, %v, want probe %d", m, err, i)
			}
		}
		stop()
		drain(near)
	})
}

// What was said before Close arrives, also when the other end is still sending much.
func TestLastWordsArrive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, nearRan, far, stop := pair(t, faultnet.NewNet(2))
		go func() {
			for near.Send(context.Background(), wire.Beat{}) == nil {
			}
		}()
		word := wire.NewRefusal(wire.CodeFork, "set aside", chain.Position{Seq: 7}, true)
		if err := far.conn.Send(t.Context(), word); err != nil {
			t.Fatal(err)
		}
		far.conn.Close("done")
		go drain(far.conn)
		if m, err := near.Receive(); err != nil || m != word {
			t.Errorf("got %v, %v, want the refusal", m, err)
		}
		_, err := near.Receive()
		if !errors.Is(err, link.ErrClosed) || !strings.Contains(err.Error(), "done") {
			t.Errorf("got %v, want ErrClosed and the reason", err)
		}
		if err := <-nearRan; !errors.Is(err, link.ErrClosed) {
			t.Errorf("Run: got %v, want ErrClosed", err)
		}
		if err := <-far.ran; !errors.Is(err, link.ErrClosed) {
			t.Errorf("far Run: got %v, want ErrClosed", err)
		}
		if err := near.Send(t.Context(), wire.Beat{}); !errors.Is(err, link.ErrClosed) {
			t.Errorf("Send afterwards: got %v, want ErrClosed", err)
		}
		stop()
	})
}

func TestASocketClosedInMidFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := faultnet.NewNet(3)
		n.Set(faultnet.Faults{Delay: time.Second})
		near, _, far, stop := pair(t, n)
		c := wiretest.New("ISB-01", 1)
		c.Append(map[int]string{1: strings.Repeat("a long form, ", 4000)})
		c.Grow(2000)
		b, err := wire.Pack(c.Key, c.In, c.At(0), 0, c.Records(1, 2001))
		if err != nil {
			t.Fatal(err)
		}
		if err := near.Send(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Second/2, n.CutAll)
		if _, err := far.conn.Receive(); !errors.Is(err, link.ErrCut) {
			t.Errorf("got %v, want ErrCut", err)
		}
		drain(near)
		if err := <-far.ran; !errors.Is(err, link.ErrCut) {
			t.Errorf("Run: got %v, want ErrCut", err)
		}
		stop()
	})
}

// An idle link lives on its pings; the same link on a line that swallows everything ends. The first half is the control.
func TestSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := faultnet.NewNet(4)
		near, _, far, stop := pair(t, n)
		ends := make(chan error, 2)
		go func() { ends <- drain(near) }()
		go func() { ends <- drain(far.conn) }()
		select {
		case err := <-ends:
			t.Fatalf("an idle link ended: %v", err)
		case <-time.After(24 * time.Hour):
		}
		n.Silence(true)
		began := time.Now()
		for range 2 {
			if err := <-ends; !errors.Is(err, link.ErrSilent) {
				t.Errorf("got %v, want ErrSilent", err)
			}
		}
		if took := time.Since(began); took > 2*time.Minute {
			t.Errorf("noticed after %s", took)
		}
		stop()
	})
}

// A mebibyte at 1 KiB/s takes seventeen minutes, far more than any deadline: only progress counts.
func TestASlowLineIsNotASilentOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := faultnet.NewNet(5)
		n.Set(faultnet.Faults{BytesPerSecond: 1024})
		near, _, far, stop := pair(t, n)
		c := wiretest.New("ISB-01", 1)
		c.Grow(2500)
		b, err := wire.Pack(c.Key, c.In, c.At(0), 0, c.Records(1, 2500))
		if err != nil {
			t.Fatal(err)
		}
		if err := near.Send(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		if _, err := far.conn.Receive(); err != nil {
			t.Error(err)
		}
		stop()
		drain(near)
	})
}

func TestTextAndOversizeAreNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := faultnet.NewNet(6)
		l := n.Listener()
		served := make(chan struct{})
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			u := websocket.Upgrader{Subprotocols: []string{"markaz.road.1"}}
			ws, err := u.Upgrade(w, r, nil)
			if err != nil {
				t.Error(err)
				return
			}
			defer ws.Close()
			_ = ws.WriteMessage(websocket.TextMessage, []byte("hello"))
			_ = ws.WriteMessage(websocket.BinaryMessage, []byte{99})
			_ = ws.WriteMessage(websocket.BinaryMessage, make([]byte, wire.FrameBytesMax+1))
			_, _, _ = ws.ReadMessage()
		})}
		go func() { defer close(served); _ = server.Serve(l) }()
		c, err := link.Dialer{URL: "ws://hq.test/road", Net: n.Dial}.Dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		ran := make(chan error, 1)
		go func() { ran <- c.Run(ctx) }()
		for _, want := range []error{link.ErrFrame, wire.ErrKind, wire.ErrTooLarge} {
			if _, err := c.Receive(); !errors.Is(err, want) {
				t.Errorf("got %v, want %v", err, want)
			}
		}
		cancel()
		<-ran
		server.Close()
		<-served
	})
}

func TestDialSaysWhatHeadquartersAnswered(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"403":               func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "not in the roster", http.StatusForbidden) },
		"does not speak":    func(w http.ResponseWriter, r *http.Request) { _, _ = (&websocket.Upgrader{}).Upgrade(w, r, nil) },
		"not in the roster": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "not in the roster", http.StatusForbidden) },
	} {
		t.Run(name, func(t *testing.T) {
			n := faultnet.NewNet(7)
			l := n.Listener()
			served := make(chan struct{})
			server := &http.Server{Handler: h}
			go func() { defer close(served); _ = server.Serve(l) }()
			_, err := link.Dialer{URL: "ws://hq.test/road", Net: n.Dial}.Dial(t.Context())
			if !errors.Is(err, link.ErrRefused) || !strings.Contains(err.Error(), name) {
				t.Errorf("got %v, want ErrRefused saying %q", err, name)
			}
			server.Close()
			<-served
			n.CutAll()
		})
	}
}

func TestDialGivesUpWhenNobodyAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nobody := func(ctx context.Context, _, _ string) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }
		began := time.Now()
		_, err := link.Dialer{URL: "wss://hq.test/road", Net: nobody}.Dial(t.Context())
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > time.Minute {
			t.Errorf("got %v after %s", err, time.Since(began))
		}
	})
}
