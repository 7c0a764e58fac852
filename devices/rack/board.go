package rack

import (
	"slices"
	"sync"
	"time"
)

// board is what holds for one device now; it reports changes only and remembers since when.
type board struct {
	dev string
	to  Reporter

	mu  sync.Mutex // guards now, and keeps reports in order
	now []Condition
	any bool // something was reported
}

// Disconnected is the code for a driver that ended: the port is gone or cannot be opened.
const Disconnected = "device.disconnected"

func (b *board) failed(err error) {
	c := Condition{Code: Disconnected, Severity: Fault, Remedy: "device.check-cable"}
	if err != nil {
		c.Detail = err.Error()
	}
	b.told([]Condition{c})
}

func (b *board) told(now []Condition) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now = slices.Clone(now)
	for i := range now {
		now[i].Since = b.since(now[i])
	}
	if b.any && slices.EqualFunc(now, b.now, sameCondition) {
		return
	}
	b.now, b.any = now, true
	b.to.Report(b.dev, slices.Clone(now))
}

func (b *board) since(began Condition) time.Time {
	for _, c := range b.now {
		if c.Code == began.Code && c.Part == began.Part {
			return c.Since
		}
	}
	return time.Now()
}

// sameCondition ignores the detail: the text of an error may change while the trouble stays.
func sameCondition(a, c Condition) bool {
	return a.Code == c.Code && a.Severity == c.Severity && a.Part == c.Part
}
