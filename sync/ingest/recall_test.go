package ingest

import (
	"errors"
	"testing"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/archive"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

// recital is a Recital that was asked for everything, of a chain of 100 records in batches of 5.
func recital(t *testing.T) (r *Recital, c *wiretest.Chain, now time.Time) {
	t.Helper()
	c, now = wiretest.New("ISB-01", 1), time.Unix(1_800_000_000, 0)
	c.Grow(100)
	r = NewRecital(now, c.In)
	acts := r.Step(now, Heard{Message: wire.Recall{Version: 2}})
	if m, ok := acts[0].(Measure); !ok || m.In != c.In {
		t.Fatalf("asked for everything: got %v", acts)
	}
	return r, c, now
}

// whole is the way to the end of a chain by itself.
func whole(c *wiretest.Chain) []archive.Leg {
	return []archive.Leg{{In: c.In, From: c.In.Start(), To: c.Head()}}
}

// begin answers what a Recital asks before it streams.
func begin(r *Recital, c *wiretest.Chain, now time.Time) []Act {
	r.Step(now, Measured{Legs: whole(c)})
	return r.Step(now, Weighed{})
}

// stream feeds what is fetched until the Recital waits, and counts the batches that were said.
func stream(t *testing.T, r *Recital, c *wiretest.Chain, now time.Time, acts []Act) (said int) {
	t.Helper()
	for len(acts) > 0 {
		var next []Act
		for _, a := range acts {
			switch a := a.(type) {
			case Say:
				if _, ok := a.Message.(wire.Batch); ok {
					said++
				}
			case Fetch:
				b, err := wire.Pack(c.Key, c.In, c.At(a.After), 0, c.Records(a.After+1, a.After+5))
				if err != nil {
					t.Fatal(err)
				}
				next = r.Step(now, Fetched{Batch: b})
			default:
				t.Fatalf("got %v", a)
			}
		}
		acts = next
	}
	return said
}

func TestRecitalKeepsToTheWindow(t *testing.T) {
	r, c, now := recital(t)
	if n := stream(t, r, c, now, begin(r, c, now)); n != window {
		t.Fatalf("%d batches ahead, want %d", n, window)
	}
	acts := r.Step(now, Heard{Message: wire.Ack{Held: c.At(15)}}) // three at once
	if n := stream(t, r, c, now, acts); n != 3 {
		t.Errorf("after three were acknowledged %d came, want 3", n)
	}
	for at := uint64(20); at < 100; at += 5 {
		stream(t, r, c, now, r.Step(now, Heard{Message: wire.Ack{Held: c.At(at)}}))
	}
	acts = r.Step(now, Heard{Message: wire.Ack{Held: c.Head()}})
	if len(acts) != 1 || acts[0] != (End{}) {
		t.Errorf("all acknowledged: got %v, want the end", acts)
	}
	if acts := r.Step(now, Heard{Message: wire.Recall{Version: 2}}); acts != nil {
		t.Errorf("after the end: got %v", acts)
	}
}

func TestRecitalRefuses(t *testing.T) {
	other := wiretest.New("ISB-01", 2)
	for name, c := range map[string]struct {
		say  func(r *Recital, c *wiretest.Chain, now time.Time) []Act
		code string
	}{
		"asked twice": {func(r *Recital, _ *wiretest.Chain, now time.Time) []Act {
			return r.Step(now, Heard{Message: wire.Recall{Version: 2}})
		}, wire.CodeOrder},
		"a batch from the box": {func(r *Recital, _ *wiretest.Chain, now time.Time) []Act {
			return r.Step(now, Heard{Message: wire.Batch{}})
		}, wire.CodeOrder},
		"acknowledged and not sent": {func(r *Recital, c *wiretest.Chain, now time.Time) []Act {
			return r.Step(now, Heard{Message: wire.Ack{Held: c.At(5)}})
		}, wire.CodeOrder},
		"garbage": {func(r *Recital, _ *wiretest.Chain, now time.Time) []Act {
			return r.Step(now, Garbled{errors.New("garbage")})
		}, wire.CodeMalformed},
		"another chain": {func(_ *Recital, c *wiretest.Chain, now time.Time) []Act {
			r := NewRecital(now, c.In)
			r.Step(now, Heard{Message: wire.Recall{Version: 2, After: other.In.Start(), Incarnation: other.In}})
			return r.Step(now, Measured{Legs: whole(c)})
		}, wire.CodeCentre},
		"more than there is": {func(r *Recital, _ *wiretest.Chain, now time.Time) []Act {
			return r.Step(now, Measured{Err: archive.ErrAbsent})
		}, wire.CodeFork},
		"unreadable": {func(r *Recital, _ *wiretest.Chain, now time.Time) []Act {
			return r.Step(now, Measured{Err: errors.New("disk")})
		}, wire.CodeBusy},
		"silent": {func(r *Recital, _ *wiretest.Chain, now time.Time) []Act {
			return r.Step(now.Add(recallSilenceMax), Tick{})
		}, wire.CodeSilent},
		"a batch that does not follow": {func(r *Recital, c *wiretest.Chain, now time.Time) []Act {
			begin(r, c, now)
			return r.Step(now, Fetched{Batch: wire.Batch{Span: wire.Span{Prev: chain.Position{Seq: 7}}}})
		}, wire.CodeFork},
	} {
		r, chain, now := recital(t)
		acts := c.say(r, chain, now)
		if len(acts) != 1 {
			t.Errorf("%s: got %v", name, acts)
			continue
		}
		if got, ok := acts[0].(Refuse); !ok || got.Code != c.code {
			t.Errorf("%s: got %v, want it refused with %q", name, acts[0], c.code)
		}
	}
}
