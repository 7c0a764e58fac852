package link_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/faultnet"
	"markaz.example/sync/link"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

// largest is a batch that nothing compresses. The link does not open it.
func largest() wire.Batch {
	c := wiretest.New("ISB-01", 1)
	b := wire.Batch{RawBytes: wire.RawBytesMax, Block: bytes.Repeat([]byte{7}, wire.BlockBytesMax)}
	b.Prev, b.Checkpoint.Position = chain.Position{Seq: 1}, chain.Position{Seq: 1001}
	b.Checkpoint.Incarnation = c.In
	return b
}

// hall is headquarters' end of many links, each of which sends the largest frames.
type hall struct {
	room     *link.Room // nil: they share nothing
	keeps    time.Duration
	held     atomic.Int64
	most     atomic.Int64 // batches kept at once
	received atomic.Int64
	failed   chan error
}

func (h *hall) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, err := link.Accept(w, r)
	if err != nil {
		return
	}
	if h.room != nil {
		c.Share(h.room)
	}
	defer c.Release()
	ran := make(chan struct{})
	go func() { defer close(ran); _ = c.Run(context.Background()) }()
	for {
		m, err := c.Receive()
		if err != nil {
			h.failed <- err
			break
		}
		if b, ok := m.(wire.Batch); ok {
			now := h.held.Add(1)
			h.most.Store(max(h.most.Load(), now))
			time.Sleep(h.keeps) // as long as a quorum takes
			h.held.Add(-1)
			h.received.Add(1)
			c.Done(b)
		}
	}
	c.Close("done")
	<-ran
}

// fill has many links send the largest frame twice, and gives what ended them.
func (h *hall) fill(t *testing.T, links int, f faultnet.Faults) []error {
	t.Helper()
	h.failed = make(chan error, links)
	n := faultnet.NewNet(1)
	n.Set(f)
	l := n.Listener()
	server := &http.Server{Handler: h}
	served := make(chan struct{})
	go func() { defer close(served); _ = server.Serve(l) }()
	batch := largest()
	var parts sync.WaitGroup
	for range links {
		parts.Go(func() { send(t, n, batch) })
	}
	parts.Wait()
	server.Close()
	l.Close()
	<-served
	var errs []error
	for range links {
		errs = append(errs, <-h.failed)
	}
	return errs
}

func send(t *testing.T, n *faultnet.Net, batch wire.Batch) {
	c, err := link.Dialer{URL: "ws://hq.test/road", Net: n.Dial}.Dial(context.Background())
	if err != nil {
		t.Error(err)
		return
	}
	ran := make(chan struct{})
	go func() { defer close(ran); _ = c.Run(context.Background()) }()
	for range 2 {
		_ = c.Send(context.Background(), batch)
	}
	c.Close("said all")
	for {
		if _, err := c.Receive(); err != nil {
			break
		}
	}
	<-ran
}

// However many links send the largest frames, what is kept of them stays within the room, and all of them arrive.
func TestManyLinksShareOneRoom(t *testing.T) {
	const links, frames = 8, 3
	line := faultnet.Faults{BytesPerSecond: 400_000, Latency: 50 * time.Millisecond}
	for name, shared := range map[string]bool{"sharing": true, "not sharing": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := &hall{keeps: time.Second / 2}
				if shared {
					h.room = link.NewRoom(frames * wire.FrameBytesMax)
				}
				h.fill(t, links, line)
				t.Logf("at most %d of %d batches at once, %d received", h.most.Load(), 2*links, h.received.Load())
				if within := h.most.Load() <= frames; within != shared || h.received.Load() != 2*links {
					t.Errorf("within the room: %v, %d of %d received", within, h.received.Load(), 2*links)
				}
				if shared && h.room.Least() < 0 {
					t.Errorf("%d bytes more than the room has", -h.room.Least())
				}
			})
		})
	}
}

// Whoever sends large frames slowly does not keep the room from the others.
func TestASlowLargeFrameLosesItsRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hall{room: link.NewRoom(wire.FrameBytesMax)}
		errs := h.fill(t, 1, faultnet.Faults{BytesPerSecond: 2000})
		if len(errs) != 1 || !errors.Is(errs[0], link.ErrNoRoom) {
			t.Errorf("got %v, want ErrNoRoom", errs)
		}
	})
}

// The sums that limits.go and ARCHITECTURE.md state.
func TestMemoryOfAllLinksIsStated(t *testing.T) {
	const links, stated = 1024, 278 << 20
	if got := links*link.LinkBytesMax + link.RoomBytes; got > stated || got < stated*9/10 {
		t.Errorf("%d links may have %d MiB, %d are stated", links, got>>20, stated>>20)
	}
	if link.RoomBytes < 16*wire.FrameBytesMax {
		t.Error("the room is too small for sixteen at once")
	}
}
