package ingest_test

import (
	"flag"
	"testing"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/archive"
	"markaz.example/sync/ingest"
	"markaz.example/sync/uplink"
	"markaz.example/sync/wire"
)

// The worlds to play; few in the ordinary test, many by "make sim". A failure names its seed; the same seed plays the same
// world again.
var (
	seeds = flag.Uint64("seeds", 2000, "how many worlds to simulate")
	seed1 = flag.Uint64("seed", 0, "the seed of the first")
)

func forks(seed uint64) bool { return seed%4 == 0 }

func TestPromisesHoldBySeed(t *testing.T) {
	begin := time.Now()
	steps, records := 0, 0
	var verdicts [archive.Fork + 1]int
	for seed := *seed1; seed < *seed1+*seeds; seed++ {
		w := newWorld(seed, flaw{})
		if err := w.run(forks(seed)); err != nil {
			t.Fatalf("seed %d: %v\nplay it again: go test ./sync/ingest -run TestPromisesHoldBySeed -seeds 1 -seed %d",
				seed, err, seed)
		}
		steps, records = steps+w.Steps(), records+len(w.hq.hashes)-1
		for v, n := range w.hq.verdicts {
			verdicts[v] += n
		}
	}
	for v, n := range verdicts {
		if uint64(n) < *seeds/10 {
			t.Errorf("%d batches came to %s in all: the world is too tame", n, archive.Verdict(v))
		}
	}
	t.Logf("%d seeds, %d steps, %d records at headquarters, verdicts %v: %v of virtual time in %v",
		*seeds, steps, records, verdicts, time.Duration(*seeds)*simSpan, time.Since(begin).Round(time.Millisecond))
}

func TestSameSeedSameTrace(t *testing.T) {
	for seed := range uint64(20) {
		a, b := newWorld(seed, flaw{}), newWorld(seed, flaw{})
		_, _ = a.run(forks(seed)), b.run(forks(seed))
		if a.Trace() != b.Trace() || a.Steps() != b.Steps() {
			t.Errorf("seed %d: two runs differ", seed)
		}
		if c := newWorld(seed+1, flaw{}); c.run(forks(seed)) == nil && c.Trace() == a.Trace() {
			t.Errorf("seeds %d and %d give one trace", seed, seed+1)
		}
	}
}

// planted are the bugs that a road like this has had, here or elsewhere. A simulation that cannot see one proves nothing.
func planted() map[string]flaw {
	admit := func(from, to archive.Verdict) flaw {
		return flaw{admit: func(held chain.Position, at func(uint64) chain.Hash, s wire.Span) archive.Verdict {
			if v := archive.Admit(held, at, s); v != from {
				return v
			}
			return to
		}}
	}
	return map[string]flaw{
		"acknowledges before the commit":     {ackEarly: true},
		"sends what no caller was told":      {unacked: true},
		"the disk lost acknowledged records": {lossy: true},
		"appends duplicates":                 admit(archive.Duplicate, archive.Append),
		"appends after a gap":                admit(archive.Gap, archive.Append),
		"merges a fork":                      admit(archive.Fork, archive.Append),
		"takes a fork for a duplicate":       admit(archive.Fork, archive.Duplicate),
		"looks at sequences, not hashes": {admit: func(held chain.Position, _ func(uint64) chain.Hash, s wire.Span) archive.Verdict {
			if s.Prev.Seq == held.Seq {
				return archive.Append
			}
			return archive.Duplicate
		}},
		"resumes one too far":                   {event: onWelcome(func(w *world, e *uplink.Welcomed) { e.Held = w.step(e.Held, 1); e.Ours = w.box.ours(e.Held.Seq) })},
		"ignores the hash on resume":            {event: onWelcome(func(_ *world, e *uplink.Welcomed) { e.Ours = uplink.Ours{Hash: e.Held.Hash, Known: true} })},
		"resumes where it thinks, not is told":  {event: onWelcome(func(w *world, e *uplink.Welcomed) { e.Held = w.box.at(w.box.answered); e.Ours = w.box.ours(e.Held.Seq) })},
		"forgets what it sent":                  {acts: forgetsSent},
		"takes an acknowledgement for all sent": {event: takesAckForAll},
		"never notices a dead link":             {deafLinks: true, event: noTicks},
		"does not look for the common record":   {acts: dropActs(func(a uplink.Act) bool { _, ask := a.(uplink.Ask); return ask })},
		"shows evidence past what is held":      {acts: showsTooMuch},
		"shows the fork from the wrong place":   {event: misjudgesLandmarks},
		"acknowledges whatever the verdict":     {say: acksRefused},
		"loses an acknowledgement for good":     {event: dropEvents(func(e uplink.Event) bool { _, ack := e.(uplink.Acked); return ack }), acts: neverHangs},
	}
}

func TestPlantedBugsAreCaught(t *testing.T) {
	const within = 200 // seeds
	for name, f := range planted() {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(within) {
				if err := newWorld(seed, f).run(forks(seed)); err != nil {
					t.Logf("seed %d: %v", seed, err)
					return
				}
			}
			t.Errorf("not caught in %d seeds", within)
		})
	}
}

// step is the box's record n after a position, as far as there is one.
func (w *world) step(p chain.Position, n uint64) chain.Position {
	return w.box.at(min(p.Seq+n, w.box.answered))
}

func onWelcome(change func(*world, *uplink.Welcomed)) func(*world, uplink.Event) uplink.Event {
	return func(w *world, e uplink.Event) uplink.Event {
		if welcome, ok := e.(uplink.Welcomed); ok {
			change(w, &welcome)
			return welcome
		}
		return e
	}
}

func dropEvents(which func(uplink.Event) bool) func(*world, uplink.Event) uplink.Event {
	return func(_ *world, e uplink.Event) uplink.Event {
		if which(e) {
			return nil
		}
		return e
	}
}

func dropActs(which func(uplink.Act) bool) func(*world, []uplink.Act) []uplink.Act {
	return func(_ *world, acts []uplink.Act) (kept []uplink.Act) {
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

func forgetsSent(w *world, acts []uplink.Act) []uplink.Act {
	for _, a := range acts {
		if s, ok := a.(uplink.Send); ok {
			acts = append([]uplink.Act{uplink.Confirm{Held: w.step(s.After, 1)}}, acts...)
		}
	}
	return acts
}

func takesAckForAll(w *world, e uplink.Event) uplink.Event {
	if a, ok := e.(uplink.Acked); ok {
		a.Held = w.step(a.Held, 16)
		a.Ours = w.box.ours(a.Held.Seq)
		return a
	}
	return e
}

func noTicks(w *world, e uplink.Event) uplink.Event {
	if _, ok := e.(uplink.Tick); ok && w.link != nil {
		return nil
	}
	return e
}

func showsTooMuch(w *world, acts []uplink.Act) []uplink.Act {
	for i, a := range acts {
		if s, ok := a.(uplink.Send); ok {
			s.UpTo, s.LimitBytes = w.box.answered, 1<<20
			acts[i] = s
		}
	}
	return acts
}

func misjudgesLandmarks(_ *world, e uplink.Event) uplink.Event {
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
