package quorum

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/sync/archive"
)

// TestFaultsKeepTheirMeaning: what callers branch on is the same through another node.
func TestFaultsKeepTheirMeaning(t *testing.T) {
	for _, f := range faults {
		var r reply
		r.fail(fmt.Errorf("somewhere: %w", f.err))
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := parseReply(b)
		if err != nil || !errors.Is(got.failure(), f.err) {
			t.Errorf("%s: got %v, %v; want %v", f.code, got.failure(), err, f.err)
		}
	}
	var r reply
	if r.fail(errors.New("other")); r.failure() == nil {
		t.Error("an error without a code is lost")
	}
}

// TestCutOffLeaderKnowsNothing: a leader that was cut off and does not know it yet neither acknowledges nor tells what is
// held, while the others go on.
func TestCutOffLeaderKnowsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := three(t, 1)
		defer g.close(t)
		c := grown("ISB-01", 1, 30)
		old := g.leader(t)
		old.submit(t, c, pack(t, c, 1, 10), archive.Append, 10)
		g.mesh.isolate(old.address, true)
		if at, err := old.Held(c.In); err == nil {
			t.Errorf("cut off, it says that %s is held", at)
		}
		if v, _, err := old.Submit(t.Context(), c.Public(), pack(t, c, 11, 20)); err == nil {
			t.Errorf("cut off, it acknowledges: %v", v)
		}
		others := &group{nodes: nil}
		for _, n := range g.nodes {
			if n != old {
				others.nodes = append(others.nodes, n)
			}
		}
		others.leader(t).submit(t, c, pack(t, c, 11, 15), archive.Append, 15)
		g.mesh.isolate(old.address, false)
		await(t, "the old leader follows", func() bool { at, err := old.Held(c.In); return err == nil && at == c.At(15) })
		g.same(t)
	})
}

// TestNoFlapping: with batches through all nodes for ten minutes nobody is elected anew.
func TestNoFlapping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := three(t, 1)
		defer g.close(t)
		lead := g.leader(t)
		term := lead.raft.Load().CurrentTerm()
		c := grown("ISB-01", 1, 300)
		for i, b := range batchesOf(t, c, 10) {
			g.nodes[i%3].submit(t, c, b, archive.Append, b.Last().Seq)
			time.Sleep(20 * time.Second)
		}
		if now := lead.raft.Load().CurrentTerm(); now != term {
			t.Errorf("term %d became %d", term, now)
		}
	})
}

// FuzzReply: whatever a node answers is an answer or an error.
func FuzzReply(f *testing.F) {
	f.Add([]byte(`{"verdict":1,"held":{"Seq":7,"Hash":[1,2]},"answer":{"Refused":"x"},"fault":"key","text":"no"}`))
	f.Add([]byte(`{"verdict":200}`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := parseReply(b)
		if err == nil && r.Verdict.String() == "" {
			t.Error("a verdict without a name")
		}
		_ = r.failure()
	})
}

// FuzzTaken: whatever a node hands over is an acceptable command or an error.
func FuzzTaken(f *testing.F) {
	c := grown("ISB-01", 1, 3)
	frame := packed(c, 1, 3)
	a, err := archive.Open(f.TempDir()+"/archive.db", nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { a.Close() })
	n := &Node{config: Config{Archive: a}, answers: &answers{}}
	good, err := n.command(c.Public(), frame)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(actCommand([]byte{1}))
	f.Add([]byte{commandStart})
	f.Fuzz(func(t *testing.T, b []byte) { _ = n.acceptable(b) })
}
