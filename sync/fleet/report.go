package fleet

import (
	"slices"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
	"markaz.example/sync/roster"
	"markaz.example/sync/wire"
)

// Centre is one row: how one centre is.
type Centre struct {
	Code        id.Centre `json:"code"`
	Name        string    `json:"name"`
	NameUR      string    `json:"name_ur"`
	District    string    `json:"district"`
	State       State     `json:"state"`
	Marks       []Mark    `json:"marks,omitempty"` // most urgent first
	Linked      bool      `json:"linked"`
	Node        string    `json:"node,omitempty"`        // the other node that has its link
	Incarnation string    `json:"incarnation,omitempty"` // of the chain shown: the one last heard of, else the longest
	Head        uint64    `json:"head"`                  // the box's newest record, as far as is known
	Held        uint64    `json:"held"`                  // headquarters' newest of the same chain
	Lag         uint64    `json:"lag"`                   // records between the two
	Chains      int       `json:"chains"`                // more than one after a box was replaced
	Lost        uint64    `json:"lost,omitempty"`        // records held of the chain before, which its box does not have: it was put back from an older state
	Forks       int       `json:"forks"`                 // branches that nobody has settled, of all its chains
	Fork        *Fork     `json:"fork,omitempty"`        // the first of them, where it is known
	LastHeard   time.Time `json:"last_heard,omitzero"`   // since headquarters started
	Refusal     *Refusal  `json:"refusal,omitempty"`
	Unread      uint64    `json:"unread,omitempty"` // records kept that nobody can read

	// What its box told of itself, at Told.
	Told       time.Time `json:"told,omitzero"`
	Software   string    `json:"software,omitempty"`
	Oldest     time.Time `json:"oldest_unsent,omitzero"` // by headquarters' clock
	SkewMS     int64     `json:"skew_ms,omitempty"`      // its clock less headquarters'
	Grade      uint8     `json:"grade,omitempty"`        // of its clock
	Conditions []string  `json:"conditions,omitempty"`
	Packs      []Pack    `json:"packs,omitempty"`
}

// Has says whether a mark holds.
func (c Centre) Has(m Mark) bool { return slices.Contains(c.Marks, m) }

// Report is the whole fleet at one moment.
type Report struct {
	At        time.Time     `json:"at"`
	Centres   []Centre      `json:"centres"` // most urgent first, then by code
	Count     map[State]int `json:"count"`
	Marked    map[Mark]int  `json:"marked"`
	Linked    int           `json:"linked"`
	Held      uint64        `json:"held"`                   // records of all centres
	Lag       uint64        `json:"lag"`                    // records of all centres known to be missing
	Oldest    time.Time     `json:"oldest_unsent,omitzero"` // of all centres
	Strays    uint64        `json:"strays"`
	Nodes     []Node        `json:"nodes,omitempty"`
	Warehouse *Warehouse    `json:"warehouse,omitempty"` // nil when none is configured
	Fault     string        `json:"fault,omitempty"`     // what is wrong with a newer list of centres, which is not taken
}

// Report tells how every centre is.
func (f *Fleet) Report() Report {
	r := Report{At: f.now(), Count: map[State]int{}, Marked: map[Mark]int{}}
	if f.Sources.Nodes != nil {
		r.Nodes = f.Sources.Nodes()
	}
	if f.Sources.Warehouse != nil {
		r.Warehouse = f.Sources.Warehouse()
	}
	if err := f.roster.Fault(); err != nil {
		r.Fault = clip(err.Error(), faultRunes)
	}
	d := f.describer(r.At)
	for _, c := range f.roster.Centres() {
		r.add(d.centre(c))
	}
	f.mu.Lock()
	r.Strays = f.strays
	f.mu.Unlock()
	slices.SortStableFunc(r.Centres, func(a, b Centre) int { return a.State.Urgency() - b.State.Urgency() })
	return r
}

func (r *Report) add(c Centre) {
	r.Centres = append(r.Centres, c)
	r.Count[c.State]++
	for _, m := range c.Marks {
		r.Marked[m]++
	}
	r.Held += c.Held
	r.Lag += c.Lag
	if c.Linked {
		r.Linked++
	}
	if !c.Oldest.IsZero() && (r.Oldest.IsZero() || c.Oldest.Before(r.Oldest)) {
		r.Oldest = c.Oldest
	}
}

// In is how many centres are in a state.
func (r Report) In(s State) int { return r.Count[s] }

// describer puts together what the node, the archive and the other sources know at one moment.
type describer struct {
	*Fleet
	now    time.Time
	chains map[id.Centre][]archive.Chain
	packs  map[string]uint64
}

func (f *Fleet) describer(now time.Time) describer {
	d := describer{Fleet: f, now: now, chains: map[id.Centre][]archive.Chain{}}
	for _, c := range f.archive.Chains() {
		d.chains[c.Incarnation.Centre] = append(d.chains[c.Incarnation.Centre], c)
	}
	if f.Sources.Packs != nil {
		d.packs = f.Sources.Packs()
	}
	return d
}

func (d describer) centre(c roster.Centre) Centre {
	d.mu.Lock()
	l, node := d.known(c.Code, d.now)
	d.mu.Unlock()
	out := Centre{
		Code: c.Code, Name: c.Name, NameUR: c.NameUR, District: c.District,
		Linked: l.up, Node: node, Chains: len(d.chains[c.Code]), LastHeard: l.heard, Refusal: l.refusal,
	}
	d.addChains(&out, l)
	d.addNews(&out, l)
	if r := out.Refusal; r != nil && r.Code == wire.CodeFork && settled(d.chains[c.Code]) {
		out.Refusal = nil
	}
	out.State = state(out, d.now)
	out.Marks = marks(out, d.now)
	if r := out.Refusal; r != nil && out.Linked && out.State != Forked && d.now.Sub(r.At) > refusalShown {
		out.Refusal = nil
	}
	return out
}

// settled is whether there were forks and people have settled all of them.
func settled(chains []archive.Chain) bool {
	branches, forks := 0, 0
	for _, k := range chains {
		branches, forks = branches+len(k.Branches), forks+k.Forks
	}
	return branches > 0 && forks == 0
}

func (d describer) addChains(out *Centre, l link) {
	shown, all := l.in, d.chains[out.Code]
	heirless := archive.Heirless(all)
	for _, k := range all {
		d.addForks(out, k)
		if d.Sources.Poison != nil {
			out.Unread += d.Sources.Poison(k.Incarnation).Count
		}
		goesOn := slices.ContainsFunc(heirless, func(h archive.Chain) bool { return h.Incarnation == k.Incarnation })
		if l.heard.IsZero() && goesOn && k.Held.Seq >= out.Held || k.Incarnation == l.in {
			shown, out.Held = k.Incarnation, k.Held.Seq
		}
		out.Lost = max(out.Lost, lost(k, all))
	}
	if shown != (chain.Incarnation{}) {
		out.Incarnation = shown.String()
	}
	out.Head = max(l.head, out.Held)
	out.Lag = out.Head - out.Held
}

// lost is what headquarters has of the chain that one succeeds and its box does not.
func lost(k archive.Chain, all []archive.Chain) (n uint64) {
	for _, before := range all {
		n = max(n, k.Lost(before))
	}
	return n
}

// addForks counts what is unsettled. Where nobody can say more than how many branches there are, all are.
func (d describer) addForks(out *Centre, k archive.Chain) {
	if k.Forks == 0 {
		return
	}
	if d.Sources.Forks == nil {
		out.Forks += k.Forks
		return
	}
	for _, fork := range d.Sources.Forks(k.Incarnation) {
		if fork.Settled != "" {
			continue
		}
		if out.Forks++; out.Fork == nil {
			out.Fork = &fork
		}
	}
}

func (d describer) addNews(out *Centre, l link) {
	out.Software = l.news.Software
	if l.told.IsZero() {
		return
	}
	out.Told, out.Grade, out.Conditions = l.told, l.news.Grade, l.news.Conditions
	out.Oldest, out.SkewMS = l.news.oldest(l.told), l.news.skew(l.told).Milliseconds()
	for _, p := range l.news.Packs {
		p.Newest = d.packs[p.Name]
		out.Packs = append(out.Packs, p)
	}
}
