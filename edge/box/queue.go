package box

import (
	"cmp"
	"fmt"
	"time"

	"markaz.example/edge/desk"
	"markaz.example/edge/health"
	"markaz.example/edge/id"
	"markaz.example/edge/queue"
)

// Queue is who is next and how people are called. What is left out, or 0, is as usual.
type Queue struct {
	Ceiling     int         `toml:"ceiling_min"`     // whoever has waited so long goes before all but emergencies; usually 45
	Early       int         `toml:"early_min"`       // an appointment counts from so long before its time; usually 5
	Late        int         `toml:"late_min"`        // for whoever came until so long after it; usually 10
	ShortPeople int         `toml:"short_people"`    // a desk looks beyond a line that it prefers while no more wait there; usually 2
	Short       int         `toml:"short_min"`       // and none of them longer than this; usually 5
	RecallEvery int         `toml:"recall_every_s"`  // the least time between two calls of one person; usually 10
	Recalls     int         `toml:"no_show_recalls"` // recalls before somebody counts as not here; usually 3
	NoShow      int         `toml:"no_show_after_s"` // and the least time since the first call; usually 90
	ReturnAfter int         `toml:"return_after"`    // how many go before somebody who missed the call; usually 2
	Classes     []ClassRank `toml:"class"`
}

// ClassRank is how a class grows in its line.
type ClassRank struct {
	Class   queue.Class `toml:"class"`     // infant, disability, elder, appointment, returning or normal
	Percent int64       `toml:"percent"`   // of the wait, that counts
	Boost   int         `toml:"boost_min"` // as if they had come so much earlier
}

// Journey is a template of a visit.
type Journey struct {
	Code     string        `toml:"code"`
	Services []id.Service  `toml:"services"` // what it begins with
	Free     bool          `toml:"free"`     // in the order of the shortest waits; otherwise as listed
	Rules    []JourneyRule `toml:"rule"`
}

// JourneyRule adds a stop when one ends as it says.
type JourneyRule struct {
	After   id.Service `toml:"after"`   // the stop that ends; any when empty
	Outcome string     `toml:"outcome"` // its outcome; any when empty
	Mark    string     `toml:"mark"`    // that the visit has by then, "sam"; none when empty
	Add     id.Service `toml:"add"`
}

// Transfer says which place in the line a transfer takes; without one it keeps its own.
type Transfer struct {
	From      id.Service `toml:"from"`
	To        id.Service `toml:"to"`
	Seniority string     `toml:"seniority"` // keep, front or end
}

// rules are the policy as configured.
func (q Queue) rules() queue.Rules {
	r := queue.DefaultRules()
	r.CeilingMs = cmp.Or(minutesMs(q.Ceiling), r.CeilingMs)
	r.EarlyMs, r.LateMs = cmp.Or(minutesMs(q.Early), r.EarlyMs), cmp.Or(minutesMs(q.Late), r.LateMs)
	r.ShortPeople, r.ShortMs = cmp.Or(q.ShortPeople, r.ShortPeople), cmp.Or(minutesMs(q.Short), r.ShortMs)
	for _, c := range q.Classes {
		r.Ranks[c.Class] = queue.Rank{Percent: c.Percent, BoostMs: minutesMs(c.Boost)}
	}
	return r
}

func minutesMs(n int) int64 { return int64(n) * time.Minute.Milliseconds() }

// patience is how people are called, as configured.
func (q Queue) patience() desk.Patience {
	p := desk.DefaultPatience()
	p.RecallEvery = cmp.Or(time.Duration(q.RecallEvery)*time.Second, p.RecallEvery)
	p.NoShowAfter = cmp.Or(time.Duration(q.NoShow)*time.Second, p.NoShowAfter)
	p.NoShowRecalls, p.ReturnAfter = cmp.Or(q.Recalls, p.NoShowRecalls), cmp.Or(q.ReturnAfter, p.ReturnAfter)
	return p
}

// check reports settings that cannot be used.
func (q Queue) check() error {
	for _, n := range []int{q.RecallEvery, q.Recalls, q.NoShow, q.ReturnAfter} {
		if n < 0 || n > patienceMax {
			return fmt.Errorf("queue: %d: want 0 to %d for recall_every_s, no_show_recalls, no_show_after_s and return_after", n, patienceMax)
		}
	}
	if err := q.rules().Check(); err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	return nil
}

func (c Config) journeys() (out []desk.Journey) {
	for _, j := range c.Journeys {
		own := desk.Journey{Code: j.Code, Stops: j.Services, Free: j.Free}
		for _, r := range j.Rules {
			own.Rules = append(own.Rules, desk.Rule(r))
		}
		out = append(out, own)
	}
	return out
}

func (c Config) transfers() (out []desk.TransferRule) {
	for _, t := range c.Transfers {
		out = append(out, desk.TransferRule(t))
	}
	return out
}

// machines are the classes of what works at a desk now: a device that somebody has to see to does not.
func (b *Box) machines(board *health.Board) func(id.Desk) []string {
	return func(at id.Desk) (out []string) {
		ill := map[string]bool{}
		for _, c := range board.List() {
			ill[c.Dev] = ill[c.Dev] || c.Severity >= health.Warning
		}
		for _, own := range b.Desks {
			if own.Code == at {
				out = append(out, b.wellAt(own, ill)...)
			}
		}
		return out
	}
}

func (b *Box) wellAt(at Desk, ill map[string]bool) (out []string) {
	for _, name := range at.Devices {
		for _, d := range b.devices {
			if d.config.Name == name && !ill[d.name] {
				out = append(out, d.Class)
			}
		}
	}
	return out
}
