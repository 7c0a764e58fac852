package boxtest_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"markaz.example/edge/berth/berthtest"
	"markaz.example/edge/boxtest"
	"markaz.example/sync/hq"
	"markaz.example/sync/quorum"
	"markaz.example/sync/roster"
)

// group is a headquarters of three real nodes on loopback. The first begins it and leads.
type group struct {
	authority *roster.Authority
	nodes     []*seat
	straits   []*strait // before each node's door for the others
}

// newGroup makes the files of three nodes that all enrol boxes and have the post key, and runs those that it is told to.
func newGroup(t *testing.T) *group {
	t.Helper()
	dir := t.TempDir()
	a, err := roster.NewAuthority(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	g := &group{authority: a}
	list := filepath.Join(dir, "roster.toml")
	if err := errors.Join(os.WriteFile(list, []byte(listed), 0o600), roster.NewPostKey(dir)); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		g.prepare(t, dir, fmt.Sprintf("hq-%d", i+1), i > 0)
	}
	return g
}

// prepare makes the files of one more node.
func (g *group) prepare(t *testing.T, dir, name string, join bool) *seat {
	t.Helper()
	listen := berthtest.Address(t)
	s := newStrait(t, listen)
	at := filepath.Join(dir, name)
	c := hq.Config{
		Name: name, Dir: filepath.Join(at, "data"), Roster: filepath.Join(dir, "roster.toml"), Certificates: filepath.Join(at, "tls"),
		Road: berthtest.Address(t), Page: "127.0.0.1:0", Peer: s.address(), PeerListen: listen, Join: join,
		Enrolment: &hq.Enrolment{Issuer: filepath.Join(at, "issuer")},
	}
	now := time.Now()
	own, err1 := g.authority.IssueHQ([]string{"hq.test"}, now)
	node, err2 := g.authority.IssueNode(name, []string{"127.0.0.1"}, now)
	issuer, err3 := g.authority.IssueIssuer(now)
	key, err4 := os.ReadFile(filepath.Join(dir, "post.key"))
	err := errors.Join(err1, err2, err3, err4)
	if err == nil {
		err = errors.Join(g.authority.SaveHQ(c.Certificates, own), g.authority.SaveNode(c.Certificates, node),
			g.authority.SaveIssuer(c.Enrolment.Issuer, issuer), os.WriteFile(filepath.Join(c.Certificates, "post.key"), key, 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
	n := &seat{config: c}
	g.nodes, g.straits = append(g.nodes, n), append(g.straits, s)
	return n
}

// running is a group whose nodes all run in this process.
func running(t *testing.T) *group {
	t.Helper()
	g := newGroup(t)
	for _, n := range g.nodes {
		n.up(t)
	}
	g.unite(t)
	return g
}

// unite takes the other nodes into the group of the first.
func (g *group) unite(t *testing.T) {
	t.Helper()
	for _, n := range g.nodes[1:] {
		in := hq.Member{Name: n.config.Name, Address: n.config.Peer}
		g.await(t, "the group takes in "+in.Name, func() bool { return g.nodes[0].call(t, "/member/add", in, nil) == nil })
	}
}

func (*group) await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	(&boxtest.Box{}).Await(t, what, holds)
}

// members is the group as a node sees it.
func members(t *testing.T, n *seat) (out []quorum.MemberState) {
	t.Helper()
	if err := hq.NewAdminClient(n.config).Call(t.Context(), "GET", "/member", struct{}{}, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// agreed reports whether a node sees so many of the group, with a leader, that all have the same entries.
func agreed(t *testing.T, n *seat, want int) bool {
	t.Helper()
	reached, leads := 0, false
	all := members(t, n)
	for _, m := range all {
		if m.Reached && m.Applied == all[0].Applied {
			reached++
		}
		leads = leads || m.Leader
	}
	return reached == want && leads
}

// addresses are the roads of all nodes, as a box's configuration has them.
func (g *group) addresses() (out string) {
	for i, n := range g.nodes {
		if i > 0 {
			out += ","
		}
		out += n.config.Road
	}
	return out
}

// strait carries connections to an address while it is open.
type strait struct {
	to string
	l  net.Listener

	mu    sync.Mutex
	shut  bool              // guarded by mu
	ships map[net.Conn]bool // guarded by mu
}

func newStrait(t *testing.T, to string) *strait {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &strait{to: to, l: l, ships: map[net.Conn]bool{}}
	var parts sync.WaitGroup
	parts.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			parts.Go(func() { s.carry(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		s.close(true)
		parts.Wait()
	})
	return s
}

func (s *strait) address() string { return s.l.Addr().String() }

// close shuts the strait, and sinks what is in it, or opens it.
func (s *strait) close(shut bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shut = shut
	for c := range s.ships {
		if shut {
			c.Close()
		}
	}
}

// enter is false when the strait is shut.
func (s *strait) enter(c net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ships[c] = true
	return !s.shut
}

func (s *strait) carry(in net.Conn) {
	defer in.Close()
	if !s.enter(in) {
		return
	}
	out, err := net.Dial("tcp", s.to)
	if err != nil {
		return
	}
	defer out.Close()
	if !s.enter(out) {
		return
	}
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(in, out)
		in.Close()
	})
	_, _ = io.Copy(out, in)
	out.Close()
	back.Wait()
}
