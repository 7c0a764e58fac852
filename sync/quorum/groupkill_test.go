package quorum

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"markaz.example/edge/id"
	"markaz.example/sync/archive"
	"markaz.example/sync/peer"
	"markaz.example/sync/roster"
	"markaz.example/sync/wire/wiretest"
)

const (
	groupDir     = "MARKAZ_TEST_QUORUM_GROUP" // makes this test binary a node of a group over that directory
	groupAddress = "MARKAZ_TEST_QUORUM_ADDRESS"
)

// groupRounds is how often nodes are killed: all three at once, then one, then one, and so on.
var groupRounds = flag.Int("group-rounds", 3, "rounds of TestGroupKilled")

// groupChain is the chain that a node of that name sends for. It grows as it is sent, so that starts are quick.
func groupChain(name string) *wiretest.Chain {
	return wiretest.New(id.Centre("C-"+name[len(name)-1:]+"0"), uint64(name[len(name)-1]))
}

// TestGroupKilled kills the processes of a group, one at a time and all at once, while each sends batches through itself,
// and demands that what was acknowledged is there on all afterwards. The control acknowledges before it submits.
func TestGroupKilled(t *testing.T) {
	t.Parallel()
	t.Run("sound", func(t *testing.T) {
		t.Parallel()
		if lost := groupKilled(t, ""); lost != 0 {
			t.Errorf("%d acknowledged chains lost", lost)
		}
	})
	t.Run("control", func(t *testing.T) {
		t.Parallel()
		if lost := groupKilled(t, "1"); lost == 0 {
			t.Error("early acknowledgements lost nothing, so this test would notice nothing")
		}
	})
}

func groupKilled(t *testing.T, early string) (lost int) {
	t.Helper()
	g := newGroup(t, 1)
	g.tcp = true
	g.three(t)
	g.same(t)
	g.close(t)
	acked := &ackedGroup{newest: map[string]uint64{}}
	children := map[string]*groupProcess{}
	for _, n := range g.nodes {
		children[n.name] = acked.spawn(t, n, early)
	}
	random := rand.New(rand.NewPCG(5, 5))
	for round := range *groupRounds {
		acked.more(t, 10)
		victims := g.nodes
		if round%3 > 0 {
			i := random.IntN(len(g.nodes))
			victims = g.nodes[i : i+1]
		}
		for _, n := range victims {
			children[n.name].kill(t)
		}
		for _, n := range victims {
			children[n.name].wait()
			children[n.name] = acked.spawn(t, n, early)
		}
	}
	acked.more(t, 10)
	for _, n := range g.nodes {
		children[n.name].kill(t)
	}
	for _, n := range g.nodes {
		children[n.name].wait()
	}
	return acked.lost(t, g)
}

// ackedGroup is what the processes said was acknowledged.
type ackedGroup struct {
	mu     sync.Mutex
	newest map[string]uint64 // guarded by mu
	count  int               // guarded by mu
}

func (a *ackedGroup) total() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.count
}

// more waits for further acknowledgements.
func (a *ackedGroup) more(t *testing.T, n int) {
	t.Helper()
	until := a.total() + n
	await(t, "more acknowledgements", func() bool { return a.total() >= until })
}

func (a *ackedGroup) lost(t *testing.T, g *group) (lost int) {
	t.Helper()
	for _, n := range g.nodes {
		n.begin(t) // none is ready before a second one is
	}
	g.same(t)
	for _, n := range g.nodes {
		in := groupChain(n.name).In
		if held := g.nodes[0].archive.Held(in).Seq; held < a.newest[n.name] {
			t.Logf("%s: held %d, acknowledged %d", n.name, held, a.newest[n.name])
			lost++
		}
	}
	t.Logf("%d acknowledgements, %v", a.total(), a.newest)
	g.close(t)
	return lost
}

type groupProcess struct {
	cmd  *exec.Cmd
	read sync.WaitGroup
}

func (a *ackedGroup) spawn(t *testing.T, n *groupNode, early string) *groupProcess {
	t.Helper()
	p := &groupProcess{cmd: exec.Command(os.Args[0])}
	p.cmd.Env = append(os.Environ(), groupDir+"="+n.dir, groupAddress+"="+n.address, childEarly+"="+early)
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() }) // again, or because the test gave up
	p.read.Go(func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			var seq uint64
			if _, err := fmt.Sscan(lines.Text(), &seq); err != nil {
				t.Errorf("%s said %q", n.name, lines.Text())
			}
			a.mu.Lock()
			a.newest[n.name] = max(a.newest[n.name], seq)
			a.count++
			a.mu.Unlock()
		}
	})
	return p
}

func (p *groupProcess) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
}

func (p *groupProcess) wait() {
	p.read.Wait()
	_ = p.cmd.Wait() // killed: that is the point
}

// groupChild is a node that is killed: it sends one chain's batches through itself, and says what was acknowledged.
func groupChild(dir, address string, early bool) {
	name := filepath.Base(dir)
	a, err := archive.Open(filepath.Join(dir, "archive.db"), nil)
	if err != nil {
		log.Fatal(err)
	}
	c, err := roster.NodeTLS(filepath.Join(dir, "tls"))
	if err != nil {
		log.Fatal(err)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	p := peer.New(peer.Config{TLS: c, Listener: l, Dial: (&net.Dialer{}).DialContext, Log: quiet()})
	n, err := Open(Config{Dir: dir, Name: name, Archive: a, Log: quiet(), Peer: p, Address: address, Join: name != "hq-1"})
	if err != nil {
		log.Fatal(err)
	}
	go groupSend(n, groupChain(name), early)
	if err := n.Run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func groupSend(n *Node, c *wiretest.Chain, early bool) {
	<-n.Ready()
	for {
		at, err := n.Held(c.In)
		for err == nil {
			end := at.Seq + killBatch
			growTo(c, end)
			if early {
				fmt.Println(end)
				time.Sleep(20 * time.Millisecond) // so that the kill is sure to fall between the two
			}
			if at, err = childSubmit(n, c, at.Seq+1, end); err == nil {
				fmt.Println(at.Seq)
			}
		}
		if err != nil && !errors.Is(err, ErrNotReady) {
			log.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}
