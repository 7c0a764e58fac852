package fleet

import (
	"slices"
	"strings"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// News is what a box says of itself while it is linked. A box that does not say its Wall is of a version that says nothing
// of all this but its Software.
type News struct {
	Software   string   `json:"software,omitempty"`   // "markaz 0.1.0"; empty when it did not say
	Oldest     int64    `json:"oldest,omitempty"`     // its oldest unsent record by its own clock, ms since 1970 UTC; 0 none
	Wall       int64    `json:"wall,omitempty"`       // its clock when it said so, ms since 1970 UTC
	Grade      uint8    `json:"grade"`                // of its clock, as edge/clock has it: 0 unset, 1 rtc, 2 human, 3 network
	Conditions []string `json:"conditions,omitempty"` // health codes that hold now: "printer.paper-out"
	Packs      []Pack   `json:"packs,omitempty"`      // active on the box
}

// Pack is a signed set of data on a box. Newest is the newest published version; 0 when headquarters published none.
type Pack struct {
	Name    string `json:"name"`
	Version uint64 `json:"version"`
	Newest  uint64 `json:"newest,omitempty"`
}

// Stale says that a newer version is published.
func (p Pack) Stale() bool { return p.Version < p.Newest }

// NewsOf is what a beat says; software is what the greeting before it named.
func NewsOf(software string, b wire.Beat) News {
	n := News{Software: software, Oldest: b.Oldest, Wall: b.Wall, Grade: b.Grade, Conditions: b.Conditions}
	for _, p := range b.Packs {
		n.Packs = append(n.Packs, Pack{Name: p.Name, Version: p.Version})
	}
	return n
}

// Told says what a linked box told of itself.
func (f *Fleet) Told(in chain.Incarnation, n News, at time.Time) {
	n = n.bounded()
	f.update(in.Centre, func(l *link) {
		switch {
		case l.in != in:
		case n.Wall == 0:
			l.news.Software = n.Software
		default:
			l.news, l.told = n, at
		}
	})
}

// bounded is the news with no more than this package shows.
func (n News) bounded() News {
	n.Software = clip(n.Software, wordRunes)
	n.Conditions = slices.Clone(n.Conditions[:min(len(n.Conditions), conditionsMax)])
	for i, c := range n.Conditions {
		n.Conditions[i] = clip(c, wordRunes)
	}
	slices.Sort(n.Conditions)
	n.Conditions = slices.Compact(n.Conditions)
	n.Packs = slices.Clone(n.Packs[:min(len(n.Packs), packsMax)])
	for i, p := range n.Packs {
		n.Packs[i] = Pack{Name: clip(p.Name, wordRunes), Version: p.Version}
	}
	slices.SortFunc(n.Packs, func(a, b Pack) int { return strings.Compare(a.Name, b.Name) })
	return n
}

// oldest is when the oldest unsent record was made by headquarters' clock: the box's own may be years off, but how long
// ago it was is a difference of two of its times.
func (n News) oldest(told time.Time) time.Time {
	if n.Oldest == 0 {
		return time.Time{}
	}
	age := min(max(n.Wall-n.Oldest, 0), ageMax.Milliseconds())
	return told.Add(-time.Duration(age) * time.Millisecond)
}

// skew is how far the box's clock was ahead of headquarters', behind when negative.
func (n News) skew(told time.Time) time.Duration {
	ahead := n.Wall - told.UnixMilli()
	return time.Duration(min(max(ahead, -ageMax.Milliseconds()), ageMax.Milliseconds())) * time.Millisecond
}
