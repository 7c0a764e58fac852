package quorum

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"markaz.example/edge/berth/berthtest"
	"markaz.example/sync/archive"
	"markaz.example/sync/faultnet"
	"markaz.example/sync/peer"
	"markaz.example/sync/roster"
)

// patience bounds every wait; a machine that does ten other things needs it.
const patience = 4 * time.Minute

// mesh is a network between nodes: a faultnet for each way, so that every way can be silenced by itself.
type mesh struct {
	seed uint64

	mu   sync.Mutex
	ways map[way]*faultnet.Net // guarded by mu
	ends map[string]*mouth     // guarded by mu; by address
	away map[string]bool       // guarded by mu; addresses that nothing reaches or leaves
	slow map[string]int        // guarded by mu; bytes a second to an address, on connections made from now on
}

type way struct{ from, to string } // addresses

func newMesh(seed uint64) *mesh {
	return &mesh{seed: seed, ways: map[way]*faultnet.Net{}, ends: map[string]*mouth{}, away: map[string]bool{}, slow: map[string]int{}}
}

// mouth is a listener for all ways to one address.
type mouth struct {
	address string
	conns   chan net.Conn
	done    chan struct{}
	once    sync.Once
	parts   sync.WaitGroup
	mesh    *mesh
}

func (m *mouth) Accept() (net.Conn, error) {
	select {
	case c := <-m.conns:
		return c, nil
	case <-m.done:
		return nil, net.ErrClosed
	}
}

func (m *mouth) Close() error {
	m.once.Do(func() { close(m.done) })
	m.mesh.shut(m.address)
	m.parts.Wait()
	return nil
}

func (m *mouth) Addr() net.Addr { return address(m.address) }

func (m *mesh) listen(at string) *mouth {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := &mouth{address: at, conns: make(chan net.Conn), done: make(chan struct{}), mesh: m}
	m.ends[at] = e
	return e
}

// shut ends every way to an address.
func (m *mesh) shut(at string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.ends, at)
	for w, n := range m.ways {
		if w.to == at {
			n.Listener().Close()
			n.CutAll()
			delete(m.ways, w)
		}
	}
}

func (m *mesh) way(w way) *faultnet.Net {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n, ok := m.ways[w]; ok {
		return n
	}
	end, ok := m.ends[w.to]
	if !ok {
		return nil
	}
	n := faultnet.NewNet(m.seed)
	n.Set(faultnet.Faults{Delay: 3 * time.Millisecond, BytesPerSecond: m.slow[w.to]})
	n.Silence(m.away[w.from] || m.away[w.to])
	m.ways[w] = n
	end.parts.Go(func() {
		for {
			c, err := n.Listener().Accept()
			if err != nil {
				return
			}
			select {
			case end.conns <- c:
			case <-end.done:
				c.Close()
			}
		}
	})
	return n
}

func (m *mesh) dial(from string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, to string) (net.Conn, error) {
		n := m.way(way{from, to})
		if n == nil {
			return nil, fmt.Errorf("nobody listens at %s", to)
		}
		return n.Dial(ctx, network, to)
	}
}

// isolate silences every way from and to an address, or ends that. Connections that were silent are cut then, as bytes
// of them are missing.
func (m *mesh) isolate(at string, away bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.away[at] = away
	for w, n := range m.ways {
		silent := m.away[w.from] || m.away[w.to]
		if w.from != at && w.to != at {
			continue
		}
		n.Silence(silent)
		if !silent {
			n.CutAll()
		}
	}
}

// group is some nodes in one process.
type group struct {
	mesh      *mesh
	authority *roster.Authority
	dir       string
	tcp       bool // on loopback, for processes of their own; else on the mesh
	nodes     []*groupNode
}

type groupNode struct {
	*running
	group   *group
	name    string
	address string
	dir     string
	join    bool
}

func newGroup(t testing.TB, seed uint64) *group {
	t.Helper()
	a, err := roster.NewAuthority(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return &group{mesh: newMesh(seed), authority: a, dir: t.TempDir()}
}

// node makes the files of a node. It is started by start.
func (g *group) node(t testing.TB, join bool) *groupNode {
	t.Helper()
	name := fmt.Sprintf("hq-%d", len(g.nodes)+1)
	n := &groupNode{group: g, name: name, address: name + ".test:8444", dir: filepath.Join(g.dir, name), join: join}
	if g.tcp {
		n.address = berthtest.Address(t)
	}
	p, err := g.authority.IssueNode(name, []string{name + ".test", "127.0.0.1"}, time.Now())
	if err == nil {
		err = errors.Join(os.MkdirAll(n.dir, 0o700), g.authority.SaveNode(filepath.Join(n.dir, "tls"), p))
	}
	if err != nil {
		t.Fatal(err)
	}
	g.nodes = append(g.nodes, n)
	return n
}

func (n *groupNode) start(t testing.TB) {
	t.Helper()
	n.begin(t)
	n.isReady(t)
}

// begin starts a node and does not wait for it.
func (n *groupNode) begin(t testing.TB) {
	t.Helper()
	a, err := archive.Open(filepath.Join(n.dir, "archive.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	q, err := Open(n.config(t, a))
	if err != nil {
		t.Fatal(errors.Join(err, a.Close()))
	}
	n.run(q, a)
}

func (n *groupNode) config(t testing.TB, a *archive.Archive) Config {
	t.Helper()
	c, err := roster.NodeTLS(filepath.Join(n.dir, "tls"))
	if err != nil {
		t.Fatal(err)
	}
	if n.group.tcp {
		return onLoopback(t, n.dir, n.name, n.address, n.join, a)
	}
	p := peer.New(peer.Config{TLS: c, Listener: n.group.mesh.listen(n.address), Dial: n.group.mesh.dial(n.address), Log: quiet()})
	return Config{Dir: n.dir, Name: n.name, Archive: a, Log: quiet(), Peer: p, Address: n.address, Join: n.join}
}

// onLoopback is the config of a node that is reached by TCP.
func onLoopback(t testing.TB, dir, name, address string, join bool, a *archive.Archive) Config {
	t.Helper()
	c, err := roster.NodeTLS(filepath.Join(dir, "tls"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	p := peer.New(peer.Config{TLS: c, Listener: l, Dial: (&net.Dialer{}).DialContext, Log: quiet()})
	return Config{Dir: dir, Name: name, Archive: a, Log: quiet(), Peer: p, Address: address, Join: join}
}

func (n *groupNode) run(q *Node, a *archive.Archive) {
	ctx, stop := context.WithCancel(context.Background())
	n.running = &running{Node: q, archive: a, stop: stop, ended: make(chan error, 1)}
	go func(r *running) { r.ended <- q.Run(ctx) }(n.running)
}

func (n *groupNode) isReady(t testing.TB) {
	t.Helper()
	select {
	case <-n.Ready():
	case err := <-n.ended:
		t.Fatalf("node %s ended: %v", n.name, err)
	case <-time.After(patience):
		t.Fatalf("node %s is not ready after %s", n.name, patience)
	}
}

func (n *groupNode) member() peer.Member { return peer.Member{Name: n.name, Address: n.address} }

// three starts a group of three.
func three(t testing.TB, seed uint64) *group {
	t.Helper()
	return newGroup(t, seed).three(t)
}

func (g *group) three(t testing.TB) *group {
	t.Helper()
	g.node(t, false).start(t)
	for range 2 {
		n := g.node(t, true)
		n.start(t)
		g.add(t, n)
	}
	return g
}

func (g *group) add(t testing.TB, n *groupNode) {
	t.Helper()
	await(t, "the group takes in "+n.name, func() bool { return g.leader(t).AddMember(t.Context(), n.member()) == nil })
}

// await waits until something holds.
func await(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited %s for this: %s", patience, what)
		}
	}
}

// leader is the node that leads, once one does.
func (g *group) leader(t testing.TB) (l *groupNode) {
	t.Helper()
	await(t, "a leader", func() bool {
		for _, n := range g.nodes {
			if n.running != nil && n.answers.refusing() == nil {
				l = n
				return true
			}
		}
		return false
	})
	return l
}

// same waits until all running nodes hold the same.
func (g *group) same(t testing.TB) {
	t.Helper()
	first := g.leader(t)
	await(t, "all archives are the same", func() bool {
		want := fmt.Sprint(first.archive.Applied(), first.archive.Chains())
		for _, n := range g.nodes {
			if n.running != nil && fmt.Sprint(n.archive.Applied(), n.archive.Chains()) != want {
				return false
			}
		}
		return true
	})
}

func (n *groupNode) close(t testing.TB) {
	t.Helper()
	n.running.close(t)
	n.running = nil
}

func (g *group) close(t testing.TB) {
	t.Helper()
	for _, n := range g.nodes {
		if n.running != nil {
			n.close(t)
		}
	}
}
