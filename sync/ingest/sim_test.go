package ingest_test

import (
	"flag"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/archive"
	"markaz.example/sync/faultnet"
	"markaz.example/sync/ingest"
	"markaz.example/sync/uplink"
	"markaz.example/sync/wire"
)

// The worlds to play; few in the ordinary test, many by "make sim". A failure names its seed; the same seed plays the same
// world again.
var (
	seeds = flag.Uint64("seeds", simSeeds, "how many worlds to simulate")
	seed1 = flag.Uint64("seed", 0, "the seed of the first")
)

const (
	// failuresMax is how many seeds fail before no further one is played: enough to see whether they have one cause.
	failuresMax = 10
	// worldMax is for a world that never ends, as one has been. The others take milliseconds.
	worldMax = 5 * time.Minute
)

// tally is what all worlds came to together.
type tally struct {
	mu       sync.Mutex
	failed   map[uint64]error
	played   int
	steps    int
	records  uint64
	settled  int
	virtual  time.Duration
	verdicts [archive.Settled + 1]int
}

func (c *tally) play(seed uint64) {
	watch := time.AfterFunc(worldMax, func() { panic(fmt.Sprintf("seed %d does not end: %s", seed, again(seed))) })
	w := newWorld(seed, flaw{})
	err := w.run(kindOf(seed))
	watch.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.failed[seed] = err
	}
	c.played++
	c.steps, c.records, c.settled = c.steps+w.Steps(), c.records+w.hq.held().Seq, c.settled+w.hq.settled
	c.virtual += w.Now().Sub(faultnet.NewAgenda(0).Now())
	for v, n := range w.hq.verdicts {
		c.verdicts[v] += n
	}
}

func (c *tally) fine() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.failed) < failuresMax
}

// again is the command that repeats a world.
func again(seed uint64) string {
	return fmt.Sprintf("go test ./sync/ingest -run TestPromisesHoldBySeed -seeds 1 -seed %d", seed)
}

func TestPromisesHoldBySeed(t *testing.T) {
	begin := time.Now()
	all := tally{failed: map[uint64]error{}}
	var next atomic.Uint64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for n := next.Add(1) - 1; n < *seeds && all.fine(); n = next.Add(1) - 1 {
				all.play(*seed1 + n)
			}
		})
	}
	workers.Wait()
	for seed, err := range all.failed {
		t.Errorf("seed %d: %v\nplay it again: %s", seed, err, again(seed))
	}
	for v, n := range all.verdicts {
		if n < all.played/20 {
			t.Errorf("%d batches came to %s in all: the world is too tame", n, archive.Verdict(v))
		}
	}
	took := time.Since(begin)
	t.Logf("%d seeds, %d steps, %d records at headquarters, %d forks settled, verdicts %v: %.1f virtual years in %v, %.0f seeds a second",
		all.played, all.steps, all.records, all.settled, all.verdicts, all.virtual.Hours()/24/365, took.Round(time.Millisecond),
		float64(all.played)/took.Seconds())
}

// failedOnce are seeds that showed a fault, of the product or of the model. A change of the world's draws gives them other
// worlds; they cost nothing.
var failedOnce = []uint64{5972, 8491, 48368, 61234, 81689, 101716}

func TestSeedsThatFailedOnceHold(t *testing.T) {
	for _, seed := range failedOnce {
		if err := newWorld(seed, flaw{}).run(kindOf(seed)); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
}

func TestSameSeedSameTrace(t *testing.T) {
	for seed := range uint64(20) {
		a, b := newWorld(seed, flaw{}), newWorld(seed, flaw{})
		_, _ = a.run(kindOf(seed)), b.run(kindOf(seed))
		if a.Trace() != b.Trace() || a.Steps() != b.Steps() {
			t.Errorf("seed %d: two runs differ", seed)
		}
		if c := newWorld(seed+1, flaw{}); c.run(kindOf(seed+1)) == nil && c.Trace() == a.Trace() {
			t.Errorf("seeds %d and %d give one trace", seed, seed+1)
		}
	}
}

// planted are the bugs that a road like this has had, here or elsewhere. A simulation that cannot see one proves nothing.
func planted() map[string]flaw {
	admit := func(from, to archive.Verdict) flaw {
		return flaw{admit: func(held chain.Position, at func(uint64) chain.Hash, s wire.Span) (archive.Verdict, bool) {
			return to, archive.Admit(held, at, s) == from
		}}
	}
	verdict := func(from, to archive.Verdict) flaw {
		return flaw{verdict: func(v archive.Verdict) archive.Verdict {
			if v == from {
				return to
			}
			return v
		}}
	}
	return map[string]flaw{
		"acknowledges before the commit":     {ackEarly: true},
		"sends what no caller was told":      {unacked: true},
		"the disk lost acknowledged records": {lossy: true},
		"appends duplicates":                 admit(archive.Duplicate, archive.Append),
		"appends after a gap":                admit(archive.Gap, archive.Append),
		"merges a fork":                      verdict(archive.Fork, archive.Append),
		"takes a fork for a duplicate":       verdict(archive.Fork, archive.Duplicate),
		"looks at sequences, not hashes": {admit: func(held chain.Position, _ func(uint64) chain.Hash, s wire.Span) (archive.Verdict, bool) {
			if s.Prev.Seq == held.Seq {
				return archive.Append, true
			}
			return archive.Duplicate, true
		}},
		"resumes one too far":                   {event: onWelcome(func(b *simBox, e *uplink.Welcomed) { e.Held = b.step(e.Held, 1); e.Ours = b.ours(e.Held.Seq) })},
		"ignores the hash on resume":            {event: onWelcome(func(_ *simBox, e *uplink.Welcomed) { e.Ours = uplink.Ours{Hash: e.Held.Hash, Known: true} })},
		"resumes where it thinks, not is told":  {event: onWelcome(func(b *simBox, e *uplink.Welcomed) { e.Held = b.head(); e.Ours = b.ours(e.Held.Seq) })},
		"forgets what it sent":                  {acts: forgetsSent},
		"takes an acknowledgement for all sent": {event: takesAckForAll},
		"never notices a dead link":             {deafLinks: true, event: noTicks},
		"does not look for the common record":   {acts: dropActs(func(a uplink.Act) bool { _, ask := a.(uplink.Ask); return ask })},
		"shows the fork from the wrong place":   {event: misjudgesLandmarks},
		"acknowledges whatever the verdict":     {say: acksRefused},
		"loses an acknowledgement for good":     {event: dropEvents(func(e uplink.Event) bool { _, ack := e.(uplink.Acked); return ack }), acts: neverHangs},

		"a deposed leader answers":                  {deposedAnswers: true},
		"whoever has a certificate goes on":         {anyKey: true},
		"merges a branch that goes on":              verdict(archive.Aside, archive.Append),
		"keeps no more than the evidence":           {event: dropEvents(func(e uplink.Event) bool { _, shelved := e.(uplink.Shelved); return shelved })},
		"forgets what is on a branch":               {acts: confirmsBranch},
		"acknowledges a branch as if it were held":  {say: acksBranches},
		"a settlement throws a history away":        {losesSide: true},
		"a settlement comes twice and turns back":   {wordsTwice: true},
		"says nothing to a box that lost":           verdict(archive.Settled, archive.Gap),
		"poison blocks what follows it":             {poison: true},
		"compares a third history with the chain":   {look: looksAtChain},
		"shows a branch from the middle of a batch": {event: ignoresBegins},
	}
}

func TestPlantedBugsAreCaught(t *testing.T) {
	const within = 600 // seeds
	for name, f := range planted() {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(within) {
				if err := newWorld(seed, f).run(kindOf(seed)); err != nil {
					t.Logf("seed %d: %v", seed, err)
					return
				}
			}
			t.Errorf("not caught in %d seeds", within)
		})
	}
}

// step is the box's record n after a position, as far as there is one.
func (b *simBox) step(p chain.Position, n uint64) chain.Position {
	return b.at(min(p.Seq+n, b.answered))
}

func onWelcome(change func(*simBox, *uplink.Welcomed)) func(*simBox, uplink.Event) uplink.Event {
	return func(b *simBox, e uplink.Event) uplink.Event {
		if welcome, ok := e.(uplink.Welcomed); ok {
			change(b, &welcome)
			return welcome
		}
		return e
	}
}

func dropEvents(which func(uplink.Event) bool) func(*simBox, uplink.Event) uplink.Event {
	return func(_ *simBox, e uplink.Event) uplink.Event {
		if which(e) {
			return nil
		}
		return e
	}
}

func dropActs(which func(uplink.Act) bool) func(*simBox, []uplink.Act) []uplink.Act {
	return func(_ *simBox, acts []uplink.Act) (kept []uplink.Act) {
		for _, a := range acts {
			if !which(a) {
				kept = append(kept, a)
			}
		}
		return kept
	}
}

var neverHangs = dropActs(func(a uplink.Act) bool {
	switch a.(type) {
	case uplink.Hang, uplink.Dial:
		return false
	case uplink.Confirm:
		return true
	}
	return false
})

func forgetsSent(b *simBox, acts []uplink.Act) []uplink.Act {
	for _, a := range acts {
		if s, ok := a.(uplink.Send); ok {
			acts = append([]uplink.Act{uplink.Confirm{Held: b.step(s.After, 1)}}, acts...)
		}
	}
	return acts
}

func takesAckForAll(b *simBox, e uplink.Event) uplink.Event {
	if a, ok := e.(uplink.Acked); ok {
		a.Held = b.step(a.Held, 16)
		a.Ours = b.ours(a.Held.Seq)
		return a
	}
	return e
}

func noTicks(b *simBox, e uplink.Event) uplink.Event {
	if _, ok := e.(uplink.Tick); ok && b.link != nil {
		return nil
	}
	return e
}

func misjudgesLandmarks(_ *simBox, e uplink.Event) uplink.Event {
	if l, ok := e.(uplink.Landmarked); ok {
		l.Ours = uplink.Ours{Hash: l.At.Hash, Known: true}
		return l
	}
	return e
}

func acksRefused(_ *world, acts []ingest.Act) []ingest.Act {
	for i, a := range acts {
		if r, ok := a.(ingest.Refuse); ok && r.Code == wire.CodeGap {
			held := r.Held
			held.Seq++
			acts[i] = ingest.Say{Message: wire.Ack{Held: held}}
		}
	}
	return acts
}

func confirmsBranch(b *simBox, acts []uplink.Act) []uplink.Act {
	if s := b.sender.State(); s.Forked && s.Up && len(acts) > 0 {
		if send, ok := acts[0].(uplink.Send); ok {
			return append([]uplink.Act{uplink.Confirm{Held: send.After}}, acts...)
		}
	}
	return acts
}

func acksBranches(_ *world, acts []ingest.Act) []ingest.Act {
	for i, a := range acts {
		if say, ok := a.(ingest.Say); ok {
			if s, ok := say.Message.(wire.Shelved); ok {
				acts[i] = ingest.Say{Message: wire.Ack{Held: s.At}}
			}
		}
	}
	return acts
}

func looksAtChain(w *world, a ingest.Look) ingest.Look {
	a.Tip = w.hq.held()
	return a
}

func ignoresBegins(_ *simBox, e uplink.Event) uplink.Event {
	if l, ok := e.(uplink.Landmarked); ok {
		l.Base = uplink.Ours{}
		return l
	}
	return e
}
