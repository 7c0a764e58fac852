package ingest_test

import (
	"context"
	mathrand "math/rand/v2"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/sync/faultnet"
	"markaz.example/sync/uplink"
	"markaz.example/sync/wire/wiretest"
)

func TestRecordsArriveOnceInOrder(t *testing.T) {
	r := newRoad(t, nil, "ISB-01")
	c := wiretest.New("ISB-01", 1)
	c.Grow(5000)
	l := wiretest.NewLedger(c)
	states, _ := r.box(t, l, r.dialer(t, "ISB-01"))
	await(t, states, "drained", caughtUp(5000))
	for n := range 20 {
		l.Grow(1 + n)
		await(t, states, "live", caughtUp(l.Acknowledged().Seq))
	}
	r.same(t, c)
	if l.Confirmed() != c.Head() {
		t.Errorf("confirmed %s, want %s", l.Confirmed(), c.Head())
	}
}

// Real sockets, real TLS: connections are cut after a random number of bytes, most of them in mid-frame.
func TestCutsInMidFrameOnLoopback(t *testing.T) {
	r := newRoad(t, nil, "ISB-01")
	c := wiretest.New("ISB-01", 1)
	c.Grow(10_000)
	random := mathrand.New(mathrand.NewPCG(3, 4))
	d := r.dialer(t, "ISB-01")
	cuts := 0
	d.Net = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err != nil || cuts == 3 { // each costs a second of backing off; the bubble below has hundreds
			return conn, err
		}
		cuts++
		return faultnet.Cut(conn, 6000+random.Int64N(100_000)), nil
	}
	states, _ := r.box(t, wiretest.NewLedger(c), d)
	await(t, states, "drained", caughtUp(10_000))
	r.same(t, c)
}

// The same in memory, where backing off costs nothing: TLS, HTTP, WebSocket and all goroutines are the real ones.
func TestCutsDelaysAndSilenceInMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := faultnet.NewNet(5)
		r := newRoad(t, n, "ISB-01")
		c := wiretest.New("ISB-01", 1)
		c.Grow(5000)
		l := wiretest.NewLedger(c)
		n.Set(faultnet.Faults{Refuse: 0.2, Delay: 300 * time.Millisecond, CutBytes: 60_000})
		states, stop := r.box(t, l, r.dialer(t, "ISB-01"))
		random := mathrand.New(mathrand.NewPCG(6, 7))
		for range 100 {
			time.Sleep(time.Duration(random.Int64N(int64(40 * time.Second))))
			l.Grow(random.IntN(200))
			n.Silence(random.IntN(10) == 0)
		}
		n.Silence(false)
		n.Set(faultnet.Faults{})
		n.CutAll()
		await(t, states, "drained", caughtUp(l.Acknowledged().Seq))
		r.same(t, c)
		if n.Dials() < 20 { // 40 to 90 are usual; goroutines of a bubble do not repeat exactly
			t.Errorf("%d dials: the line was too good", n.Dials())
		}
		t.Logf("%d dials for %d records", n.Dials(), c.Head().Seq)
		stop()
		r.stop()
	})
}

// A line that is open and carries nothing is found by both ends, and the box is back soon after it works again.
func TestADeadLineIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := faultnet.NewNet(8)
		r := newRoad(t, n, "ISB-01")
		l := wiretest.NewLedger(wiretest.New("ISB-01", 1))
		states, stop := r.box(t, l, r.dialer(t, "ISB-01"))
		await(t, states, "up", func(s uplink.State) bool { return s.Up })
		n.Silence(true)
		began := time.Now()
		await(t, states, "down", func(s uplink.State) bool { return !s.Up })
		if took := time.Since(began); took > 2*time.Minute {
			t.Errorf("noticed after %s", took)
		}
		n.Silence(false)
		l.Grow(10)
		await(t, states, "drained", caughtUp(10))
		stop()
		r.stop()
	})
}
