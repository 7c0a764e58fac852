package fleet

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"markaz.example/edge/chain"
	"markaz.example/sync/archive"
	"markaz.example/sync/wire"
)

// TestMarks tells what a box says and which marks follow, while it is linked and after it went.
func TestMarks(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	well := func(change func(*News)) News {
		n := News{Wall: start.UnixMilli(), Grade: 3}
		change(&n)
		return n
	}
	for name, c := range map[string]struct {
		news               News
		linked, hour, days []Mark // now; an hour after it went; days after
	}{
		"well":       {news: well(func(n *News) {})},
		"cash out":   {well(func(n *News) { n.Conditions = []string{"paypoint.cash-out"} }), []Mark{CashOut}, []Mark{CashOut}, nil},
		"no paper":   {well(func(n *News) { n.Conditions = []string{"printer.paper-out"} }), []Mark{Trouble}, []Mark{Trouble}, nil},
		"link only":  {well(func(n *News) { n.Conditions = []string{"link.down", "clock.unset"} }), nil, nil, nil},
		"both":       {well(func(n *News) { n.Conditions = []string{"scale.drift", "paypoint.cash-out"} }), []Mark{CashOut, Trouble}, []Mark{CashOut, Trouble}, nil},
		"no clock":   {well(func(n *News) { n.Grade = 0 }), []Mark{WrongClock}, nil, nil},
		"clock fast": {well(func(n *News) { n.Wall += skewMax.Milliseconds() + 1 }), []Mark{WrongClock}, nil, nil},
		"clock slow": {well(func(n *News) { n.Wall -= skewMax.Milliseconds() + 1 }), []Mark{WrongClock}, nil, nil},
		"clock near": {well(func(n *News) { n.Wall -= skewMax.Milliseconds() }), nil, nil, nil},
		"old pack":   {well(func(n *News) { n.Packs = []Pack{{Name: "rates", Version: 3}} }), []Mark{StalePacks}, []Mark{StalePacks}, []Mark{StalePacks}},
		"other pack": {well(func(n *News) { n.Packs = []Pack{{Name: "rates", Version: 4}, {Name: "own", Version: 1}} }), nil, nil, nil},
		"unsent":     {well(func(n *News) { n.Oldest = n.Wall - unsentMax.Milliseconds() - 1 }), []Mark{OldUnsent}, []Mark{OldUnsent}, []Mark{OldUnsent}},
		"just made":  {well(func(n *News) { n.Oldest = n.Wall - 1 }), nil, []Mark{OldUnsent}, []Mark{OldUnsent}},
		"1970": {well(func(n *News) { n.Wall, n.Grade, n.Oldest = 9_000, 0, 1_000 }), []Mark{WrongClock},
			[]Mark{OldUnsent}, []Mark{OldUnsent}},
	} {
		t.Run(name, func(t *testing.T) {
			f, now := newFleet(t, nil, "ISB-01")
			f.Sources.Packs = func() map[string]uint64 { return map[string]uint64{"rates": 4, "else": 9} }
			f.Heard(in("ISB-01", 1), at(1), at(1), f.now())
			f.Told(in("ISB-01", 1), c.news, f.now())
			check := func(when string, want []Mark) {
				t.Helper()
				if got := f.Report().Centres[0].Marks; !slices.Equal(got, want) {
					t.Errorf("%s: %v, want %v", when, got, want)
				}
			}
			check("linked", c.linked)
			f.Gone(in("ISB-01", 1), f.now())
			*now = now.Add(time.Hour)
			check("an hour after", c.hour)
			*now = now.Add(newsShown)
			check("days after", c.days)
		})
	}
}

// TestOldestIsByHeadquartersClock: a box that is years off still says rightly how long its records wait.
func TestOldestIsByHeadquartersClock(t *testing.T) {
	f, _ := newFleet(t, nil, "ISB-01", "LHE-01", "QTA-01")
	for code, n := range map[string]News{
		"ISB-01": {Wall: 1_000_000, Oldest: 400_000, Grade: 1},
		"LHE-01": {Oldest: f.now().Add(-time.Minute).UnixMilli(), Wall: f.now().UnixMilli(), Grade: 3},
		"QTA-01": {Wall: -1 << 62, Oldest: 1 << 62, Grade: 3},
	} {
		f.Heard(in(idOf(code), 1), at(1), at(1), f.now())
		f.Told(in(idOf(code), 1), n, f.now())
	}
	r := f.Report()
	for i, want := range []time.Duration{600 * time.Second, time.Minute, 0} {
		if got := f.now().Sub(r.Centres[i].Oldest); got != want {
			t.Errorf("%s: waits for %v, want %v", r.Centres[i].Code, got, want)
		}
	}
	if got := f.now().Sub(r.Oldest); got != 600*time.Second {
		t.Errorf("of all: %v", got)
	}
}

// TestAnOlderBoxSaysNothing: of a box that knows no news only the name of its program is known, and nothing is taken for
// well or wrong.
func TestAnOlderBoxSaysNothing(t *testing.T) {
	f, _ := newFleet(t, nil, "ISB-01")
	f.Heard(in("ISB-01", 1), at(1), at(1), f.now())
	f.Told(in("ISB-01", 1), NewsOf("markaz 0.1.0", wire.Beat{}), f.now())
	if c := f.Report().Centres[0]; c.Software != "markaz 0.1.0" || !c.Told.IsZero() || len(c.Marks) > 0 {
		t.Errorf("%+v", c)
	}
	f.Told(in("ISB-01", 1), NewsOf("markaz 0.2.0", wire.Beat{
		Oldest: 1, Wall: 2, Grade: 3, Conditions: []string{"disk.full"}, Packs: []wire.ActivePack{{Name: "rates", Version: 4}},
	}), f.now())
	c := f.Report().Centres[0]
	if c.Software != "markaz 0.2.0" || c.Told.IsZero() || !c.Has(Trouble) || len(c.Packs) != 1 || c.Packs[0] != (Pack{Name: "rates", Version: 4}) {
		t.Errorf("%+v", c)
	}
}

// TestNewsAreBounded: a box may say anything.
func TestNewsAreBounded(t *testing.T) {
	f, _ := newFleet(t, nil, "ISB-01")
	n := News{Software: strings.Repeat("s", 1000), Wall: 1}
	for range 500 {
		n.Conditions = append(n.Conditions, strings.Repeat("c", len(n.Conditions)+1))
		n.Packs = append(n.Packs, Pack{Name: strings.Repeat("p", 500), Newest: 9})
	}
	f.Heard(in("ISB-01", 1), at(1), at(1), f.now())
	f.Told(in("ISB-01", 1), n, f.now())
	f.Told(in("ISB-01", 2), News{Software: "a stranger's"}, f.now())
	c := f.Report().Centres[0]
	if len(c.Conditions) != conditionsMax || len(c.Packs) != packsMax || len([]rune(c.Software)) > wordRunes+1 || c.Has(StalePacks) {
		t.Errorf("%d conditions, %d packs, software %q, marks %v", len(c.Conditions), len(c.Packs), c.Software, c.Marks)
	}
	for range 3 * refusalsMax {
		f.Refused("ISB-01", strings.Repeat("x", 200), strings.Repeat("long ", 400), f.now())
	}
	d, _ := f.Detail("ISB-01")
	if len(d.Refusals) != refusalsMax || len([]rune(d.Refusals[0].Detail)) > detailRunes+1 || len([]rune(d.Refusals[0].Code)) > wordRunes+1 {
		t.Errorf("%d refusals: %+v", len(d.Refusals), d.Refusals[0])
	}
}

// TestSettledForksAreNoState: the evidence stays, the alarm goes.
func TestSettledForksAreNoState(t *testing.T) {
	f, _ := newFleet(t, held{{Incarnation: in("ISB-01", 1), Held: at(9), Forks: 2, Branches: make([]archive.Branch, 2)}}, "ISB-01")
	if c := f.Report().Centres[0]; c.Forks != 2 || c.State != Forked {
		t.Errorf("without a source: %d forks, %s", c.Forks, c.State)
	}
	forks := []Fork{{Branch: "1", First: 4, Settled: "ours, by A. Operator"}, {Branch: "2", First: 7}}
	f.Sources.Forks = func(chain.Incarnation) []Fork { return forks }
	if c := f.Report().Centres[0]; c.Forks != 1 || c.Fork == nil || c.Fork.First != 7 || c.State != Forked {
		t.Errorf("with one unsettled: %+v", c)
	}
	forks = forks[:1]
	if c := f.Report().Centres[0]; c.Forks != 0 || c.Fork != nil || c.State == Forked {
		t.Errorf("with none unsettled: %+v", c)
	}
	d, _ := f.Detail("ISB-01")
	if len(d.Chains) != 1 || len(d.Chains[0].Forks) != 1 || d.Chains[0].Branches != 2 {
		t.Errorf("the centre's page lost the evidence: %+v", d.Chains)
	}
}

func TestPoisonIsCounted(t *testing.T) {
	f, _ := newFleet(t, held{{Incarnation: in("ISB-01", 1), Held: at(9)}, {Incarnation: in("ISB-01", 2), Held: at(3)}}, "ISB-01")
	f.Sources.Poison = func(i chain.Incarnation) Poison { return Poison{Count: uint64(i.Nonce[0]), First: "why"} }
	if c := f.Report().Centres[0]; c.Unread != 3 || !c.Has(Unread) {
		t.Errorf("%d unreadable, marks %v", c.Unread, c.Marks)
	}
}

// TestEveryWordHasItsPlace: the lists that order states and marks name each once.
func TestEveryWordHasItsPlace(t *testing.T) {
	for i, s := range States() {
		if s.Urgency() != i {
			t.Errorf("%s stands twice", s)
		}
	}
	if got := State("nonsense").Urgency(); got >= 0 {
		t.Errorf("a word that is no state has urgency %d", got)
	}
	var chains []archive.Chain
	if diff := cmp.Diff([]Centre(nil), New(emptyRoster{}, held(chains), time.Now).Report().Centres); diff != "" {
		t.Error(diff)
	}
}
