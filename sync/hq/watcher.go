package hq

import (
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/archive"
	"markaz.example/sync/fleet"
	"markaz.example/sync/wire"
)

// watcher is the fleet as the road tells it of boxes.
type watcher struct{ *fleet.Fleet }

// Told says how a box is.
func (w watcher) Told(in chain.Incarnation, software string, b wire.Beat, at time.Time) {
	n := fleet.News{Software: software, Oldest: b.Oldest, Wall: b.Wall, Grade: b.Grade, Conditions: b.Conditions}
	for _, p := range b.Packs {
		n.Packs = append(n.Packs, fleet.Pack{Name: p.Name, Version: p.Version})
	}
	w.Fleet.Told(in, n, at)
}

// forksOf are the branches of a chain for the page. A damaged archive is named by its own verification.
func (h *HQ) forksOf(in chain.Incarnation) (out []fleet.Fork) {
	forks, err := h.archive.Forks(in)
	if err != nil {
		h.log.Error("compare branches", "chain", in.String(), "err", err)
	}
	for _, f := range forks {
		out = append(out, fleet.Fork{
			Branch: f.Branch, First: f.After + 1, Records: f.Records,
			Ours: summary(f.After+1, f.Ours), Theirs: summary(f.After+1, f.Theirs), Settled: settledHow(f.Settled),
		})
	}
	return out
}

func summary(seq uint64, s *archive.Summary) fleet.RecordSummary {
	if s == nil {
		return fleet.RecordSummary{}
	}
	return fleet.RecordSummary{Seq: seq, Kind: s.Kind, Actor: s.Actor, Subject: s.Subject, Wall: s.Wall.UnixMilli()}
}

func settledHow(j *archive.Judgement) string {
	if j == nil {
		return ""
	}
	return j.At.Format(time.DateOnly) + ", " + j.Who + ", the " + j.Keep + " kept: " + j.Why
}

// poisonOf is what is named as unreadable of a chain, for the page.
func (h *HQ) poisonOf(in chain.Incarnation) (out fleet.Poison) {
	if c, _ := h.archive.Chain(in); c.Odd == 0 {
		return out
	}
	odd, err := h.archive.Odd(in)
	if err != nil {
		h.log.Error("list unreadable records", "chain", in.String(), "err", err)
	}
	if len(odd) > 0 {
		out = fleet.Poison{Count: uint64(len(odd)), First: odd[0].Reason}
	}
	return out
}
