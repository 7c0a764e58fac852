package web

import (
	"net/netip"
	"sync"
	"time"
)

// act is something that an address may do so often.
type act int

const (
	dialing act = iota
	asking
	signing
	acts
)

// pace holds every address to its rates.
type pace struct {
	mu      sync.Mutex
	buckets map[netip.Addr]*buckets // guarded by mu
	shared  map[rate]*buckets       // guarded by mu: of all strangers together; rates are few
}

// buckets are of one address: what is left of each, and when that was.
type buckets struct {
	left [acts]float64
	at   [acts]time.Time // zero for one that is full
}

func newPace() *pace { return &pace{buckets: map[netip.Addr]*buckets{}, shared: map[rate]*buckets{}} }

// take says whether an address may do something now.
func (p *pace) take(from netip.Addr, what act, r rate) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	return p.of(from, now).take(what, r, now)
}

// together says whether one more stranger may do something now.
func (p *pace) together(r rate) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shared[r] == nil {
		p.shared[r] = &buckets{}
	}
	return p.shared[r].take(0, r, time.Now())
}

func (b *buckets) take(what act, r rate, now time.Time) bool {
	left := r.burst
	if at := b.at[what]; !at.IsZero() {
		left = min(r.burst, b.left[what]+now.Sub(at).Seconds()*r.second)
	}
	b.at[what] = now
	if left < 1 {
		b.left[what] = left
		return false
	}
	b.left[what] = left - 1
	return true
}

// of is called with mu held.
func (p *pace) of(from netip.Addr, now time.Time) *buckets {
	if b := p.buckets[from]; b != nil {
		return b
	}
	if len(p.buckets) >= addressesMax {
		p.sweep(now)
	}
	if len(p.buckets) >= addressesMax {
		from = netip.Addr{} // those beyond share one
		if b := p.buckets[from]; b != nil {
			return b
		}
	}
	b := &buckets{}
	p.buckets[from] = b
	return b
}

// quiet is after how long every bucket is full again: a sign-in of a stranger takes a quarter of a minute, and there are five.
const quiet = 75 * time.Second

// sweep forgets those who did nothing for so long that they may do everything again.
func (p *pace) sweep(now time.Time) {
	for from, b := range p.buckets {
		last := b.at[0]
		for _, at := range b.at {
			if at.After(last) {
				last = at
			}
		}
		if now.Sub(last) > quiet {
			delete(p.buckets, from)
		}
	}
}
