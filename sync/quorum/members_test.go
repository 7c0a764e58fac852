package quorum

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/sync/archive"
	"markaz.example/sync/peer"
	"markaz.example/sync/wire/wiretest"
)

// TestAnyNodeTakesBatches: three nodes, batches through each.
func TestAnyNodeTakesBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := three(t, 1)
		defer g.close(t)
		c := grown("ISB-01", 1, 30)
		for i, n := range g.nodes {
			from := uint64(10*i + 1)
			n.submit(t, c, pack(t, c, from, from+9), archive.Append, from+9)
			for _, other := range g.nodes {
				if at, err := other.Held(c.In); err != nil || at != c.At(from+9) {
					t.Errorf("%s holds %s, %v; want %s", other.name, at, err, c.At(from+9))
				}
				if h, err := other.HashAt(c.In, from); err != nil || h != c.At(from).Hash {
					t.Errorf("%s: hash of %d: %s, %v", other.name, from, h, err)
				}
			}
		}
		for _, n := range g.nodes {
			if _, err := n.HashAt(c.In, 31); !errors.Is(err, archive.ErrAbsent) {
				t.Errorf("%s: hash of what is not held: %v, want %v", n.name, err, archive.ErrAbsent)
			}
			_, _, err := n.Submit(t.Context(), grown("BAD-01", 9, 0).Public(), pack(t, c, 1, 10))
			if err == nil {
				t.Errorf("%s: a batch with another key was taken", n.name)
			}
		}
		g.same(t)
	})
}

// TestAloneBecomesThree: a node that was alone, with no port open, becomes the first of three.
func TestAloneBecomesThree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGroup(t, 1)
		first := g.node(t, false)
		c := grown("ISB-01", 1, 30)
		alone(t, first, c)
		first.start(t)
		for range 2 {
			n := g.node(t, true)
			n.start(t)
			g.add(t, n)
		}
		defer g.close(t)
		for _, n := range g.nodes {
			n.submit(t, c, pack(t, c, 1, 10), archive.Duplicate, 10)
		}
		for _, m := range g.leader(t).Members(t.Context()) {
			if !m.Voter || !m.Reached || m.Address != m.Name+".test:8444" {
				t.Errorf("member %+v", m)
			}
		}
	})
}

// alone runs a node as before there were peers.
func alone(t *testing.T, n *groupNode, c *wiretest.Chain) {
	t.Helper()
	a, err := archive.Open(filepath.Join(n.dir, "archive.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	q, err := Open(Config{Dir: n.dir, Name: n.name, Archive: a, Log: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	n.run(q, a)
	n.isReady(t)
	n.submit(t, c, pack(t, c, 1, 10), archive.Append, 10)
	n.close(t)
}

// TestDeadNodeIsReplaced: the log is cut, a node dies for good, an empty one takes its place and is streamed the archive.
func TestDeadNodeIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := three(t, 1)
		defer g.close(t)
		c := grown("ISB-01", 1, 400)
		for _, b := range batchesOf(t, c, 10) {
			g.nodes[1].submit(t, c, b, archive.Append, b.Last().Seq)
		}
		dead := g.nodes[2]
		dead.close(t)
		for _, n := range g.nodes[:2] {
			cutLog(t, n)
		}
		fresh := g.node(t, true)
		fresh.start(t)
		await(t, "the dead one is replaced", func() bool {
			err := g.leader(t).ReplaceMember(t.Context(), dead.name, fresh.member())
			return err == nil
		})
		c.Grow(10)
		fresh.submit(t, c, pack(t, c, 401, 410), archive.Append, 410)
		g.same(t)
		if _, reached, err := fresh.snapshots.newest(); err != nil || reached == 0 {
			t.Errorf("no archive was streamed: %d, %v", reached, err)
		}
		if len(g.leader(t).servers()) != 3 {
			t.Errorf("members %v", g.leader(t).servers())
		}
		fresh.close(t)
		fresh.start(t) // a streamed archive is ahead of its log, and starts
		g.same(t)
	})
}

// TestLeaderIsLostWhileItStreams: a node that lags is streamed the archive, slowly, and its leader falls silent in the
// middle. It votes for another all the same, and is streamed the archive by that one.
func TestLeaderIsLostWhileItStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := three(t, 1)
		defer g.close(t)
		c := grown("ISB-01", 1, 15_000) // far more than what the line between two nodes holds
		lead := g.leader(t)
		others := slices.DeleteFunc(slices.Clone(g.nodes), func(n *groupNode) bool { return n == lead })
		behind, other := others[0], others[1]
		behind.close(t)
		for _, b := range batchesOf(t, c, 500) {
			lead.submit(t, c, b, archive.Append, b.Last().Seq)
		}
		cutLog(t, lead)
		cutLog(t, other)
		g.mesh.slow[behind.address] = 100_000
		behind.begin(t)
		await(t, "some of the archive has come", func() bool {
			info, err := os.Stat(filepath.Join(behind.dir, incomingName))
			return err == nil && info.Size() > 0
		})
		g.mesh.isolate(lead.address, true)
		c.Grow(10)
		began := time.Now()
		await(t, "the two that are left take a batch", func() bool {
			v, _, err := other.Submit(t.Context(), c.Public(), packed(c, 15_001, 15_010))
			return err == nil && v <= archive.Duplicate
		})
		t.Logf("after %s", time.Since(began))
		g.mesh.isolate(lead.address, false)
		g.same(t)
	})
}

// cutLog makes a snapshot and leaves nothing of the log before it.
func cutLog(t *testing.T, n *groupNode) {
	t.Helper()
	r := n.raft.Load()
	c := r.ReloadableConfig()
	c.TrailingLogs = 0
	if err := errors.Join(r.ReloadConfig(c), r.Snapshot().Error()); err != nil {
		t.Fatal(err)
	}
}

// TestMembershipIsGuarded: who may not be added, removed or heard.
func TestMembershipIsGuarded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := three(t, 1)
		defer g.close(t)
		lead := g.leader(t)
		own := g.node(t, false) // begins a group of its own
		own.start(t)
		var follower *groupNode
		for _, n := range g.nodes[:3] {
			if n != lead {
				follower = n
			}
		}
		for name, c := range map[string]struct {
			err  error
			want error
		}{
			"another group's": {lead.AddMember(t.Context(), own.member()), peer.ErrUnreachable},
			"unknown":         {lead.RemoveMember(t.Context(), "hq-9"), ErrNoMember},
			"itself":          {lead.RemoveMember(t.Context(), lead.name), ErrItself},
			"by a follower":   {follower.RemoveMember(t.Context(), lead.name), ErrNotLeader},
		} {
			if !errors.Is(c.err, c.want) {
				t.Errorf("%s: got %v, want %v", name, c.err, c.want)
			}
		}
		g.mesh.isolate(follower.address, true)
		if err := lead.AddMember(t.Context(), g.node(t, true).member()); !errors.Is(err, ErrUnreached) {
			t.Errorf("while one is away: got %v, want %v", err, ErrUnreached)
		}
		g.mesh.isolate(follower.address, false)
		await(t, "one is taken out", func() bool { return g.leader(t) == lead && lead.RemoveMember(t.Context(), follower.name) == nil })
		if _, err := follower.askAbout(t.Context(), lead.member()); err == nil {
			t.Error("who was taken out is still heard")
		}
		own.close(t)
		g.nodes = g.nodes[:3]
	})
}

// TestRollingRestart stops and starts each node in turn, the leader among them, while batches go through the others: none
// that was acknowledged is missing, and no restart in good order costs an election time-out.
func TestRollingRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := three(t, 1)
		c := grown("ISB-01", 1, 2000)
		for round, n := range []*groupNode{g.leader(t), g.nodes[0], g.nodes[1], g.nodes[2]} {
			ctx, stop := context.WithCancel(t.Context())
			var sending sync.WaitGroup
			var longest time.Duration
			var acked uint64
			sending.Go(func() { acked, longest = g.sendAround(ctx, c, n) })
			time.Sleep(700 * time.Millisecond)
			n.close(t)
			time.Sleep(700 * time.Millisecond)
			n.start(t)
			stop()
			sending.Wait()
			g.same(t)
			if held := n.archive.Held(c.In).Seq; held < acked {
				t.Errorf("round %d: held %d, acknowledged %d", round, held, acked)
			}
			if longest > groupPause {
				t.Errorf("round %d: nothing was taken for %s", round, longest)
			}
			t.Logf("round %d: %s restarted, acknowledged to %d, longest pause %s", round, n.name, acked, longest)
		}
		g.close(t)
	})
}

// sendAround sends through the nodes that stay.
func (g *group) sendAround(ctx context.Context, c *wiretest.Chain, but *groupNode) (acked uint64, longest time.Duration) {
	last := time.Now()
	for i := 0; ctx.Err() == nil && acked < c.Head().Seq; i++ {
		n := g.nodes[i%len(g.nodes)]
		if n == but {
			continue
		}
		at, err := n.Held(c.In)
		if err == nil && at.Seq < c.Head().Seq {
			_, at, err = n.Submit(ctx, c.Public(), packed(c, at.Seq+1, min(at.Seq+5, c.Head().Seq)))
		}
		if err == nil {
			acked, longest, last = at.Seq, max(longest, time.Since(last)), time.Now()
		}
		pause(ctx, 30*time.Millisecond)
	}
	return acked, longest
}

// TestFollowersBrokenDiskStopsIt: the others go on and lose nothing.
func TestFollowersBrokenDiskStopsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGroup(t, 1)
		g.node(t, false).start(t)
		g.node(t, true).start(t)
		sick := g.node(t, true)
		a, err := archive.Open(filepath.Join(sick.dir, "archive.db"), nil)
		if err != nil {
			t.Fatal(err)
		}
		q, err := Open(sick.config(t, a))
		if err != nil {
			t.Fatal(err)
		}
		f := &faulty{store: q.store}
		q.store = f
		sick.run(q, a)
		sick.isReady(t)
		g.add(t, g.nodes[1])
		g.add(t, sick)
		c := grown("ISB-01", 1, 20)
		g.nodes[0].submit(t, c, pack(t, c, 1, 10), archive.Append, 10)
		f.set(fmt.Errorf("sync: %w", syscall.EIO))
		g.nodes[0].submit(t, c, pack(t, c, 11, 20), archive.Append, 20)
		if err := <-sick.ended; !errors.Is(err, ErrUnknown) {
			t.Errorf("Run ended with %v, want %v", err, ErrUnknown)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		sick.running = nil
		g.nodes[1].submit(t, c, pack(t, c, 1, 10), archive.Duplicate, 20)
		g.close(t)
	})
}

// TestFullArchiveOfTheLeaderStopsNobody: another leads meanwhile, and once there is room all hold the same.
func TestFullArchiveOfTheLeaderStopsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGroup(t, 1)
		var full atomic.Bool
		first := g.node(t, false)
		a, err := archive.Open(filepath.Join(first.dir, "archive.db"), nil)
		if err != nil {
			t.Fatal(err)
		}
		q, err := Open(first.config(t, a))
		if err != nil {
			t.Fatal(err)
		}
		q.take = func(e []archive.Entry) ([]archive.Outcome, error) {
			if full.Load() {
				return nil, fmt.Errorf("apply: %w", archive.ErrFull)
			}
			return a.Apply(e)
		}
		first.run(q, a)
		first.isReady(t)
		for range 2 {
			n := g.node(t, true)
			n.start(t)
			g.add(t, n)
		}
		c := grown("ISB-01", 1, 20)
		full.Store(true)
		await(t, "a batch is taken", func() bool {
			v, _, err := g.nodes[1].Submit(t.Context(), c.Public(), packed(c, 1, 10))
			return err == nil && v <= archive.Duplicate
		})
		await(t, "another batch is taken", func() bool {
			v, _, err := g.nodes[0].Submit(t.Context(), c.Public(), packed(c, 11, 20))
			return err == nil && v <= archive.Duplicate
		})
		full.Store(false)
		g.same(t)
		g.close(t)
	})
}

// TestOvertakenSnapshotIsNoTrouble: one was listed, a newer one came, and it is asked for.
func TestOvertakenSnapshotIsNoTrouble(t *testing.T) {
	r := start(t, t.TempDir())
	defer r.close(t)
	c := grown("ISB-01", 1, 20)
	var ids []string
	for _, b := range batchesOf(t, c, 10) {
		r.submit(t, c, b, archive.Append, b.Last().Seq)
		if err := r.raft.Load().Snapshot().Error(); err != nil {
			t.Fatal(err)
		}
		list, err := r.snapshots.List()
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, list[0].ID)
	}
	if _, _, err := r.snapshots.Open(ids[0]); err == nil || errors.Is(err, ErrSnapshots) {
		t.Errorf("the older one: got %v, want that it is not there", err)
	}
	if _, stream, err := r.snapshots.Open(ids[1]); err != nil || stream.Close() != nil {
		t.Errorf("the newer one: %v", err)
	}
}

// TestUnreadableSnapshotsStopTheLeader: it could never bring a follower up, and would go on leading.
func TestUnreadableSnapshotsStopTheLeader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := three(t, 1)
		lead := g.leader(t)
		if err := os.RemoveAll(filepath.Join(lead.dir, "snapshots")); err != nil {
			t.Fatal(err)
		}
		if _, err := lead.snapshots.List(); !errors.Is(err, ErrSnapshots) {
			t.Errorf("got %v, want %v", err, ErrSnapshots)
		}
		if err := <-lead.ended; !errors.Is(err, ErrSnapshots) {
			t.Errorf("Run ended with %v, want %v", err, ErrSnapshots)
		}
		if err := lead.archive.Close(); err != nil {
			t.Fatal(err)
		}
		lead.running = nil
		g.leader(t)
		g.close(t)
	})
}
