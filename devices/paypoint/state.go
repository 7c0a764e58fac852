package paypoint

import (
	"maps"
	"slices"
	"sync"
	"time"

	"markaz.example/devices/paypoint/push"
	"markaz.example/devices/paypoint/terminal"
)

// State is how the terminals of a centre are, and the lines by which they are heard.
type State struct {
	Terminals []terminal.Status // in order of their names
	Troubles  []Trouble         // counted since the Listener was made, in order of line and reason
}

// Trouble is one kind of thing that was wrong on one line.
type Trouble struct {
	Line  string    // name of the line
	Why   string    // code: "wrong-length"
	Count int       //
	Last  time.Time // when it last happened
}

// Matters says that it happened a short time ago and is worth a person's time. Messages that overtake each other are
// counted, and are as normal as the network between a bank and a centre.
func (t Trouble) Matters(now time.Time) bool {
	return now.Sub(t.Last) < troubleFor && t.Why != push.Seq
}

// TooMany is the trouble of a line that has more connections than a bank needs.
const TooMany = "too-many-connections"

// troubles counts. Any goroutine may call it.
type troubles struct {
	mu  sync.Mutex
	all map[[2]string]Trouble // guarded by mu: by line and reason; both are of our own making, so there are few
}

// add reports whether somebody should be told: the first, and one a minute after that.
func (t *troubles) add(line, why string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all == nil {
		t.all = map[[2]string]Trouble{}
	}
	was := t.all[[2]string{line, why}]
	t.all[[2]string{line, why}] = Trouble{line, why, was.Count + 1, now}
	return was.Count == 0 || now.Sub(was.Last) > logEvery
}

func (t *troubles) list() []Trouble {
	t.mu.Lock()
	defer t.mu.Unlock()
	keys := slices.SortedFunc(maps.Keys(t.all), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	out := make([]Trouble, 0, len(keys))
	for _, k := range keys {
		out = append(out, t.all[k])
	}
	return out
}
