package box

import (
	"sync/atomic"
	"time"

	"markaz.example/edge/clock"
	"markaz.example/sync/roster"
)

// dawn is a time that is past wherever this program runs: its first line was written later. A machine that shows less has
// a clock of no use.
var dawn = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// belief is the time for deciding whether a certificate or a signature is of now. It counts only when headquarters, or a
// time server, told it in this boot. Any goroutine may call it.
type belief struct {
	unset roster.Clock // until the ledger is open
	clock atomic.Pointer[clock.Clock]
}

func (b *belief) now() (t time.Time, known bool) {
	c := b.clock.Load()
	if c == nil {
		return b.unset()
	}
	now := c.Now()
	return now.Time(), now.Grade >= clock.Network
}

// unset is the clock of a box that does not know the time yet.
func (o Options) unset() (time.Time, bool) {
	if o.Source != nil {
		return o.Source.Wall(), false
	}
	return time.Now(), false
}
