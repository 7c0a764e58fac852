package hq

import (
	"log/slog"
	"slices"
	"sync"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/archive"
	"markaz.example/sync/fleet"
)

// aside is what the page shows of branches and of unreadable records. It is read from the archive when a chain's
// branches or oddities are other than at the last look, and otherwise remembered: the page asks every second.
type aside struct {
	archive *archive.Archive
	log     *slog.Logger

	mu   sync.Mutex
	last map[chain.Incarnation]looked // guarded by mu; of chains that have either
}

// looked is what was read of a chain, and how the chain stood then.
type looked struct {
	chain  archive.Chain
	forks  []fleet.Fork
	poison fleet.Poison
}

// still says that nothing was settled, kept aside or named since. A branch that only goes on where the chain ends
// contradicts it once the chain goes on too.
func (l looked) still(now archive.Chain) bool {
	return l.chain.Odd == now.Odd && slices.EqualFunc(l.chain.Branches, now.Branches, sameBranch) &&
		(l.chain.Held == now.Held || !slices.ContainsFunc(l.forks, onward))
}

func sameBranch(a, b archive.Branch) bool {
	return a.Name == b.Name && a.Base == b.Base && a.End == b.End && a.Settled == b.Settled
}

func onward(f fleet.Fork) bool { return f.First == 0 }

// Forks are the branches of a chain.
func (a *aside) Forks(in chain.Incarnation) []fleet.Fork { return a.look(in).forks }

// Poison is what is named as unreadable of a chain.
func (a *aside) Poison(in chain.Incarnation) fleet.Poison { return a.look(in).poison }

func (a *aside) look(in chain.Incarnation) looked {
	now, _ := a.archive.Chain(in)
	if len(now.Branches) == 0 && now.Odd == 0 {
		return looked{}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if l, ok := a.last[in]; ok && l.still(now) {
		return l
	}
	l := looked{now, a.readForks(now), a.readPoison(now)}
	if a.last == nil {
		a.last = map[chain.Incarnation]looked{}
	}
	a.last[in] = l
	return l
}

// readForks compares the branches. Where the archive is damaged its own verification names the place; the page shows
// what could be compared.
func (a *aside) readForks(c archive.Chain) (out []fleet.Fork) {
	forks, err := a.archive.Forks(c.Incarnation)
	if err != nil {
		a.log.Error("compare branches", "chain", c.Incarnation.String(), "err", err)
	}
	for _, f := range forks {
		out = append(out, fleet.Fork{
			Branch: f.Branch, First: f.First, Records: f.Records,
			Ours: summary(f.After+1, f.Ours), Theirs: summary(f.After+1, f.Theirs), Settled: settledHow(f.Settled),
		})
	}
	return out
}

func summary(seq uint64, s *archive.Summary) fleet.RecordSummary {
	switch {
	case s == nil:
		return fleet.RecordSummary{}
	case s.Odd != "":
		return fleet.RecordSummary{Seq: seq, Odd: s.Odd}
	}
	return fleet.RecordSummary{Seq: seq, Kind: s.Kind, Actor: s.Actor, Subject: s.Subject, Wall: s.Wall.UnixMilli()}
}

func settledHow(j *archive.Judgement) string {
	if j == nil {
		return ""
	}
	return j.At.Format(time.DateOnly) + ", " + j.Who + ", the " + j.Keep + " kept: " + j.Why
}

func (a *aside) readPoison(c archive.Chain) (out fleet.Poison) {
	out.Count = uint64(c.Odd)
	if c.Odd == 0 {
		return out
	}
	odd, err := a.archive.Odd(c.Incarnation)
	if err != nil {
		a.log.Error("list unreadable records", "chain", c.Incarnation.String(), "err", err)
	}
	if len(odd) > 0 {
		out.First = odd[0].Reason
	}
	return out
}
