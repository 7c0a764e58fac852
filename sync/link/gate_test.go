package link_test

import (
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/sync/faultnet"
	"markaz.example/sync/link"
)

// A thousand boxes dial at once: so many at a time are served, every one in its turn, and those who come and say nothing
// do not keep their place for ever.
func TestAThousandDialsAreServedInTurn(t *testing.T) {
	const places, boxes, mute = 16, 1000, 40
	for name, gated := range map[string]bool{"through a gate": true, "without one": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := faultnet.NewNet(1)
				n.Set(faultnet.Faults{Latency: 100 * time.Millisecond})
				most, served := crowdAtTheDoor(t, n, gated, places, boxes, mute)
				t.Logf("at most %d at a time, %d served", most, served)
				if served != boxes {
					t.Errorf("%d of %d were served", served, boxes)
				}
				if gated != (most <= places) {
					t.Errorf("%d at a time through %d places: the test cannot tell", most, places)
				}
			})
		})
	}
}

func crowdAtTheDoor(t *testing.T, n *faultnet.Net, gated bool, places, boxes, mute int) (most, served int64) {
	t.Helper()
	var inside, worst, done atomic.Int64
	l := n.Listener()
	gate := link.Limit(l, boxes+mute)
	if gated {
		gate = link.Limit(l, places)
	}
	server := &http.Server{
		ReadHeaderTimeout: 10 * time.Second,
		Handler:           http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { done.Add(1); w.WriteHeader(http.StatusNoContent) }),
		ConnState: func(c net.Conn, s http.ConnState) {
			in := c.(*counted)
			if s != http.StateNew {
				in.out()
			}
			gate.State(in.Conn, s)
		},
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = server.Serve(&counter{gate, &inside, &worst}) }()
	var parts sync.WaitGroup
	for range mute {
		parts.Go(func() {
			if c, err := n.Dial(context.Background(), "", ""); err == nil {
				time.Sleep(time.Minute)
				c.Close()
			}
		})
	}
	client := &http.Client{Transport: &http.Transport{DialContext: n.Dial, DisableKeepAlives: true}}
	for range boxes {
		parts.Go(func() {
			answer, err := client.Get("http://hq.test/road")
			if err != nil {
				t.Error(err)
				return
			}
			answer.Body.Close()
		})
	}
	parts.Wait()
	server.Close()
	<-ended
	return worst.Load(), done.Load()
}

// counter counts who has a place in the gate below it: from Accept until the gate is about to hear that they gave it up.
type counter struct {
	net.Listener
	inside, worst *atomic.Int64
}

func (l *counter) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.worst.Store(max(l.worst.Load(), l.inside.Add(1))) // one goroutine accepts
	return &counted{Conn: c, out: sync.OnceFunc(func() { l.inside.Add(-1) })}, nil
}

type counted struct {
	net.Conn
	out func()
}

func (c *counted) Close() error {
	c.out()
	return c.Conn.Close()
}
