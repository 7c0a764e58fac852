package fleet

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"markaz.example/edge/id"
	"markaz.example/sync/roster"
)

type emptyRoster struct{}

func (emptyRoster) Centres() []roster.Centre               { return nil }
func (emptyRoster) Fault() error                           { return nil }
func (emptyRoster) Centre(id.Centre) (roster.Centre, bool) { return roster.Centre{}, false }

func idOf(code string) id.Centre { return id.Centre(code) }

// carry is how nodes tell each other: as JSON.
func carry(t *testing.T, from, to *Fleet, name string) {
	t.Helper()
	b, err := json.Marshal(from.Links())
	if err != nil {
		t.Fatal(err)
	}
	var links []Link
	if err := json.Unmarshal(b, &links); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(from.Links(), links); diff != "" {
		t.Errorf("links changed on the way: %s", diff)
	}
	to.Merge(name, links)
}

// TestNewestNewsWin: a box moves from one node to another, and either node shows the same.
func TestNewestNewsWin(t *testing.T) {
	a, nowA := newFleet(t, nil, "ISB-01")
	b, nowB := newFleet(t, nil, "ISB-01")
	step := func(d time.Duration) { *nowA, *nowB = nowA.Add(d), nowB.Add(d) }
	show := func(f *Fleet) Centre { return f.Report().Centres[0] }

	b.Heard(in("ISB-01", 1), at(7), at(0), b.now())
	b.Told(in("ISB-01", 1), News{Software: "markaz 1", Grade: 3, Wall: b.now().UnixMilli(), Packs: []Pack{{Name: "rates", Version: 1}}}, b.now())
	carry(t, b, a, "hq-2")
	if c := show(a); !c.Linked || c.Head != 7 || c.Node != "hq-2" || c.Software != "markaz 1" {
		t.Errorf("linked at the other node: %+v", c)
	}

	step(time.Second)
	a.Heard(in("ISB-01", 1), at(9), at(0), a.now())
	step(time.Second)
	b.Gone(in("ISB-01", 1), b.now())
	carry(t, b, a, "hq-2")
	carry(t, a, b, "hq-1")
	for name, f := range map[string]*Fleet{"a": a, "b": b} {
		if c := show(f); !c.Linked || c.Head != 9 || c.Software != "markaz 1" {
			t.Errorf("after it moved, %s shows %+v", name, c)
		}
	}
	if show(a).Node != "" || show(b).Node != "hq-1" {
		t.Errorf("its link is at %q and %q", show(a).Node, show(b).Node)
	}

	step(mergedMax + time.Second)
	if show(b).Linked {
		t.Error("a node that is not heard of any more still vouches for a link")
	}
	a.Refused("ISB-01", "key", "another key", a.now())
	carry(t, a, b, "hq-1")
	if r := show(b).Refusal; r == nil || r.Code != "key" {
		t.Errorf("a refusal by the other node: %+v", r)
	}
	step(time.Second)
	b.Heard(in("ISB-01", 2), at(1), at(0), b.now())
	if c := show(b); c.Refusal != nil || c.State != Live || c.Software != "" {
		t.Errorf("a new box in its place: %+v", c)
	}
	if d, _ := b.Detail("ISB-01"); len(d.Refusals) != 1 {
		t.Errorf("its page forgot the refusal: %+v", d.Refusals)
	}
}

// TestMergeIsBounded: another node may be wrong, old or many.
func TestMergeIsBounded(t *testing.T) {
	f, _ := newFleet(t, nil, "ISB-01")
	long := Link{Chain: in("ISB-01", 1).String(), Heard: f.now(), Up: true, Told: f.now(), News: News{Software: strings.Repeat("s", 999), Wall: 1}}
	long.Refusal = &Refusal{f.now(), "key", strings.Repeat("d", 999)}
	f.Merge("hq-2", []Link{
		{Chain: "ISB-01/zz", Up: true, Heard: f.now()}, {Chain: "ISB-01/00", Up: true, Heard: f.now()}, {Chain: "", Up: true},
		{Chain: in("LHE-01", 1).String(), Up: true, Heard: f.now()},
	})
	if c := f.Report().Centres[0]; c.Linked || f.Report().Linked != 0 {
		t.Errorf("a link that cannot be read was believed: %+v", c)
	}
	f.Merge("hq-2", []Link{long})
	d, _ := f.Detail("ISB-01")
	if !d.Centre.Linked || len(d.Refusals) != 1 || len([]rune(d.Refusals[0].Detail)) > detailRunes+1 || len([]rune(d.Centre.Software)) > wordRunes+1 {
		t.Errorf("linked %v, %d refusals, software of %d", d.Centre.Linked, len(d.Refusals), len(d.Centre.Software))
	}
	for i := range 100 {
		f.Merge(strings.Repeat("n", i+1), nil)
	}
	if len(f.others) > nodesMax {
		t.Errorf("%d nodes are kept", len(f.others))
	}
	f.Merge("hq-2", nil)
	if f.Report().Centres[0].Linked {
		t.Error("what a node does not tell any more is still believed")
	}
}

// FuzzMerge: whatever another node sends, the fleet stays one row a centre, and bounded.
func FuzzMerge(f *testing.F) {
	f.Add([]byte(`[{"chain":"ISB-01/01000000000000000000000000000000","head":7,"heard":"2026-01-02T03:04:05Z","up":true,"news":{"wall":1,"oldest":-1}}]`))
	f.Add([]byte(`[{"chain":"ISB-01/","refusal":{"code":"key"}},{"chain":"/"}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var links []Link
		if json.Unmarshal(b, &links) != nil {
			t.Skip()
		}
		fleet, _ := newFleet(t, nil, "ISB-01")
		fleet.Merge("hq-2", links)
		d, _ := fleet.Detail("ISB-01")
		if n := len(fleet.Report().Centres); n != 1 || len(d.Refusals) > refusalsMax || len(d.Centre.Conditions) > conditionsMax {
			t.Errorf("%d rows, %+v", n, d)
		}
	})
}
