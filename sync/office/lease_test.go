package office

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"markaz.example/edge/id"
)

// boxModel is what a centre has: leases it was told of, and numbers it drew.
type boxModel struct {
	leases []Lease
	drawn  []uint64
	said   []Return // lease.returned records, not yet read by the clerk
	seq    uint64   // of its chain
	read   uint64   // by the office
}

// Whatever is granted, drawn, returned, told twice or out of turn: no number is at two places, and what is out and drawn
// is never more than the pool has.
func TestNeverMoreThanThePool(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newState(t)
		const total = 20
		s.act(PoolSet{"bed", total})
		boxes := map[id.Centre]*boxModel{"ISB-01": {}, "LHE-01": {}}
		letters := map[id.Centre]uint64{}
		made, forged := 0, uint64(0)
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			centre := rapid.SampledFrom([]id.Centre{"ISB-01", "LHE-01"}).Draw(rt, "centre")
			box := boxes[centre]
			switch rapid.IntRange(0, 4).Draw(rt, "what") {
			case 0: // grant, anywhere: the office judges
				made++
				a := lent(centre, errandOf(made), rapid.Uint64Range(1, total+2).Draw(rt, "from"), rapid.Uint64Range(1, 8).Draw(rt, "count"), letters[centre]+1)
				got := s.act(a)
				if got.Refused == "" {
					letters[centre]++
					box.leases = append(box.leases, Lease{ID: a.Lease.ID, From: a.Lease.From, Count: a.Lease.Count})
				}
				if again := s.act(a); again.Refused != got.Refused {
					rt.Fatalf("proposed again: %+v, before %+v", again, got)
				}
			case 1: // draw
				if n := len(box.leases); n > 0 {
					l := &box.leases[n-1]
					if l.Count > 0 {
						box.drawn = append(box.drawn, l.From)
						l.From, l.Count = l.From+1, l.Count-1
					}
				}
			case 2: // return what is left
				if n := len(box.leases); n > 0 && box.leases[n-1].Count > 0 {
					l := box.leases[n-1]
					box.leases = box.leases[:n-1]
					box.said = append(box.said, Return{l.ID, l.From, l.Count})
					box.seq++
				}
			case 3: // the clerk reads, perhaps twice
				if len(box.said) > 0 {
					a := ChainRead{Centre: centre, Nonce: make([]byte, 16), After: box.read, To: box.seq, Returned: box.said}
					for range rapid.IntRange(1, 2).Draw(rt, "reads") {
						s.act(a)
					}
					box.said, box.read = nil, box.seq
				}
			case 4: // somebody says that a thing came back which did not, or of another's lease
				forged++
				s.act(ChainRead{Centre: "ISB-01", Nonce: []byte("another chain 16"), After: forged - 1, To: forged,
					Returned: []Return{{errandOf(rapid.IntRange(0, made).Draw(rt, "whose")), 1, 8}}})
			}
			check(rt, s, boxes, total)
		}
	})
}

func check(rt *rapid.T, s *state, boxes map[id.Centre]*boxModel, total uint64) {
	at := map[uint64]id.Centre{}
	for centre, box := range boxes {
		var held []uint64
		for _, l := range box.leases {
			for n := l.From; n < l.From+l.Count; n++ {
				held = append(held, n)
			}
		}
		for _, n := range append(held, box.drawn...) {
			if other, twice := at[n]; twice {
				rt.Fatalf("number %d is at %s and at %s", n, other, centre)
			}
			if at[n] = centre; n > total {
				rt.Fatalf("number %d of %d is out", n, total)
			}
		}
	}
	pools, err := Pools(s.view)
	if err != nil {
		rt.Fatal(err)
	}
	if pools[0].Out < uint64(len(at)) || pools[0].Out > total {
		rt.Fatalf("the office counts %d out, %d are, the pool has %d", pools[0].Out, len(at), total)
	}
}

func errandOf(i int) id.Errand {
	return id.Errand(fmt.Sprintf("K5QXG43UOVZGK%c%c%c", 'A'+i/400, 'A'+i/20%20, 'A'+i%20))
}

func TestGap(t *testing.T) {
	p := Pool{Total: 10, Leases: []Lease{{From: 1, Count: 2}, {From: 8, Count: 0}, {From: 5, Count: 1}}}
	for _, c := range []struct {
		count, want uint64
		ok          bool
	}{{1, 3, true}, {2, 3, true}, {3, 6, true}, {5, 6, true}, {6, 0, false}} {
		if got, ok := p.Gap(c.count); got != c.want || ok != c.ok {
			t.Errorf("%d: got %d, %v, want %d, %v", c.count, got, ok, c.want, c.ok)
		}
	}
}

func TestPoolNeverShrinksUnderWhatIsOut(t *testing.T) {
	s := newState(t)
	if got := s.act(lent("ISB-01", name, 1, 1, 1)); got.Refused != CodePoolUnknown {
		t.Errorf("lent of no pool: %+v", got)
	}
	s.act(PoolSet{"bed", 10})
	if got := s.act(lent("ISB-01", name, 5, 4, 1)); got.Refused != "" {
		t.Fatal(got)
	}
	if got := s.act(PoolSet{"bed", 7}); got.Refused != CodePoolLent {
		t.Errorf("shrunk under what is out: %+v", got)
	}
	if got := s.act(PoolSet{"bed", 8}); got.Refused != "" {
		t.Error(got)
	}
	if got := s.act(lent("LHE-01", errandOf(1), 8, 1, 1)); got.Refused != CodePoolEmpty {
		t.Errorf("lent twice: %+v", got)
	}
}
