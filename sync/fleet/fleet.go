package fleet

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
	"markaz.example/sync/roster"
	"markaz.example/sync/wire"
)

// Archive is where the fleet looks up what headquarters holds.
type Archive interface {
	Chains() []archive.Chain // ordered by incarnation
}

// Fleet is how each centre is. Any goroutine may call it.
type Fleet struct {
	roster  *roster.Roster
	archive Archive
	now     func() time.Time

	mu     sync.Mutex
	links  map[id.Centre]*link // guarded by mu; one for each centre of the roster, no more
	strays uint64              // guarded by mu; news of centres that are not on the roster
}

// link is what was heard of a centre since the process began.
type link struct {
	in      chain.Incarnation
	head    chain.Position
	heard   time.Time
	up      bool
	refusal *Refusal
}

// Refusal is the last time headquarters said no to a centre in a way that a person should know of.
type Refusal struct {
	At     time.Time `json:"at"`
	Code   string    `json:"code"`
	Detail string    `json:"detail"`
}

// New makes a fleet of the roster's centres.
func New(r *roster.Roster, a Archive, now func() time.Time) *Fleet {
	f := &Fleet{roster: r, archive: a, now: now, links: map[id.Centre]*link{}}
	for _, c := range r.Centres() {
		f.links[c.Code] = &link{}
	}
	return f
}

// State is one word for how a centre is, the most urgent that applies.
type State string

// The states, most urgent first.
const (
	Forked  State = "forked"  // a branch was set aside: a person must settle it
	Refused State = "refused" // the last thing headquarters said was no
	Silent  State = "silent"  // no link for longer than a person should leave it
	Away    State = "away"    // no link: an ordinary outage
	Behind  State = "behind"  // linked, and catching up
	Live    State = "live"    // linked, and all of it here
	Never   State = "never"   // on the list, never heard of
)

var urgency = []State{Forked, Refused, Silent, Away, Behind, Live, Never}

// Centre is one row: how one centre is.
type Centre struct {
	Code        id.Centre `json:"code"`
	Name        string    `json:"name"`
	NameUR      string    `json:"name_ur"`
	District    string    `json:"district"`
	State       State     `json:"state"`
	Linked      bool      `json:"linked"`
	Incarnation string    `json:"incarnation,omitempty"` // of the chain shown: the one last heard of, else the longest
	Head        uint64    `json:"head"`                  // the box's newest record, as far as is known
	Held        uint64    `json:"held"`                  // headquarters' newest of the same chain
	Lag         uint64    `json:"lag"`                   // records between the two
	Chains      int       `json:"chains"`                // more than one after a box was replaced
	Forks       int       `json:"forks"`                 // branches set aside, of all its chains
	LastHeard   time.Time `json:"last_heard,omitzero"`   // since headquarters started
	Refusal     *Refusal  `json:"refusal,omitempty"`
}

// Report is the whole fleet at one moment.
type Report struct {
	At      time.Time     `json:"at"`
	Centres []Centre      `json:"centres"` // most urgent first, then by code
	Count   map[State]int `json:"count"`
	Linked  int           `json:"linked"`
	Held    uint64        `json:"held"` // records of all centres
	Lag     uint64        `json:"lag"`  // records of all centres known to be missing
	Strays  uint64        `json:"strays"`
}

// Report tells how every centre is.
func (f *Fleet) Report() Report {
	chains := map[id.Centre][]archive.Chain{}
	for _, c := range f.archive.Chains() {
		chains[c.Incarnation.Centre] = append(chains[c.Incarnation.Centre], c)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	r := Report{At: f.now(), Count: map[State]int{}, Strays: f.strays}
	for _, c := range f.roster.Centres() {
		r.add(describe(c, f.links[c.Code], chains[c.Code], r.At))
	}
	slices.SortStableFunc(r.Centres, func(a, b Centre) int {
		return cmp.Compare(slices.Index(urgency, a.State), slices.Index(urgency, b.State))
	})
	return r
}

func (r *Report) add(c Centre) {
	r.Centres = append(r.Centres, c)
	r.Count[c.State]++
	r.Held += c.Held
	r.Lag += c.Lag
	if c.Linked {
		r.Linked++
	}
}

// In is how many centres are in a state.
func (r Report) In(s State) int { return r.Count[s] }

func describe(c roster.Centre, l *link, chains []archive.Chain, now time.Time) Centre {
	out := Centre{
		Code: c.Code, Name: c.Name, NameUR: c.NameUR, District: c.District,
		Linked: l.up, Chains: len(chains), LastHeard: l.heard, Refusal: l.refusal,
	}
	shown := l.in
	for _, k := range chains {
		out.Forks += k.Forks
		if l.heard.IsZero() && k.Held.Seq >= out.Held || k.Incarnation == l.in {
			shown, out.Held = k.Incarnation, k.Held.Seq
		}
	}
	if shown != (chain.Incarnation{}) {
		out.Incarnation = shown.String()
	}
	out.Head = max(l.head.Seq, out.Held)
	out.Lag = out.Head - out.Held
	out.State = state(out, now)
	if r := out.Refusal; r != nil && out.Linked && out.State != Forked && now.Sub(r.At) > refusalShown {
		out.Refusal = nil
	}
	return out
}

func state(c Centre, now time.Time) State {
	switch {
	case c.Forks > 0, c.Refusal != nil && c.Refusal.Code == wire.CodeFork:
		return Forked
	case c.Refusal != nil && !c.Refusal.At.Before(c.LastHeard) && !c.Linked:
		return Refused
	case c.Linked && c.Lag > lagShown:
		return Behind
	case c.Linked:
		return Live
	case c.LastHeard.IsZero() && c.Chains == 0:
		return Never
	case !c.LastHeard.IsZero() && now.Sub(c.LastHeard) > silentAfter:
		return Silent
	}
	return Away
}

// Heard says that a centre is linked and how far its box has come. What headquarters holds is asked of the archive,
// which knows it also of centres that are away. A new incarnation leaves the old one's refusal behind.
func (f *Fleet) Heard(in chain.Incarnation, head, _ chain.Position, at time.Time) {
	f.update(in.Centre, func(l *link) {
		if l.in != in {
			l.refusal = nil
		}
		l.in, l.head, l.heard, l.up = in, head, at, true
	})
}

// passing are the refusals of ordinary days: the box comes back by itself, and the log is enough.
var passing = []string{wire.CodeBusy, wire.CodeGap, wire.CodeReplaced, wire.CodeSilent}

// Refused says that headquarters said no to a centre, or, with wire.CodeFork, that its history differs.
func (f *Fleet) Refused(centre id.Centre, code, detail string, at time.Time) {
	if slices.Contains(passing, code) {
		return
	}
	if r := []rune(detail); len(r) > detailRunes {
		detail = string(r[:detailRunes]) + "…"
	}
	f.update(centre, func(l *link) { l.refusal = &Refusal{at, code, detail} })
}

// Gone says that the last link of a chain has ended.
func (f *Fleet) Gone(in chain.Incarnation, _ time.Time) {
	f.update(in.Centre, func(l *link) { l.up = l.up && l.in != in })
}

func (f *Fleet) update(centre id.Centre, change func(*link)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	l, ok := f.links[centre]
	if !ok {
		f.strays++
		return
	}
	change(l)
}
