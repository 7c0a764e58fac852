package fleet

import (
	"maps"
	"slices"
	"strings"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
)

// Link is what one node heard of one centre, for the other nodes.
type Link struct {
	Chain   string    `json:"chain"` // an incarnation as text; only the centre and a slash before any box spoke
	Since   time.Time `json:"since,omitzero"`
	Head    uint64    `json:"head"`
	Heard   time.Time `json:"heard,omitzero"`
	Up      bool      `json:"up"`
	News    News      `json:"news"`
	Told    time.Time `json:"told,omitzero"`
	Refusal *Refusal  `json:"refusal,omitempty"` // of this incarnation, the newest
}

// peer is what another node heard.
type peer struct {
	at    time.Time // when it last told
	links map[id.Centre]link
}

// Links is what this node heard itself, by centre.
func (f *Fleet) Links() []Link {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]Link, 0, len(f.links))
	for _, code := range slices.Sorted(maps.Keys(f.links)) {
		l := f.links[code]
		name := string(code) + "/"
		if l.in.Centre != "" {
			name = l.in.String()
		}
		out = append(out, Link{name, l.since, l.head, l.heard, l.up, l.news, l.told, l.refusal})
	}
	return out
}

// Merge takes what another node heard; the newest news of a centre wins. What it told before is forgotten. Links of
// centres that are not on the roster, and nodes beyond nodesMax, are passed over.
func (f *Fleet) Merge(node string, links []Link) {
	p := &peer{at: f.now(), links: map[id.Centre]link{}}
	for _, given := range links {
		l, centre, ok := given.read()
		if _, known := f.roster.Centre(centre); ok && known {
			p.links[centre] = l
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.others[node]; ok || len(f.others) < nodesMax {
		f.others[clip(node, wordRunes)] = p
		f.ring()
	}
}

// read checks what another node says of a link.
func (g Link) read() (l link, centre id.Centre, ok bool) {
	code, name, _ := strings.Cut(g.Chain, "/")
	centre = id.Centre(code)
	in, err := chain.ParseIncarnation(g.Chain)
	if centre.Check() != nil || err != nil && name != "" {
		return l, centre, false
	}
	l = link{in: in, since: g.Since, head: g.Head, heard: g.Heard, up: g.Up, news: g.News.bounded(), told: g.Told}
	if g.Refusal != nil {
		r := g.Refusal.bounded()
		l.refusal, l.refusals = &r, []Refusal{r}
	}
	return l, centre, true
}

// known is what all nodes together know of a centre, and which of the others has its link; empty when this one does.
// The lock is held.
func (f *Fleet) known(code id.Centre, now time.Time) (best link, node string) {
	var heard []link
	if own := f.links[code]; own != nil {
		best = *own // its trail too: points are added behind it, and none is changed
		heard = append(heard, best)
	}
	for _, name := range slices.Sorted(maps.Keys(f.others)) {
		p := f.others[name]
		l, ok := p.links[code]
		if !ok {
			continue
		}
		heard = append(heard, l)
		if l.heard.After(best.heard) {
			best.in, best.since, best.head, best.heard, node = l.in, l.since, l.head, l.heard, name
			best.up = l.up && now.Sub(p.at) <= mergedMax
		}
	}
	best.gather(heard)
	return best, node
}

// gather takes the newest news and the newest refusal of this incarnation from all that was heard, and all refusals.
func (l *link) gather(heard []link) {
	l.news, l.told, l.refusal, l.refusals = News{}, time.Time{}, nil, nil
	for _, h := range heard {
		l.refusals = append(l.refusals, h.refusals...)
		never := h.in == (chain.Incarnation{}) // refused at the door: of which incarnation nobody knows
		if h.in == l.in && (h.told.After(l.told) || l.news.Software == "") {
			l.news, l.told = h.news, h.told
		}
		if r := h.refusal; r != nil && (h.in == l.in || never && !r.At.Before(l.since)) && (l.refusal == nil || r.At.After(l.refusal.At)) {
			l.refusal = r
		}
	}
	slices.SortStableFunc(l.refusals, func(a, b Refusal) int { return b.At.Compare(a.At) })
	l.refusals = l.refusals[:min(len(l.refusals), refusalsMax)]
}
