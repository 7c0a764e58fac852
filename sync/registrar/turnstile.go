package registrar

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

// turnstile counts tries by name within a window of time.
type turnstile struct {
	limit int

	mu    sync.Mutex
	since time.Time      // guarded by mu: when this window began
	tries map[string]int // guarded by mu
}

// pass counts a try, and is false for one too many.
func (t *turnstile) pass(name string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if past := now.Sub(t.since); past < 0 || past >= tryWindow || t.tries == nil {
		t.since, t.tries = now, map[string]int{}
	}
	if _, known := t.tries[name]; !known && len(t.tries) >= turnstileMax {
		name = "" // a crowd shares one count
	}
	t.tries[name]++
	return t.tries[name] <= t.limit
}

// block is what one subscriber of a network has: an address, of IPv6 the first half.
func block(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return remote
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if a = a.Unmap(); a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}
