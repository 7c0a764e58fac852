package fleet

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
	"markaz.example/sync/roster"
	"markaz.example/sync/wire"
)

type held []archive.Chain

func (h held) Chains() []archive.Chain { return h }

func in(centre id.Centre, nonce byte) chain.Incarnation {
	return chain.Incarnation{Centre: centre, Nonce: [chain.NonceBytes]byte{nonce}}
}

func at(seq uint64) chain.Position { return chain.Position{Seq: seq} }

// newFleet is a fleet of the given centres at a time the test moves.
func newFleet(t *testing.T, h held, codes ...id.Centre) (*Fleet, *time.Time) {
	t.Helper()
	var centres []roster.Centre
	for _, c := range codes {
		centres = append(centres, roster.Centre{Code: c, Name: "Name of " + string(c), NameUR: "نام", District: "D"})
	}
	r, err := roster.New(centres)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return New(r, h, func() time.Time { return now }), &now
}

func states(f *Fleet) map[id.Centre]State {
	out := map[id.Centre]State{}
	for _, c := range f.Report().Centres {
		out[c.Code] = c.State
	}
	return out
}

func TestStates(t *testing.T) {
	f, now := newFleet(t, held{
		{Incarnation: in("B-LIVE", 1), Held: at(100)},
		{Incarnation: in("C-BEHIND", 1), Held: at(100)},
		{Incarnation: in("D-AWAY", 1), Held: at(100)},
		{Incarnation: in("F-FORKED", 1), Held: at(100), Forks: 2},
	}, "A-NEVER", "B-LIVE", "C-BEHIND", "D-AWAY", "E-REFUSED", "F-FORKED", "G-SILENT")
	f.Heard(in("G-SILENT", 1), at(1), at(0), f.now())
	f.Gone(in("G-SILENT", 1), f.now())
	*now = now.Add(silentAfter + time.Second)
	f.Heard(in("B-LIVE", 1), at(101), at(0), f.now())
	f.Heard(in("C-BEHIND", 1), at(100_000), at(0), f.now())
	f.Heard(in("F-FORKED", 1), at(100), at(0), f.now())
	f.Refused("E-REFUSED", "key", "another key", f.now())
	f.Heard(in("X-STRANGER", 1), at(9), at(0), f.now())
	f.Refused("X-STRANGER", "centre", "unknown", f.now())

	want := map[id.Centre]State{
		"A-NEVER": Never, "B-LIVE": Live, "C-BEHIND": Behind, "D-AWAY": Away,
		"E-REFUSED": Refused, "F-FORKED": Forked, "G-SILENT": Silent,
	}
	if diff := cmp.Diff(want, states(f)); diff != "" {
		t.Error(diff)
	}
	r := f.Report()
	if r.Linked != 3 || r.Held != 400 || r.Lag != 1+99_900+1 || r.Strays != 2 {
		t.Errorf("linked %d, held %d, lag %d, strays %d", r.Linked, r.Held, r.Lag, r.Strays)
	}
	if r.Centres[0].Code != "F-FORKED" {
		t.Errorf("first comes %s, want the forked centre", r.Centres[0].Code)
	}
}

// TestReplacedBox shows the chain last heard of, and after a restart of headquarters the longest.
func TestReplacedBox(t *testing.T) {
	f, _ := newFleet(t, held{
		{Incarnation: in("ISB-01", 1), Held: at(900)},
		{Incarnation: in("ISB-01", 2), Held: at(7)},
	}, "ISB-01")
	if c := f.Report().Centres[0]; c.Held != 900 || c.Chains != 2 {
		t.Errorf("after a restart: held %d of %d chains, want 900 of 2", c.Held, c.Chains)
	}
	f.Heard(in("ISB-01", 2), at(8), at(0), f.now())
	if c := f.Report().Centres[0]; c.Held != 7 || c.Lag != 1 {
		t.Errorf("once the new box speaks: held %d, lag %d; want 7, 1", c.Held, c.Lag)
	}
	f.Heard(in("ISB-01", 3), at(5), at(0), f.now())
	if c := f.Report().Centres[0]; c.Held != 0 || c.Lag != 5 {
		t.Errorf("a third box of which nothing is held: held %d, lag %d; want 0, 5", c.Held, c.Lag)
	}
}

// TestLinkOfAnOldChainEnds: the old box's link is noticed to be dead after the new box has come.
func TestLinkOfAnOldChainEnds(t *testing.T) {
	f, _ := newFleet(t, nil, "ISB-01")
	f.Heard(in("ISB-01", 1), at(8), at(0), f.now())
	f.Heard(in("ISB-01", 2), at(1), at(0), f.now())
	f.Gone(in("ISB-01", 1), f.now())
	if c := f.Report().Centres[0]; !c.Linked {
		t.Error("the new box's link was taken for ended")
	}
	f.Gone(in("ISB-01", 2), f.now())
	if c := f.Report().Centres[0]; c.Linked {
		t.Error("no link is left, and the centre is shown as linked")
	}
}

func TestRefusalsOfOrdinaryDaysAreNotShown(t *testing.T) {
	f, now := newFleet(t, nil, "ISB-01")
	f.Heard(in("ISB-01", 1), at(8), at(0), f.now())
	f.Refused("ISB-01", wire.CodeBusy, "electing", f.now())
	f.Gone(in("ISB-01", 1), f.now())
	if c := f.Report().Centres[0]; c.State != Away || c.Refusal != nil {
		t.Errorf("after a restart of headquarters: %+v", c)
	}
	f.Refused("ISB-01", wire.CodeMalformed, "garbage", f.now())
	if c := f.Report().Centres[0]; c.State != Refused {
		t.Errorf("after garbage: %s", c.State)
	}
	*now = now.Add(refusalShown + time.Second)
	f.Heard(in("ISB-01", 1), at(8), at(0), f.now())
	if c := f.Report().Centres[0]; c.Refusal != nil {
		t.Errorf("linked again for a day, and still shown: %+v", c.Refusal)
	}
	f.Refused("ISB-01", wire.CodeFork, "histories differ", f.now())
	if c := f.Report().Centres[0]; c.State != Forked {
		t.Errorf("after a fork: %s", c.State)
	}
	f.Heard(in("ISB-01", 2), at(1), at(0), f.now())
	if c := f.Report().Centres[0]; c.State != Live || c.Refusal != nil {
		t.Errorf("a new box in its place: %+v", c)
	}
}
