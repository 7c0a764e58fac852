package quorum

import (
	"bufio"
	"context"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

const (
	childDir   = "MARKAZ_TEST_QUORUM_DIR"   // makes this test binary a node over that directory
	childEarly = "MARKAZ_TEST_QUORUM_EARLY" // makes it acknowledge before it submits

	killChains = 4
	killBatch  = 5
	killRounds = 4
)

// killedChains are the same in parent and child. They grow as they are sent, so that starts are quick.
func killedChains() (out [killChains]*wiretest.Chain) {
	for i := range out {
		out[i] = wiretest.New(id.Centre(fmt.Sprintf("C-%02d", i)), uint64(i))
	}
	return out
}

func growTo(c *wiretest.Chain, seq uint64) {
	if head := c.Head().Seq; head < seq {
		c.Grow(int(seq - head))
	}
}

// TestKilled kills a node of its own process at random moments, again and again over the same directory, and demands
// that every start holds all that was acknowledged before. The control acknowledges before it submits; it must lose.
func TestKilled(t *testing.T) {
	t.Parallel()
	if lost := killed(t, ""); lost != 0 {
		t.Errorf("%d acknowledged chains lost", lost)
	}
	if lost := killed(t, "1"); lost == 0 {
		t.Error("control: early acknowledgements lost nothing, so this test would notice nothing")
	}
}

func killed(t *testing.T, early string) (lost int) {
	t.Helper()
	dir := t.TempDir()
	chains := killedChains()
	random := rand.New(rand.NewPCG(3, 3))
	for range killRounds {
		acked := runAndKill(t, dir, early, 1+random.IntN(100))
		r := start(t, dir)
		for i, c := range chains {
			at, err := r.Held(c.In)
			if err != nil {
				t.Fatal(err)
			}
			if at.Seq < acked[i] {
				lost++
			}
		}
		r.close(t)
	}
	return lost
}

// runAndKill starts a child, kills it after so many acknowledgements, and gives the newest of each chain.
func runAndKill(t *testing.T, dir, early string, after int) [killChains]uint64 {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir, childEarly+"="+early)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var acked [killChains]uint64
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		var i int
		var seq uint64
		if _, err := fmt.Sscan(lines.Text(), &i, &seq); err != nil {
			t.Fatalf("child said %q: %v", lines.Text(), err)
		}
		acked[i] = max(acked[i], seq)
		if n == after {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait() // killed: that is the point
	return acked
}

// child is the node that is killed: each chain goes on where the archive stands, and says what was acknowledged.
func child(dir string, early bool) {
	a, err := archive.Open(filepath.Join(dir, "archive.db"), nil)
	if err != nil {
		log.Fatal(err)
	}
	n, err := Open(Config{Dir: dir, Name: "hq-1", Archive: a, Log: quiet()})
	if err != nil {
		log.Fatal(err)
	}
	var wg sync.WaitGroup
	for i, c := range killedChains() {
		wg.Go(func() { childChain(n, i, c, early) })
	}
	if err := n.Run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func childChain(n *Node, i int, c *wiretest.Chain, early bool) {
	<-n.Ready()
	at, err := n.Held(c.In)
	for err == nil {
		end := at.Seq + killBatch
		growTo(c, end)
		if early {
			fmt.Println(i, end)
			time.Sleep(20 * time.Millisecond) // so that the kill is sure to fall between the two
		}
		at, err = childSubmit(n, c, at.Seq+1, end)
		fmt.Println(i, at.Seq)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func childSubmit(n *Node, c *wiretest.Chain, from, to uint64) (chain.Position, error) {
	b, err := wire.Pack(c.Key, c.In, c.At(from-1), 0, c.Records(from, to))
	if err != nil {
		return chain.Position{}, err
	}
	_, held, err := n.Submit(context.Background(), c.Public(), b)
	return held, err
}
