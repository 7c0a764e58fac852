package uplink_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"markaz.example/edge/chain"
	"markaz.example/sync/uplink"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ledger is a chain whose parts may be broken.
type ledger struct {
	*wiretest.Chain
	visible uint64 // acknowledged up to here
	stopped bool
	broken  bool
	looked  atomic.Int64
	open    chan struct{}
}

func (l *ledger) Incarnation() chain.Incarnation { return l.In }
func (l *ledger) Acknowledged() chain.Position   { l.looked.Add(1); return l.At(l.visible) }
func (l *ledger) Confirm(chain.Position) error   { return errors.New("disk is read-only") }

func (l *ledger) HashAt(seq uint64) (chain.Hash, error) { return l.At(seq).Hash, nil }

func (l *ledger) Read(after uint64, _ int) ([][]byte, error) {
	if l.broken {
		return nil, errors.New("record 1 is damaged")
	}
	return l.Records(after+1, l.Head().Seq), nil // more than was acknowledged: Uplink must hold to UpTo itself
}

func (l *ledger) Changed() <-chan struct{} {
	if l.stopped {
		closed := make(chan struct{})
		close(closed)
		return closed
	}
	return l.open
}

// fake is a link to a headquarters that a test plays.
type fake struct {
	sent chan wire.Message
	say  chan wire.Message
	end  chan struct{}
	once sync.Once
}

func newFake() *fake {
	return &fake{sent: make(chan wire.Message, 100), say: make(chan wire.Message, 100), end: make(chan struct{})}
}

func (f *fake) Close(string) { f.once.Do(func() { close(f.end) }) }

func (f *fake) Run(ctx context.Context) error {
	select {
	case <-ctx.Done():
	case <-f.end:
	}
	f.Close("")
	return errors.New("ended")
}

func (f *fake) Send(_ context.Context, m wire.Message) error { f.sent <- m; return nil }

func (f *fake) Receive() (wire.Message, error) {
	select {
	case m := <-f.say:
		return m, nil
	case <-f.end:
		return nil, errors.New("ended")
	}
}

// play runs an uplink in a bubble over the links that dial gives, until the returned function is called.
func play(t *testing.T, l *ledger, dial func() (uplink.Link, error)) (states chan uplink.State, stop func()) {
	t.Helper()
	states = make(chan uplink.State, 1000)
	u := &uplink.Uplink{
		Ledger: l, Key: l.Key, Software: "test", Wall: time.Now, Random: rand.New(rand.NewPCG(1, 1)),
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Report: func(s uplink.State) { states <- s },
		Dial: func(context.Context) (uplink.Link, error) { return dial() },
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- u.Run(ctx) }()
	return states, func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run ended with %v", err)
		}
	}
}

func box(records int) *ledger {
	c := wiretest.New("ISB-01", 1)
	c.Grow(records)
	return &ledger{Chain: c, visible: c.Head().Seq, open: make(chan struct{})}
}

func TestNeverSendsBeyondAcknowledged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, f := box(50), newFake()
		l.visible = 30
		_, stop := play(t, l, func() (uplink.Link, error) { return f, nil })
		if h := (<-f.sent).(wire.Hello); h.Head != l.At(30) {
			t.Errorf("greets with %s, want 30", h.Head)
		}
		f.say <- wire.Welcome{Version: 1, Held: l.At(0), Window: 8}
		if b := (<-f.sent).(wire.Beat); b.Head != l.At(30) {
			t.Errorf("beats with %s, want 30", b.Head)
		}
		b := (<-f.sent).(wire.Batch)
		if b.Last() != l.At(30) {
			t.Errorf("sent up to %s, want 30", b.Last())
		}
		if err := b.Verify(l.Public()); err != nil {
			t.Error(err)
		}
		stop()
	})
}

// A ledger that has stopped says for ever that it changed. That must cost nothing.
func TestAStoppedLedgerDoesNotSpin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, f := box(5), newFake()
		l.stopped = true
		_, stop := play(t, l, func() (uplink.Link, error) { return f, nil })
		time.Sleep(time.Minute)
		if n := l.looked.Load(); n > 1000 {
			t.Errorf("looked %d times in a minute", n)
		}
		stop()
	})
}

func TestADamagedLedgerIsReportedAndNeverFatal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := box(5)
		l.broken = true
		dials := 0
		states, stop := play(t, l, func() (uplink.Link, error) {
			dials++
			f := newFake()
			f.say <- wire.Welcome{Version: 1, Held: l.At(0), Window: 8}
			return f, nil
		})
		time.Sleep(time.Hour)
		stop()
		var last uplink.State
		for len(states) > 0 {
			last = <-states
		}
		if last.Code != uplink.CodeUnreadable || last.Detail == "" || last.Up {
			t.Errorf("got %+v", last)
		}
		if dials < 3 || dials > 15 {
			t.Errorf("%d dials in an hour, want a few", dials)
		}
	})
}

func TestALinkThatEndsIsDialledAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := box(5)
		links := make(chan *fake, 100)
		dials := 0
		_, stop := play(t, l, func() (uplink.Link, error) {
			if dials++; dials%3 == 0 {
				return nil, errors.New("no route")
			}
			f := newFake()
			links <- f
			return f, nil
		})
		for range 10 {
			f := <-links
			if _, ok := (<-f.sent).(wire.Hello); !ok {
				t.Error("a link does not begin with Hello")
			}
			f.Close("")
		}
		stop()
	})
}
