package ingest_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/sync/faultnet"
	"markaz.example/sync/uplink"
	"markaz.example/sync/wire/wiretest"
)

// carrier is a kind of line that centres have, and what is asked of it. Times are virtual: they are exact.
type carrier struct {
	name    string
	faults  faultnet.Faults
	records int     // that wait
	busy    float64 // the least part of the line that a drain uses
	live    int     // round trips that a record alone takes at most
}

var carriers = []carrier{
	{"9.6 kbit/s, 2 s, 5 %", faultnet.Faults{BytesPerSecond: 1200, Latency: 2 * time.Second, Loss: 0.05}, 8_000, 0.8, 2},
	{"64 kbit/s, 600 ms", faultnet.Faults{BytesPerSecond: 8000, Latency: 300 * time.Millisecond, Loss: 0.01}, 10_000, 0.8, 2},
	{"2 Mbit/s, 80 ms", faultnet.Faults{BytesPerSecond: 250_000, Latency: 40 * time.Millisecond}, 12_000, 0.8, 2},
	{"100 Mbit/s, 5 ms", faultnet.Faults{BytesPerSecond: 12_500_000, Latency: 2500 * time.Microsecond}, 20_000, 0.3, 2},
	{"loopback", faultnet.Faults{}, 10_000, 0, 2},
}

func (c carrier) roundTrip() time.Duration {
	// A live record is some 500 bytes with all that is around it, its acknowledgement half of that.
	trip := 2 * c.faults.Latency
	if c.faults.BytesPerSecond > 0 {
		trip += 800 * time.Second / time.Duration(c.faults.BytesPerSecond)
	}
	if c.faults.Loss > 0 {
		trip += 2*c.faults.Latency + time.Second // one packet may be lost
	}
	return trip + time.Millisecond
}

// past is a long history, made once: under the race detector nothing here takes longer than making records.
var past = sync.OnceValue(func() *wiretest.Chain {
	c := wiretest.New("ISB-01", 1)
	c.Grow(40_000)
	return c
})

// waiting is a ledger of so many records.
func waiting(records int) *wiretest.Ledger {
	c := past().Clone(1)
	c.Truncate(uint64(records))
	return wiretest.NewLedger(c)
}

func TestEveryLineIsUsed(t *testing.T) {
	for _, c := range carriers {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { useLine(t, c) })
		})
	}
}

func useLine(t *testing.T, c carrier) {
	n := faultnet.NewNet(1)
	n.Set(c.faults)
	r := newRoad(t, n, "ISB-01")
	l := waiting(c.records)
	begin := time.Now()
	states, stop := r.box(t, l, r.dialer(t, "ISB-01"))
	await(t, states, "linked", func(s uplink.State) bool { return s.Up })
	linked, before := time.Now(), n.Meter()
	await(t, states, "drained", caughtUp(uint64(c.records)))
	took, m := time.Since(linked), n.Meter()
	t.Logf("linked after %v; %d records in %v: %.1f bytes each; at most %d bytes on their way",
		linked.Sub(begin), c.records, took, float64(m.Up-before.Up)/float64(c.records), m.WaitingUp)
	if rate := c.faults.BytesPerSecond; rate > 0 {
		busy := float64(m.Up-before.Up) / (float64(rate) * took.Seconds())
		t.Logf("%.0f %% of the line used", 100*busy)
		if busy < c.busy {
			t.Errorf("%.0f %% of the line used, want %.0f %%", 100*busy, 100*c.busy)
		}
		// Two batches of 4 s each, and twice what the line holds.
		if limit := float64(rate)*(8+4*(2*c.faults.Latency).Seconds()) + 8<<10; float64(m.WaitingUp) > limit {
			t.Errorf("%d bytes were on their way, want %.0f at most", m.WaitingUp, limit)
		}
	}
	live(t, c, l, states)
	if d := n.Dials(); d != 1 {
		t.Errorf("%d dials: a healthy line timed out", d)
	}
	stop()
	r.same(t, l.Chain)
	r.stop()
}

// live adds one record at a time to an idle line, and one behind another.
func live(t *testing.T, c carrier, l *wiretest.Ledger, states <-chan uplink.State) {
	t.Helper()
	var worst time.Duration
	for range 30 {
		time.Sleep(time.Minute)
		at := time.Now()
		l.Grow(1)
		await(t, states, "acknowledged", caughtUp(l.Acknowledged().Seq))
		worst = max(worst, time.Since(at))
		l.Grow(1)
		time.Sleep(c.faults.Latency)
		at = time.Now()
		l.Grow(1)
		await(t, states, "acknowledged", caughtUp(l.Acknowledged().Seq))
		worst = max(worst, time.Since(at))
	}
	t.Logf("a live record took %v at most", worst)
	if limit := time.Duration(c.live) * c.roundTrip(); worst > limit {
		t.Errorf("a live record took %v, want %v at most", worst, limit)
	}
}

// A line that becomes a hundred times slower, or faster, in the middle of a drain is neither given up nor wasted.
func TestALineChangesInMidDrain(t *testing.T) {
	fast := faultnet.Faults{BytesPerSecond: 120_000, Latency: 100 * time.Millisecond}
	slow := faultnet.Faults{BytesPerSecond: 1200, Latency: 2 * time.Second, Loss: 0.05}
	for name, tt := range map[string]struct {
		from, to faultnet.Faults
		records  int
	}{
		"a hundred times slower": {fast, slow, 25_000},
		"a hundred times faster": {slow, fast, 40_000},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := faultnet.NewNet(2)
				n.Set(tt.from)
				r := newRoad(t, n, "ISB-01")
				l := waiting(tt.records)
				states, stop := r.box(t, l, r.dialer(t, "ISB-01"))
				s := await(t, states, "under way", func(s uplink.State) bool { return s.Held.Seq > 2000 })
				n.Alter(tt.to)
				changed := time.Now()
				await(t, states, "going on", func(now uplink.State) bool { return now.Held.Seq > s.Held.Seq+10_000 })
				found, before := time.Now(), n.Meter()
				await(t, states, "drained", caughtUp(uint64(tt.records)))
				took := time.Since(found)
				busy := float64(n.Meter().Up-before.Up) / (float64(tt.to.BytesPerSecond) * took.Seconds())
				t.Logf("10,000 records in %v, the rest in %v: %.0f %% of the line", found.Sub(changed), took, 100*busy)
				if busy < 0.7 || n.Dials() != 1 {
					t.Errorf("%.0f %% of the line, %d dials", 100*busy, n.Dials())
				}
				stop()
				r.same(t, l.Chain)
				r.stop()
			})
		})
	}
}
