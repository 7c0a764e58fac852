package quorum

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anishathalye/porcupine"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
	"markaz.example/sync/wire/wiretest"
)

// A chain is a register: what is held of it. A read gives it; a batch moves it from just before its first record to its
// last, or leaves it alone and says where it stands.
type (
	did struct {
		chain       int
		read        bool
		after, last uint64 // of the batch
	}
	came struct {
		unknown bool // nobody knows whether it was taken; then its end lies at the end of time
		verdict archive.Verdict
		held    uint64
	}
)

var register = porcupine.Model{
	Partition: func(all []porcupine.Operation) [][]porcupine.Operation {
		parts := make([][]porcupine.Operation, historyChains)
		for _, o := range all {
			i := o.Input.(did).chain
			parts[i] = append(parts[i], o)
		}
		return parts
	},
	Init: func() any { return uint64(0) },
	Step: func(state, input, output any) (bool, any) {
		held, in, out := state.(uint64), input.(did), output.(came)
		fits := in.after == held
		switch {
		case in.read:
			return out.held == held, held
		case out.unknown && fits:
			return true, in.last
		case out.unknown:
			return true, held
		case out.verdict == archive.Append:
			return fits && out.held == in.last, in.last
		case out.verdict == archive.Duplicate:
			return in.last <= held && out.held == held, held
		case out.verdict == archive.Gap:
			return in.after != held && out.held == held, held
		}
		return false, held
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v -> %+v", input, output) },
}

const (
	historyChains = 3
	historyBatch  = 5
	historyLength = 2000 // records of each chain: more than can be sent
)

// A long run takes more of them; a failure names the seed to begin with.
var (
	historySeed  = flag.Uint64("seed", 1, "first seed of TestHistoryIsLinearizable")
	historySeeds = flag.Uint64("seeds", 1, "seeds of TestHistoryIsLinearizable")
)

// endless is when calls end of which nobody knows what became.
const endless = int64(1 << 62)

// history is what callers saw.
type history struct {
	mu    sync.Mutex
	began time.Time
	all   []porcupine.Operation // guarded by mu
	acked [historyChains]uint64 // guarded by mu
}

func (h *history) now() int64 { return int64(time.Since(h.began)) }

func (h *history) note(client int, call int64, in did, out came) {
	h.mu.Lock()
	defer h.mu.Unlock()
	end := h.now()
	if out.unknown {
		end = endless
	} else if !in.read && out.verdict <= archive.Duplicate {
		h.acked[in.chain] = max(h.acked[in.chain], in.last)
	}
	h.all = append(h.all, porcupine.Operation{ClientId: client, Input: in, Call: call, Output: out, Return: end})
}

// planted is a bug that the check must find.
type planted string

const (
	sound     planted = ""
	early     planted = "acknowledges before the commit"
	ownMemory planted = "answers from its own archive, leader or not"
)

// caller sends one chain's batches through any node, and reads what is held, until the context ends.
type caller struct {
	id     int
	chain  int
	group  *group
	source *wiretest.Chain
	bug    planted
	random *rand.Rand
	h      *history
}

func (c *caller) run(ctx context.Context) {
	for ctx.Err() == nil {
		n := c.group.nodes[c.random.IntN(len(c.group.nodes))]
		if at, ok := c.read(n); ok && c.random.IntN(3) > 0 {
			for range 1 + c.random.IntN(4) {
				if at, ok = c.send(ctx, c.group.nodes[c.random.IntN(len(c.group.nodes))], at); !ok {
					break
				}
			}
		}
		pause(ctx, time.Duration(c.random.Int64N(int64(1500*time.Millisecond))))
	}
}

func (c *caller) read(n *groupNode) (uint64, bool) {
	call := c.h.now()
	var at chain.Position
	var err error
	if c.bug == ownMemory {
		at = n.archive.Held(c.source.In)
	} else {
		at, err = n.Held(c.source.In)
	}
	if err != nil {
		return 0, false
	}
	c.h.note(c.id, call, did{chain: c.chain, read: true}, came{held: at.Seq})
	return at.Seq, true
}

func (c *caller) send(ctx context.Context, n *groupNode, after uint64) (uint64, bool) {
	last := min(after+historyBatch, c.source.Head().Seq)
	if after >= last {
		return after, false
	}
	within := 5 * time.Second
	if c.bug == early {
		within = time.Millisecond
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	in := did{chain: c.chain, after: after, last: last}
	call := c.h.now()
	v, at, err := n.Submit(ctx, c.source.Public(), packed(c.source, after+1, last))
	if c.bug == early && err != nil {
		v, at.Seq, err = archive.Append, last, nil
	}
	c.h.note(c.id, call, in, came{unknown: err != nil, verdict: v, held: at.Seq})
	return at.Seq, err == nil
}

// TestHistoryIsLinearizable cuts leaders and others off by seed while six callers send and read through all nodes. No
// answer may contradict an order of all calls, all archives end the same, and hold what was acknowledged.
func TestHistoryIsLinearizable(t *testing.T) {
	for seed := *historySeed; seed < *historySeed+*historySeeds; seed++ {
		if got := play(t, seed, sound); got != porcupine.Ok {
			t.Errorf("seed %d: the history is %s", seed, got)
		}
	}
}

// TestHistoryControls plants bugs.
func TestHistoryControls(t *testing.T) {
	for _, bug := range []planted{early, ownMemory} {
		found := false
		for seed := uint64(1); seed <= 5 && !found; seed++ {
			found = play(t, seed, bug) == porcupine.Illegal
		}
		if !found {
			t.Errorf("a node that %s is not noticed", bug)
		}
	}
}

func play(t *testing.T, seed uint64, bug planted) (result porcupine.CheckResult) {
	t.Helper()
	h := &history{}
	synctest.Test(t, func(t *testing.T) {
		g := three(t, seed)
		h.began = time.Now()
		random := rand.New(rand.NewPCG(seed, 0x717571))
		ctx, stop := context.WithCancel(t.Context())
		var callers sync.WaitGroup
		sources := [historyChains]*wiretest.Chain{}
		for i := range 2 * historyChains {
			k := i % historyChains
			if sources[k] == nil {
				sources[k] = grown(id.Centre(fmt.Sprintf("C-%02d", k)), uint64(k), historyLength)
			}
			c := &caller{id: i, chain: k, group: g, source: sources[k], bug: bug, random: rand.New(rand.NewPCG(seed, uint64(i))), h: h}
			callers.Go(func() { c.run(ctx) })
		}
		cuts(t, g, random)
		stop()
		callers.Wait()
		g.same(t)
		for k, s := range sources {
			if held := g.nodes[0].archive.Held(s.In).Seq; bug == sound && held < h.acked[k] {
				t.Errorf("seed %d: chain %d is held to %d, acknowledged to %d", seed, k, held, h.acked[k])
			}
		}
		g.close(t)
	})
	t.Logf("seed %d: %d calls, acknowledged to %v", seed, len(h.all), h.acked)
	return porcupine.CheckOperationsTimeout(register, h.all, time.Minute)
}

// cuts isolates nodes, more often than not the leader.
func cuts(t *testing.T, g *group, random *rand.Rand) {
	within := func(d time.Duration) { time.Sleep(time.Duration(random.Int64N(int64(d)))) }
	for range 8 {
		within(3 * time.Second)
		n := g.nodes[random.IntN(len(g.nodes))]
		if random.IntN(3) > 0 {
			n = g.leader(t)
		}
		g.mesh.isolate(n.address, true)
		within(6 * time.Second)
		g.mesh.isolate(n.address, false)
	}
}
