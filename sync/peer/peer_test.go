package peer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"markaz.example/sync/faultnet"
	"markaz.example/sync/peer"
	"markaz.example/sync/roster"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// pair is a node that is called, and one that calls, on a network between them.
type pair struct {
	authority *roster.Authority
	net       *faultnet.Net
	called    *peer.Node
	caller    *peer.Node
	to        peer.Member
	banned    atomic.Bool // the caller, by the called
	stop      func()
}

// newPair must be called in a bubble. Handle is given the called node before it runs.
func newPair(t *testing.T, handle func(*peer.Node)) *pair {
	t.Helper()
	a, err := roster.NewAuthority(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	p := &pair{authority: a, net: faultnet.NewNet(1), to: peer.Member{Name: "hq-1", Address: "hq-1.test:8444"}}
	p.called, p.caller = p.node(t, a, "hq-1", p.net), p.node(t, a, "hq-2", faultnet.NewNet(2))
	p.called.Admit(func(name string) bool { return name == "hq-2" && !p.banned.Load() })
	handle(p.called)
	ctx, stop := context.WithCancel(context.Background())
	var parts sync.WaitGroup
	for _, n := range []*peer.Node{p.called, p.caller} {
		parts.Go(func() {
			if err := n.Run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	p.stop = func() { stop(); parts.Wait() }
	return p
}

func (p *pair) node(t *testing.T, a *roster.Authority, name string, own *faultnet.Net) *peer.Node {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	pair, err := a.IssueNode(name, []string{name + ".test"}, time.Now())
	if err == nil {
		err = a.SaveNode(dir, pair)
	}
	if err != nil {
		t.Fatal(err)
	}
	c, err := roster.NodeTLS(dir)
	if err != nil {
		t.Fatal(err)
	}
	return peer.New(peer.Config{TLS: c, Listener: own.Listener(), Dial: p.net.Dial, Log: quiet()})
}

func echo(_ context.Context, from string, b []byte) ([]byte, error) {
	if string(b) == "no" {
		return nil, errors.New("it says no")
	}
	return append([]byte(from+": "), b...), nil
}

func TestCallsAreBoundedAndNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t, func(n *peer.Node) { n.Handle("/echo", 10, echo) })
		defer p.stop()
		for name, c := range map[string]struct {
			path, body, want string
			err              error
		}{
			"answered":  {"/echo", "hello", "hq-2: hello", nil},
			"refused":   {"/echo", "no", "", peer.ErrRefused},
			"too large": {"/echo", strings.Repeat("x", 11), "", peer.ErrRefused},
			"no path":   {"/other", "hello", "", peer.ErrRefused},
		} {
			got, err := p.caller.Call(t.Context(), p.to, c.path, []byte(c.body))
			if string(got) != c.want || !errors.Is(err, c.err) {
				t.Errorf("%s: got %q, %v; want %q, %v", name, got, err, c.want, c.err)
			}
		}
	})
}

// TestOnlyMembersAreLetIn: not somebody else's authority, not who is no member, not a box, and not who was one.
func TestOnlyMembersAreLetIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t, func(n *peer.Node) { n.Handle("/echo", 10, echo) })
		defer p.stop()
		other, err := roster.NewAuthority(time.Now())
		if err != nil {
			t.Fatal(err)
		}
		for name, n := range map[string]*peer.Node{
			"another authority": p.node(t, other, "hq-2", faultnet.NewNet(3)),
			"no member":         p.node(t, p.authority, "hq-3", faultnet.NewNet(4)),
		} {
			if _, err := n.Call(t.Context(), p.to, "/echo", []byte("x")); !errors.Is(err, peer.ErrUnreachable) {
				t.Errorf("%s: got %v, want %v", name, err, peer.ErrUnreachable)
			}
		}
		if _, err := p.caller.Call(t.Context(), p.to, "/echo", []byte("x")); err != nil {
			t.Fatal(err)
		}
		p.banned.Store(true)
		if _, err := p.caller.Call(t.Context(), p.to, "/echo", []byte("x")); err == nil {
			t.Error("who is a member no more is answered on an old connection")
		}
	})
}

// TestAnotherNodeIsNotTakenForTheOne: raft would count one node's vote for two.
func TestAnotherNodeIsNotTakenForTheOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t, func(*peer.Node) {})
		defer p.stop()
		_, err := p.caller.DialRaft(t.Context(), peer.Member{Name: "hq-3", Address: p.to.Address})
		if !errors.Is(err, peer.ErrAnother) {
			t.Errorf("got %v, want %v", err, peer.ErrAnother)
		}
	})
}

func TestRaftHasALaneOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t, func(*peer.Node) {})
		defer p.stop()
		c, err := p.caller.DialRaft(t.Context(), p.to)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		far, err := p.called.Raft().Accept()
		if err != nil {
			t.Fatal(err)
		}
		go fmt.Fprint(c, "vote")
		b := make([]byte, 4)
		if _, err := io.ReadFull(far, b); err != nil || string(b) != "vote" {
			t.Errorf("got %q, %v", b, err)
		}
		p.banned.Store(true)
		if _, err := far.Read(b); !errors.Is(err, net.ErrClosed) {
			t.Errorf("who is a member no more is cut off with %v, want %v", err, net.ErrClosed)
		}
	})
}

func TestCallEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := make(chan bool, 1)
		p := newPair(t, func(n *peer.Node) {
			n.Handle("/slow", 10, func(ctx context.Context, _ string, _ []byte) ([]byte, error) {
				began <- true
				<-ctx.Done()
				return nil, ctx.Err()
			})
		})
		defer p.stop()
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-began; cancel() }()
		if _, err := p.caller.Call(ctx, p.to, "/slow", []byte("x")); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want %v", err, context.Canceled)
		}
	})
}

// TestSilentLineEndsACall: the other is there and says nothing.
func TestSilentLineEndsACall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t, func(n *peer.Node) { n.Handle("/echo", 10, echo) })
		defer p.stop()
		p.net.Silence(true)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began := time.Now()
		if _, err := p.caller.Call(ctx, p.to, "/echo", []byte("x")); !errors.Is(err, peer.ErrUnreachable) {
			t.Errorf("got %v, want %v", err, peer.ErrUnreachable)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("a dial into silence took %s", took)
		}
		p.net.Silence(false)
	})
}

// TestShare carries what a node tells to the others, and nil when it does not answer.
func TestShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t, func(n *peer.Node) {
			peer.Share{Node: n, Links: func() []byte { return []byte("my links") }}.Serve()
		})
		defer p.stop()
		told := make(chan []byte, 1)
		s := peer.Share{
			Node: p.caller, Others: func() []peer.Member { return []peer.Member{p.to} },
			Merge: func(node string, b []byte) {
				if node != "hq-1" {
					t.Errorf("told of %q", node)
				}
				told <- b
			},
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Run(ctx) }()
		if got := <-told; !bytes.Equal(got, []byte("my links")) {
			t.Errorf("told %q", got)
		}
		p.banned.Store(true)
		for got := <-told; got != nil; got = <-told {
		}
		stop()
		for len(ended) == 0 {
			select {
			case <-told:
			case err := <-ended:
				ended <- err
			}
		}
	})
}
