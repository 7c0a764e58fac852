package fleet

import (
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

// Roster is who belongs to the fleet. It may change while headquarters runs.
type Roster interface {
	Centres() []roster.Centre // by code
	Centre(id.Centre) (roster.Centre, bool)
	Fault() error // why a newer list is not taken; nil when none waits
}

// Fleet is how each centre is. Any goroutine may call it.
type Fleet struct {
	Sources Sources // set before anybody calls

	roster  Roster
	archive Archive
	now     func() time.Time

	mu      sync.Mutex
	links   map[id.Centre]*link // guarded by mu; centres of the roster, no more
	others  map[string]*peer    // guarded by mu; what other nodes heard, by their names
	strays  uint64              // guarded by mu; news of centres that are not on the roster
	changed chan struct{}       // guarded by mu; closed by the next change
}

// link is what this node heard of a centre since the process began.
type link struct {
	in       chain.Incarnation
	since    time.Time // this incarnation was first heard then
	head     uint64
	heard    time.Time
	up       bool
	news     News
	told     time.Time // when the news came
	refusal  *Refusal  // of this incarnation, the newest
	refusals []Refusal // of all, newest first
	trail    []Sample  // newest last
}

// New makes a fleet of the roster's centres.
func New(r Roster, a Archive, now func() time.Time) *Fleet {
	return &Fleet{
		roster: r, archive: a, now: now,
		links: map[id.Centre]*link{}, others: map[string]*peer{}, changed: make(chan struct{}),
	}
}

// Refusal is a time when headquarters said no to a centre in a way that a person should know of.
type Refusal struct {
	At     time.Time `json:"at"`
	Code   string    `json:"code"`
	Detail string    `json:"detail"`
}

// Heard says that a centre is linked and how far its box has come. What headquarters holds is asked of the archive,
// which knows it also of centres that are away. A new incarnation leaves the old one's refusals and news behind.
func (f *Fleet) Heard(in chain.Incarnation, head, _ chain.Position, at time.Time) {
	f.update(in.Centre, func(l *link) {
		if l.in != in {
			l.in, l.since, l.news, l.told, l.refusal = in, at, News{}, time.Time{}, nil
		}
		l.head, l.heard, l.up = head.Seq, at, true
	})
}

// passing are the refusals of ordinary days: the box comes back by itself, and the log is enough.
var passing = []string{wire.CodeBusy, wire.CodeGap, wire.CodeReplaced, wire.CodeSilent}

// Refused says that headquarters said no to a centre, or, with wire.CodeFork, that its history differs.
func (f *Fleet) Refused(centre id.Centre, code, detail string, at time.Time) {
	if slices.Contains(passing, code) {
		return
	}
	r := Refusal{at, code, detail}.bounded()
	f.update(centre, func(l *link) {
		l.refusal = &r
		l.refusals = append([]Refusal{r}, l.refusals[:min(len(l.refusals), refusalsMax-1)]...)
	})
}

// Gone says that the last link of a chain has ended.
func (f *Fleet) Gone(in chain.Incarnation, _ time.Time) {
	f.update(in.Centre, func(l *link) { l.up = l.up && l.in != in })
}

func (f *Fleet) update(centre id.Centre, change func(*link)) {
	_, known := f.roster.Centre(centre)
	f.mu.Lock()
	defer f.mu.Unlock()
	if !known {
		f.strays++
		return
	}
	l, ok := f.links[centre]
	if !ok {
		l = &link{}
		f.links[centre] = l
	}
	change(l)
	f.ring()
}

// ring wakes whoever waits for a change. The lock is held.
func (f *Fleet) ring() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// Changed is closed when something is heard next. What the archive gained by itself does not close it.
func (f *Fleet) Changed() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.changed
}

// bounded is the refusal with no more than this package shows.
func (r Refusal) bounded() Refusal {
	return Refusal{r.At, clip(r.Code, wordRunes), clip(r.Detail, detailRunes)}
}

// clip bounds what a box or another node says of itself.
func clip(s string, runes int) string {
	if r := []rune(s); len(r) > runes {
		return string(r[:runes]) + "…"
	}
	return s
}
