package ingest_test

import (
	mathrand "math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
	"markaz.example/sync/faultnet"
	"markaz.example/sync/uplink"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

// forkedRoad is a centre of 500 records at headquarters whose box was restored from a backup of record 333. Its ledger
// runs on the other history.
func forkedRoad(t testing.TB, n *faultnet.Net) (r *road, c *wiretest.Chain, l *wiretest.Ledger) {
	r = newRoad(t, n, "ISB-01")
	c = wiretest.New("ISB-01", 1)
	c.Grow(500)
	restored := c.Clone(7)
	restored.Truncate(333)
	restored.Grow(400)
	states, stop := r.box(t, wiretest.NewLedger(c), r.dialer(t, "ISB-01"))
	await(t, states, "drained", caughtUp(500))
	stop()
	return r, c, wiretest.NewLedger(restored)
}

// shelvedUpTo waits until headquarters keeps a branch up to a record.
func (r *road) shelvedUpTo(t testing.TB, in chain.Incarnation, head chain.Position) archive.Branch {
	t.Helper()
	for range 100_000 {
		if c, _ := r.group.Chain(in); len(c.Branches) > 0 && c.Branches[0].End == head {
			return c.Branches[0]
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("the branch never came up to %s", head)
	return archive.Branch{}
}

// A restored backup goes on from an older record: headquarters keeps its history, and the other whole beside it, and both
// sides say so. The box serves on, over cuts and silence.
func TestForkIsKeptWholeAndShownOnBothSides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := faultnet.NewNet(11)
		r, c, l := forkedRoad(t, n)
		n.Set(faultnet.Faults{Refuse: 0.2, Delay: 300 * time.Millisecond, CutBytes: 60_000})
		states, stop := r.box(t, l, r.dialer(t, "ISB-01"))
		s := await(t, states, "forked", func(s uplink.State) bool { return s.Forked && s.Common.Seq > 0 })
		if s.Common != c.At(333) {
			t.Errorf("last common record %s, want %s", s.Common, c.At(333))
		}
		random := mathrand.New(mathrand.NewPCG(6, 7))
		for range 50 {
			time.Sleep(time.Duration(random.Int64N(int64(40 * time.Second))))
			l.Grow(random.IntN(100)) // never blocked
		}
		n.Set(faultnet.Faults{})
		b := r.shelvedUpTo(t, c.In, l.Acknowledged())
		r.same(t, c)
		if l.Confirmed().Seq > 333 {
			t.Errorf("the box may forget up to %s, past the last common record", l.Confirmed())
		}
		got := [][]byte{}
		for rec, err := range r.group.BranchRecords(c.In, b.Name) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, rec.Bytes)
		}
		if !slices.EqualFunc(got, l.Chain.Records(b.Base.Seq+1, b.End.Seq), slices.Equal) {
			t.Error("the branch is not what the box has")
		}
		if !slices.Contains(r.watcher.codes(), wire.CodeFork) {
			t.Error("the fleet page does not say forked")
		}
		stop()
		r.stop()
	})
}

func TestForkSettledForTheBox(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, c, l := forkedRoad(t, faultnet.NewNet(12))
		states, stop := r.box(t, l, r.dialer(t, "ISB-01"))
		r.shelvedUpTo(t, c.In, l.Acknowledged())
		r.group.settle(t, c.In, archive.KeepBranch)
		l.Grow(30)
		s := await(t, states, "taken for the chain", caughtUp(l.Acknowledged().Seq))
		if s.Forked || s.Code != "" {
			t.Errorf("still says %+v", s)
		}
		r.same(t, l.Chain)
		stop()

		states, stop = r.box(t, wiretest.NewLedger(c), r.dialer(t, "ISB-01")) // the other disk comes back
		s = await(t, states, "refused", func(s uplink.State) bool { return s.Code == wire.CodeSettled })
		if !s.Forked || s.Detail == "" {
			t.Errorf("says %+v", s)
		}
		r.same(t, l.Chain)
		stop()
		r.stop()
	})
}

func TestForkSettledAgainstTheBox(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, c, l := forkedRoad(t, faultnet.NewNet(13))
		states, stop := r.box(t, l, r.dialer(t, "ISB-01"))
		end := r.shelvedUpTo(t, c.In, l.Acknowledged()).End
		r.group.settle(t, c.In, archive.KeepHeld)
		l.Grow(30)
		await(t, states, "refused", func(s uplink.State) bool { return s.Code == wire.CodeSettled })
		k, _ := r.group.Chain(c.In)
		if k.Forks != 0 || k.Branches[0].End != end {
			t.Errorf("the chain says %+v", k)
		}
		r.same(t, c)
		stop()
		r.stop()
	})
}

// A record that headquarters cannot decode is kept and named, and what follows it arrives.
func TestOddRecordHoldsUpNobody(t *testing.T) {
	r := newRoad(t, nil, "ISB-01")
	c := wiretest.New("ISB-01", 1)
	c.AppendStored(append([]byte("\xffwritten by a box to come"), make([]byte, 30)...))
	c.Grow(50)
	c.AppendStored(append([]byte("\xffand another"), make([]byte, 30)...))
	c.Grow(50)
	states, _ := r.box(t, wiretest.NewLedger(c), r.dialer(t, "ISB-01"))
	await(t, states, "drained", caughtUp(102))
	r.same(t, c)
	odd, err := r.group.Odd(c.In)
	if err != nil || len(odd) != 2 || odd[0].Seq != 1 || odd[1].Seq != 52 {
		t.Errorf("named are %v, %v; want records 1 and 52", odd, err)
	}
}

// 154 centres: one forks, one sends what nobody can read, one says nonsense for ever. The others do not notice.
func TestOneCentresTroubleIsNobodyElses(t *testing.T) {
	const centres, records = 154, 40
	var enrolled []id.Centre
	for i := range centres {
		enrolled = append(enrolled, wiretest.Centre(i))
	}
	synctest.Test(t, func(t *testing.T) {
		r := newRoad(t, faultnet.NewNet(14), enrolled...)
		trouble := r.troubles(t, enrolled[:3])
		var chains []*wiretest.Chain
		var stops []func()
		var states []<-chan uplink.State
		for i, centre := range enrolled[3:] {
			c := wiretest.New(centre, uint64(i))
			c.Grow(records)
			s, stop := r.box(t, wiretest.NewLedger(c), r.dialer(t, string(centre)))
			chains, stops, states = append(chains, c), append(stops, stop), append(states, s)
		}
		for i, c := range chains {
			s := await(t, states[i], "drained", caughtUp(records))
			if s.Forked || s.Code != "" {
				t.Errorf("%s says %+v", c.In, s)
			}
			r.same(t, c)
		}
		for _, stop := range append(stops, trouble...) {
			stop()
		}
		r.stop()
	})
}

// troubles makes a clone, an odd box and a flood, and gives what ends them.
func (r *road) troubles(t *testing.T, centres []id.Centre) (stops []func()) {
	c := wiretest.New(centres[0], 1)
	c.Grow(100)
	clone := c.Clone(3)
	clone.Truncate(50)
	clone.Grow(100)
	odd := wiretest.New(centres[1], 1)
	for range 200 {
		odd.AppendStored(append([]byte("\xffnonsense"), make([]byte, 40)...))
	}
	for _, box := range []*wiretest.Chain{c, clone, odd} {
		_, stop := r.box(t, wiretest.NewLedger(box), r.dialer(t, string(box.In.Centre)))
		stops = append(stops, stop)
	}
	flood := r.dialer(t, string(centres[2]))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 300 {
			l, err := flood.Dial(t.Context())
			if err != nil {
				continue
			}
			go func() { _ = l.Run(t.Context()) }()
			_ = l.Send(t.Context(), wire.Beat{})
			_, _ = l.Receive()
			l.Close("again")
		}
	}()
	return append(stops, func() { <-done })
}
