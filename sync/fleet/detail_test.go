package fleet

import (
	"context"
	"errors"
	"iter"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/sync/archive"
)

// stored gives records 1 to n, and after them an error when there is one. Record 5 is no record.
func stored(n uint64, end error) func(chain.Incarnation, uint64) iter.Seq2[archive.Stored, error] {
	return func(_ chain.Incarnation, after uint64) iter.Seq2[archive.Stored, error] {
		return func(yield func(archive.Stored, error) bool) {
			for seq := after + 1; seq <= n; seq++ {
				b, err := chain.Encode(chain.Record{
					Header: chain.Header{Seq: seq, Stamp: clock.Stamp{Boot: 1, Wall: int64(seq)}, Kind: "visit.opened/1", Actor: "box"}, Body: []byte{0xa0},
				})
				if seq == 5 {
					b = []byte("garbage")
				}
				if !yield(archive.Stored{Bytes: b}, err) {
					return
				}
			}
			if end != nil {
				yield(archive.Stored{}, end)
			}
		}
	}
}

func TestDetail(t *testing.T) {
	f, _ := newFleet(t, held{{Incarnation: in("ISB-01", 1), Held: at(2)}, {Incarnation: in("ISB-01", 2), Held: at(40)}}, "ISB-01")
	f.Sources.Records = stored(40, nil)
	f.Heard(in("ISB-01", 2), at(41), at(40), f.now())
	d, ok := f.Detail("ISB-01")
	if !ok || len(d.Chains) != 2 || d.Chains[0].Shown || !d.Chains[1].Shown || d.Chains[1].Held != 40 {
		t.Errorf("%v: %+v", ok, d.Chains)
	}
	if len(d.Newest) != newestMax || d.Newest[0].Seq != 40 || d.Newest[newestMax-1].Seq != 21 || d.Newest[0].Kind != "visit.opened/1" {
		t.Errorf("newest records: %+v", d.Newest)
	}
	if _, ok := f.Detail("LHE-01"); ok {
		t.Error("a centre that is not on the roster has a page")
	}
}

// TestNewestOfAShortOrDamagedChain: what cannot be read costs itself alone.
func TestNewestOfAShortOrDamagedChain(t *testing.T) {
	f, _ := newFleet(t, held{{Incarnation: in("ISB-01", 1), Held: at(6)}}, "ISB-01")
	f.Sources.Records = stored(6, errors.New("block is damaged"))
	d, _ := f.Detail("ISB-01")
	if len(d.Newest) != 5 || d.Newest[1].Seq != 4 || d.Damaged != "block is damaged" {
		t.Errorf("%d records, %q", len(d.Newest), d.Damaged)
	}
}

// TestLastHour keeps an hour and no more, of centres that were never heard of too.
func TestLastHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, now := newFleet(t, nil, "ISB-01", "LHE-01")
		*now = time.Now()
		f.now = time.Now
		f.Heard(in("ISB-01", 1), at(7), at(0), f.now())
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- f.Run(ctx) }()
		time.Sleep(30 * trailEvery)
		f.Gone(in("ISB-01", 1), f.now())
		time.Sleep(90*trailEvery + time.Second)
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		d, _ := f.Detail("ISB-01")
		if n := len(d.Trail); n != trailMax {
			t.Fatalf("%d points", n)
		}
		first, last := d.Trail[0], d.Trail[trailMax-1]
		if first.Linked || last.Lag != 7 || last.At.Sub(first.At) != (trailMax-1)*trailEvery {
			t.Errorf("from %+v to %+v", first, last)
		}
		if d, _ := f.Detail("LHE-01"); len(d.Trail) != trailMax {
			t.Errorf("%d points of a centre that was never heard", len(d.Trail))
		}
	})
}

// TestChangedIsClosedByNews, and a stranger's news close nothing.
func TestChangedIsClosedByNews(t *testing.T) {
	f, _ := newFleet(t, nil, "ISB-01")
	closed := func(c <-chan struct{}) bool {
		select {
		case <-c:
			return true
		default:
			return false
		}
	}
	c := f.Changed()
	f.Heard(in("LHE-01", 1), at(1), at(0), f.now())
	if closed(c) {
		t.Error("a stranger woke the page")
	}
	f.Heard(in("ISB-01", 1), at(1), at(0), f.now())
	if !closed(c) || closed(f.Changed()) {
		t.Error("news did not close the channel once")
	}
}
