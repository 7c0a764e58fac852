package health

import (
	"cmp"
	"slices"
	"sync"
	"unicode/utf8"

	"markaz.example/edge/clock"
)

// Severity says how much a condition matters.
type Severity uint8

// The severities, the least first.
const (
	Notice   Severity = iota + 1 // somebody may want to know
	Warning                      // something will stop working soon, or works in another way
	Critical                     // something that visitors or desks need does not work
)

func (s Severity) String() string {
	switch s {
	case Notice:
		return "notice"
	case Warning:
		return "warning"
	case Critical:
		return "critical"
	}
	return "unknown"
}

// Overflow is the code of the condition that stands for those beyond the limit of the list.
const Overflow = "health.overflow"

// Condition is something that holds now.
type Condition struct {
	Code     string      // stable; keys the translations: "printer.paper-out"
	Dev      string      // the device, "printer/hall"; empty when it is about the box
	Severity Severity    //
	Detail   string      // for the technician, untranslated; may be cut short
	Since    clock.Stamp // when it began; for the time it has lasted, use boot and monotonic time
}

// Remedy keys the text that says what to do.
func (c Condition) Remedy() string { return "remedy." + c.Code }

// Board holds the conditions of one box. Any goroutine may call it. Make it with New.
type Board struct {
	now func() clock.Stamp

	mu      sync.Mutex
	list    map[key]Condition // guarded by mu
	beyond  bool              // guarded by mu: one condition or more found no place
	since   clock.Stamp       // guarded by mu: when beyond became true
	changed chan struct{}     // guarded by mu: closed and replaced when the list changes
}

type key struct{ code, dev string }

// New makes an empty board that dates conditions by a clock, such as clock.Clock.Now.
func New(now func() clock.Stamp) *Board {
	return &Board{now: now, list: map[key]Condition{}, changed: make(chan struct{})}
}

// Set says that a condition holds. Being told again changes severity and detail, not since when.
func (b *Board) Set(code, dev string, s Severity, detail string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	k := key{code, dev}
	c, held := b.list[k]
	if !held && len(b.list) >= conditionsMax {
		b.overflow()
		return
	}
	before := c
	if !held {
		c = Condition{Code: code, Dev: dev, Since: b.now()}
	}
	c.Severity, c.Detail = s, short(detail)
	if held && c == before {
		return
	}
	b.list[k] = c
	b.tell()
}

// overflow: a condition that found no place is not kept, only that there was one.
func (b *Board) overflow() {
	if b.beyond {
		return
	}
	b.beyond, b.since = true, b.now()
	b.tell()
}

// Clear says that a condition holds no longer.
func (b *Board) Clear(code, dev string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	k := key{code, dev}
	if _, held := b.list[k]; !held {
		return
	}
	delete(b.list, k)
	b.beyond = false // whoever found no place sets it again
	b.tell()
}

// List is what holds now: the most severe first, then by code and device.
func (b *Board) List() []Condition {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]Condition, 0, len(b.list)+1)
	for _, c := range b.list {
		out = append(out, c)
	}
	if b.beyond {
		out = append(out, Condition{Code: Overflow, Severity: Critical, Since: b.since})
	}
	slices.SortFunc(out, func(x, y Condition) int {
		return cmp.Or(cmp.Compare(y.Severity, x.Severity), cmp.Compare(x.Code, y.Code), cmp.Compare(x.Dev, y.Dev))
	})
	return out
}

// Changed is closed when the list changes next.
func (b *Board) Changed() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.changed
}

func (b *Board) tell() {
	close(b.changed)
	b.changed = make(chan struct{})
}

// short cuts a detail between two characters.
func short(s string) string {
	if len(s) <= detailBytesMax {
		return s
	}
	n := detailBytesMax
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
