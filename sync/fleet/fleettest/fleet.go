// Package fleettest makes a fleet of 154 generated centres in every state, for tests and for playing with the pages.
package fleettest

import (
	"encoding/binary"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
	"markaz.example/sync/fleet"
	"markaz.example/sync/fleet/district"
	"markaz.example/sync/roster"
	"markaz.example/sync/wire"
)

// Size is how many centres there are.
const Size = 154

// Fleet is the generated fleet with the hands that move it. Any goroutine may call it.
type Fleet struct {
	*fleet.Fleet
	Centres []roster.Centre

	now    func() time.Time
	back   time.Duration // how long ago it is while New makes the last hour
	random *rand.Rand    // used by New alone

	mu     sync.Mutex
	chains []archive.Chain // guarded by mu; chains[i] is that of Centres[i]
}

// New makes the fleet. The same time gives the same fleet.
func New(now func() time.Time) *Fleet {
	f := &Fleet{random: rand.New(rand.NewPCG(154, 0)), Centres: centres()}
	f.now = func() time.Time { return now().Add(-f.back) }
	list, err := roster.New(f.Centres)
	if err != nil {
		panic("BUG: generated roster: " + err.Error())
	}
	f.Centres = list.Centres()
	f.chains = make([]archive.Chain, Size)
	f.Fleet = fleet.New(list, f, f.now)
	f.Sources = fleet.Sources{
		Packs: func() map[string]uint64 { return map[string]uint64{"services": 41, "growth": 7, "notices": 118} },
		Forks: f.forks, Poison: f.poison, Nodes: f.nodes, Records: f.records,
		Warehouse: func() *fleet.Warehouse {
			return &fleet.Warehouse{Connected: true, Loaded: 61_204_117, Waiting: 2_310}
		},
	}
	for i := range f.Centres {
		f.settle(i)
	}
	f.lastHour()
	for i := range f.Centres {
		f.settle(i)
	}
	return f
}

// lastHour gives each centre an hour of catching up, with a short outage in it.
func (f *Fleet) lastHour() {
	defer func() { f.back = 0 }()
	for minute := 60; minute > 0; minute-- {
		f.back = time.Duration(minute) * time.Minute
		for i := range f.Centres {
			if state := kind(i); state != fleet.Live && state != fleet.Behind {
				continue
			}
			in := f.Incarnation(i)
			lag := uint64(f.random.IntN(12))
			if age := (minute + i) % 60; age < 25 {
				lag += uint64(age) * 40
			}
			f.Heard(in, chain.Position{Seq: f.heldOf(in) + lag}, chain.Position{}, f.now())
			if (minute+i)%60 > 20 && (minute+i)%60 < 25 {
				f.Gone(in, f.now())
			}
		}
		f.Sample()
	}
}

// centres is one centre for most districts, none for a few, several for some, and two that the map does not know.
func centres() (out []roster.Centre) {
	add := func(d district.District, n int) {
		out = append(out, roster.Centre{
			Code: id.Centre(fmt.Sprintf("%s-%02d", d.Code, n)), Name: d.Name + " " + english[n-1], NameUR: d.NameUR + " " + urdu[n-1], District: d.Name,
		})
	}
	several := map[string]int{"LHR": 3, "KHS": 2, "PSH": 2, "NGR": 0, "KMG": 0, "SHR": 0, "WSK": 0, "HVL": 0, "TRG": 0}
	for _, d := range district.All() {
		n, given := several[d.Code]
		if !given {
			n = 1
		}
		for i := range n {
			add(d, i+1)
		}
	}
	return append(out,
		roster.Centre{Code: "CHM-01", Name: "Chaman Bypass", NameUR: "چمن بائی پاس", District: "Chaman"},
		roster.Centre{Code: "HUB-01", Name: "Hub Chowki", NameUR: "حب چوکی", District: "Hub"},
	)
}

var (
	english = []string{"Tehsil Road", "Station Road", "New Town"}
	urdu    = []string{"تحصیل روڈ", "اسٹیشن روڈ", "نیا شہر"}
)

// Chains is the generated archive.
func (f *Fleet) Chains() (out []archive.Chain) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.chains {
		if c.Held.Seq > 0 {
			out = append(out, c)
		}
	}
	return out
}

// Hold says that headquarters has a centre's chain up to a record.
func (f *Fleet) Hold(i int, seq uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.chains[i].Incarnation, f.chains[i].Held.Seq = f.Incarnation(i), seq
}

// Incarnation is the chain of a centre.
func (f *Fleet) Incarnation(i int) chain.Incarnation {
	in := chain.Incarnation{Centre: f.Centres[i].Code}
	binary.BigEndian.PutUint64(in.Nonce[:], uint64(i)*0x9e3779b97f4a7c15+1)
	return in
}

// Index is the place of a centre in Centres.
func (f *Fleet) Index(code id.Centre) int {
	i, ok := slices.BinarySearchFunc(f.Centres, code, func(c roster.Centre, code id.Centre) int {
		return strings.Compare(string(c.Code), string(code))
	})
	if !ok {
		panic("BUG: no generated centre " + string(code))
	}
	return i
}

// kind is what befalls a centre, so that each state is seen and most are well.
func kind(i int) fleet.State {
	switch {
	case i%77 == 40:
		return fleet.Forked
	case i%61 == 17:
		return fleet.Refused
	case i%37 == 20:
		return fleet.Silent
	case i%11 == 5:
		return fleet.Away
	case i%17 == 9:
		return fleet.Behind
	case i%23 == 3:
		return fleet.Never
	}
	return fleet.Live
}

// settle brings one centre into its state.
func (f *Fleet) settle(i int) {
	state, in, now := kind(i), f.Incarnation(i), f.now()
	if state == fleet.Never {
		return
	}
	held := 40_000 + uint64(i)*7_919%900_000
	f.chains[i] = archive.Chain{Incarnation: in, Held: chain.Position{Seq: held}, Key: make([]byte, 32)}
	head, ago := held, time.Duration(0)
	switch state {
	case fleet.Behind:
		head += 900 + uint64(f.random.IntN(40_000))
	case fleet.Away:
		ago = time.Minute + time.Duration(f.random.IntN(60*60*30))*time.Second
		head += uint64(f.random.IntN(30))
	case fleet.Silent:
		ago = 8*24*time.Hour + time.Duration(f.random.IntN(20*24))*time.Hour
		head += uint64(f.random.IntN(200))
	case fleet.Forked:
		f.chains[i].Forks, f.chains[i].Branches = 1, make([]archive.Branch, 1)
	}
	at := now.Add(-ago)
	f.Heard(in, chain.Position{Seq: head}, chain.Position{}, at)
	f.Told(in, f.news(i, state, at), at)
	if ago > 0 || state == fleet.Refused {
		f.Gone(in, at)
	}
	if state == fleet.Refused {
		f.Refused(in.Centre, wire.CodeKey, "the checkpoint is signed with another key than this chain began with; was box.key replaced?", at.Add(time.Second))
	}
}

// news is what a box says of itself: well, with something on every ninth.
func (f *Fleet) news(i int, state fleet.State, at time.Time) fleet.News {
	n := fleet.News{
		Software: "markaz 0.4.0", Wall: at.UnixMilli(), Grade: uint8(clock.Network),
		Packs: []fleet.Pack{{Name: "services", Version: 41}, {Name: "growth", Version: 7}, {Name: "notices", Version: 118}},
	}
	if state == fleet.Behind {
		n.Oldest = at.Add(-time.Duration(f.random.IntN(60)) * time.Hour).UnixMilli()
	}
	switch i % 19 {
	case 2:
		n.Conditions = []string{"paypoint.cash-out"}
	case 7:
		n.Packs[2].Version = 116
	case 11:
		n.Conditions = []string{"printer.paper-out", "scale.battery-low"}
	case 15:
		if i%2 == 0 {
			n.Grade, n.Wall = uint8(clock.Unset), at.Add(-9*24*time.Hour).UnixMilli()
		}
	}
	return n
}

func (f *Fleet) forks(in chain.Incarnation) []fleet.Fork {
	at := f.now().Add(-26 * time.Hour).UnixMilli()
	return []fleet.Fork{{
		Branch: "1", First: 41_207, Records: 312,
		Ours:   fleet.RecordSummary{Seq: 41_207, Kind: "visit.called/1", Actor: "desk/B", Subject: "01930f6e-4a51-7c2e-9f10-27b1d0a4c001", Wall: at},
		Theirs: fleet.RecordSummary{Seq: 41_207, Kind: "visit.opened/1", Actor: "kiosk/1", Subject: "01930f6e-91c4-7b3a-8a22-51f0c9e7d002", Wall: at + 7_000},
	}}
}

func (f *Fleet) poison(in chain.Incarnation) fleet.Poison {
	if in != f.Incarnation(60) {
		return fleet.Poison{}
	}
	return fleet.Poison{Count: 3, First: "record 88,120: body of kind reading.taken/2 is not known to this version"}
}

func (f *Fleet) nodes() []fleet.Node {
	now := f.now()
	return []fleet.Node{
		{Name: "hq-1", State: "leader", Applied: 1_204_400, Heard: now, Leader: true},
		{Name: "hq-2", State: "follower", Applied: 1_204_398, Heard: now, Disk: "lies"},
		{Name: "hq-3", State: "unreachable", Applied: 1_190_000, Heard: now.Add(-4 * time.Minute)},
	}
}

var kinds = []chain.Kind{"visit.opened/1", "visit.issued/1", "visit.called/1", "visit.confirmed/1", "visit.finished/1"}

// records are those behind a sequence, made as they are read.
func (f *Fleet) records(in chain.Incarnation, after uint64) iter.Seq2[archive.Stored, error] {
	return func(yield func(archive.Stored, error) bool) {
		held, now := f.heldOf(in), f.now().UnixMilli()
		for seq := after + 1; seq <= held; seq++ {
			b, err := chain.Encode(chain.Record{Header: chain.Header{
				Seq: seq, Stamp: clock.Stamp{Boot: 3, Mono: seq * 9000, Wall: now - int64(held-seq)*47_000, Grade: clock.Network},
				Kind: kinds[seq%uint64(len(kinds))], Actor: []string{"kiosk/1", "box", "desk/A"}[seq%3],
			}, Body: []byte{0xa0}})
			if !yield(archive.Stored{At: chain.Position{Seq: seq}, Bytes: b}, err) {
				return
			}
		}
	}
}

func (f *Fleet) heldOf(in chain.Incarnation) uint64 {
	i := f.Index(in.Centre)
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.chains[i].Held.Seq
}

// Stir lets one linked centre make records and headquarters take them: what a page sees of an ordinary second.
func (f *Fleet) Stir(i int, records uint64) {
	in := f.Incarnation(i)
	held := f.heldOf(in) + records
	f.Hold(i, held)
	f.Heard(in, chain.Position{Seq: held}, chain.Position{}, f.now())
}
