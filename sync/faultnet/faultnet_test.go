package faultnet_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/sync/faultnet"
)

func TestAgendaKeepsTimeAndOrder(t *testing.T) {
	a := faultnet.NewAgenda(1)
	begin, got := a.Now(), ""
	a.After(2*time.Second, func() { got += "c" })
	a.After(time.Second, func() { got += "a"; a.After(-time.Hour, func() { got += "!" }) })
	a.After(time.Second, func() { got += "b" })
	a.After(time.Minute, func() { got += "never" })
	for a.Next(begin.Add(30 * time.Second)) {
	}
	if got != "a!bc" || a.Now() != begin.Add(2*time.Second) || a.Steps() != 4 {
		t.Errorf("got %q, %d steps, at %s", got, a.Steps(), a.Now())
	}
}

func TestAgendaIsAFunctionOfItsSeed(t *testing.T) {
	play := func(seed uint64) [32]byte {
		a := faultnet.NewAgenda(seed)
		var again func()
		again = func() {
			a.Note("again", a.Random.Uint64())
			if a.Chance(0.99) {
				a.After(a.Within(time.Hour), again)
			}
		}
		again()
		for a.Next(a.Now().Add(time.Hour)) {
		}
		return a.Trace()
	}
	first, again, other := play(1), play(1), play(2)
	if first != again || first == other {
		t.Error("the trace does not follow the seed")
	}
}

// connect must be called in a bubble.
func connect(t *testing.T, n *faultnet.Net) (near, far net.Conn) {
	t.Helper()
	accepted := make(chan net.Conn)
	go func() {
		c, err := n.Listener().Accept()
		if err != nil {
			t.Error(err)
		}
		accepted <- c
	}()
	near, err := n.Dial(t.Context(), "tcp", "hq.test:443")
	if err != nil {
		t.Fatal(err)
	}
	return near, <-accepted
}

// Both ends write at once more than the buffers hold; every byte arrives in order, late.
func TestBothDirectionsCarryEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := faultnet.NewNet(1)
		n.Set(faultnet.Faults{Delay: time.Second})
		near, far := connect(t, n)
		random := rand.New(rand.NewPCG(1, 1))
		sent := make([]byte, 2<<20)
		for i := range sent {
			sent[i] = byte(random.Uint32())
		}
		for _, c := range []net.Conn{near, far} {
			go func() {
				for rest := sent; len(rest) > 0; rest = rest[min(len(rest), 7001):] {
					if _, err := c.Write(rest[:min(len(rest), 7001)]); err != nil {
						t.Error(err)
					}
				}
			}()
		}
		began := time.Now()
		for _, c := range []net.Conn{near, far} {
			got := make([]byte, len(sent))
			if _, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, sent) {
				t.Errorf("%v, or bytes differ", err)
			}
		}
		if time.Since(began) == 0 {
			t.Error("nothing was delayed")
		}
	})
}

func TestDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, _ := connect(t, faultnet.NewNet(1))
		began := time.Now()
		_ = near.SetDeadline(began.Add(5 * time.Second))
		if _, err := near.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(began) != 5*time.Second {
			t.Errorf("Read: got %v after %s", err, time.Since(began))
		}
		if _, err := near.Write(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("Write: got %v", err)
		}
		_ = near.SetDeadline(time.Time{})
		if _, err := near.Write(make([]byte, 1)); err != nil {
			t.Errorf("Write without a deadline: %v", err)
		}
		time.AfterFunc(time.Second, func() { _ = near.SetReadDeadline(time.Unix(1, 0)) })
		if _, err := near.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("Read while the deadline moves: got %v", err)
		}
		_ = near.SetWriteDeadline(time.Now().Add(time.Hour))
		if _, err := near.Write(make([]byte, 1<<20)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("Write past the buffer: got %v", err)
		}
	})
}

func TestCloseDeliversWhatWasWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := connect(t, faultnet.NewNet(1))
		_, _ = near.Write([]byte("last words"))
		near.Close()
		got, err := io.ReadAll(far)
		if string(got) != "last words" || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
		if _, err := far.Write([]byte("?")); err == nil {
			t.Error("wrote to nobody")
		}
		if _, err := near.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
			t.Errorf("got %v, want ErrClosed", err)
		}
	})
}

func TestFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := faultnet.NewNet(1)
		near, far := connect(t, n)
		n.Silence(true)
		if k, err := near.Write([]byte("into the void")); k != 13 || err != nil {
			t.Errorf("a silent line refuses: %v", err)
		}
		n.Silence(false)
		_, _ = near.Write([]byte("x"))
		b := make([]byte, 20)
		if k, _ := far.Read(b); string(b[:k]) != "x" {
			t.Errorf("got %q", b[:k])
		}
		n.CutAll()
		if _, err := far.Read(b); err == nil {
			t.Error("a cut line carries")
		}
		n.Set(faultnet.Faults{BytesPerSecond: 100})
		near, far = connect(t, n)
		began := time.Now()
		go func() { _, _ = near.Write(make([]byte, 1000)) }()
		_, err := io.ReadFull(far, make([]byte, 1000))
		if took := time.Since(began); err != nil || took < 9*time.Second || took > 11*time.Second {
			t.Errorf("1000 bytes at 100/s took %s, %v", took, err)
		}
		n.Set(faultnet.Faults{Refuse: 1})
		if _, err := n.Dial(t.Context(), "tcp", "x"); !errors.Is(err, faultnet.ErrCut) {
			t.Errorf("got %v, want ErrCut", err)
		}
	})
}

func TestCutFallsAnywhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := faultnet.NewNet(1)
		for budget := range int64(20) {
			near, far := connect(t, n)
			cut := faultnet.Cut(near, budget)
			k, err := cut.Write(make([]byte, 20))
			if int64(k) != budget || !errors.Is(err, faultnet.ErrCut) {
				t.Errorf("wrote %d of %d, %v", k, budget, err)
			}
			got, _ := io.ReadAll(far)
			if int64(len(got)) != budget {
				t.Errorf("%d of %d arrived", len(got), budget)
			}
		}
	})
}
