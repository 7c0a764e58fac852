package hq

import (
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
	"markaz.example/sync/fleet"
	"markaz.example/sync/peer"
	"markaz.example/sync/quorum"
	"markaz.example/sync/roster"
)

// TestNodesForThePage: a member that does not answer is said to be unreachable since it last did.
func TestNodesForThePage(t *testing.T) {
	n := &nodes{name: "hq-1"}
	then := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	members := []quorum.MemberState{
		{Name: "hq-1", Address: "a:1", Reached: true, Applied: 9, Leader: true}, {Name: "hq-2", Address: "b:1", Reached: true, Applied: 8},
		{Name: "hq-3", Address: "c:1"},
	}
	n.keep(members, then)
	members = []quorum.MemberState{members[0], {Name: "hq-2", Address: "b:1", Leader: true}, members[2]}
	n.keep(members, then.Add(time.Minute))
	want := []fleet.Node{
		{Name: "hq-1", State: "leader", Applied: 9, Heard: then.Add(time.Minute), Leader: true},
		{Name: "hq-2", State: "unreachable", Heard: then},
		{Name: "hq-3", State: "unreachable"},
	}
	if diff := cmp.Diff(want, n.Nodes()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]peer.Member{{Name: "hq-2", Address: "b:1"}, {Name: "hq-3", Address: "c:1"}}, n.others()); diff != "" {
		t.Error(diff)
	}
}

type noChains struct{}

func (noChains) Chains() []archive.Chain { return nil }

// TestLinksAreShared: what one node's share tells, the other's takes; garbage and silence change nothing.
func TestLinksAreShared(t *testing.T) {
	list, err := roster.New([]roster.Centre{{Code: "ISB-01", Name: "Islamabad", NameUR: "اسلام آباد", District: "Islamabad"}})
	if err != nil {
		t.Fatal(err)
	}
	a, b := fleet.New(list, noChains{}, time.Now), fleet.New(list, noChains{}, time.Now)
	tell, hear := share(nil, nil, a, slog.New(slog.DiscardHandler)), share(nil, nil, b, slog.New(slog.DiscardHandler))
	a.Heard(chain.Incarnation{Centre: id.Centre("ISB-01"), Nonce: [chain.NonceBytes]byte{1}}, chain.Position{Seq: 7}, chain.Position{}, time.Now())
	hear.Merge("hq-1", tell.Links())
	hear.Merge("hq-1", nil)
	hear.Merge("hq-1", []byte("garbage"))
	if c := b.Report().Centres[0]; !c.Linked || c.Head != 7 || c.Node != "hq-1" {
		t.Errorf("the other node shows %+v", c)
	}
}
