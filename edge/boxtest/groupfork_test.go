package boxtest_test

import (
	"errors"
	"os"
	"testing"

	"markaz.example/edge/boxtest"
	"markaz.example/edge/ledger"
	"markaz.example/sync/archive"
	"markaz.example/sync/fleet"
	"markaz.example/sync/hq"
)

// A box that is set up from an old copy of its disk forks at a follower: every node shows the fork, the group and who has
// the link, any admin door settles it, and every page is calm again.
func TestForkAtAFollower(t *testing.T) {
	t.Parallel()
	g := running(t)
	file, c := lose(t, g.nodes[2], 160)
	copied := read(t, file)
	fill(t, c, 160)
	b := &boxtest.Box{Config: c}
	held, _ := state(t, file)
	b.Up(t)
	b.Await(t, "headquarters to hold it all", func() bool { return g.nodes[1].holds(t, held.Seq+1) })
	b.Down()
	if err := errors.Join(os.WriteFile(file, copied, 0o600), ledger.Forget(file)); err != nil { // the disk as a whole is older
		t.Fatal(err)
	}
	fill(t, c, 320)
	end, _ := state(t, file)
	b.Up(t)

	var forks []archive.Branching
	for _, n := range g.nodes {
		b.Await(t, n.config.Name+" to list the whole branch", func() bool {
			forks = nil
			return n.call(t, "/fork/list", hq.ForkQuery{Centre: "ISB-01"}, &forks) == nil && len(forks) == 1 && forks[0].End > end.Seq
		})
		b.Await(t, n.config.Name+" to show fork, nodes and link", func() bool { return shows(n, fleet.Forked, "hq-3") })
	}
	word := hq.ForkWord{ForkQuery: hq.ForkQuery{Centre: "ISB-01", Branch: forks[0].Branch}, Keep: "branch", Who: "Ayesha", Why: "the disk was changed"}
	var done hq.ForkDone
	persist(t, "the fork to be settled at a follower", func() error { return g.nodes[1].call(t, "/fork/settle", word, &done) })
	if done.Beside == "" {
		t.Errorf("settled at a follower: %+v", done)
	}
	for _, n := range g.nodes {
		b.Await(t, n.config.Name+" to show no fork", func() bool { return shows(n, fleet.Live, "hq-3") })
	}
	b.Await(t, "the box's records to go on", func() bool { return g.nodes[0].holds(t, end.Seq+1) })
	b.Down()
	for _, n := range g.nodes {
		n.down()
	}
	for _, n := range g.nodes {
		a, err := archive.OpenReadOnly(hq.ArchivePath(n.config))
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Verify(t.Context(), nil); err != nil {
			t.Error(err)
		}
		a.Close()
	}
}

// shows is whether a node's page has the only centre in a state with its link at a node, and the whole group.
func shows(n *seat, state fleet.State, link string) bool {
	r := n.Fleet().Report()
	if len(r.Centres) != 1 || len(r.Nodes) != 3 {
		return false
	}
	if link == n.config.Name {
		link = ""
	}
	leaders := 0
	for _, m := range r.Nodes {
		if m.Leader {
			leaders++
		}
		if m.State == "unreachable" {
			return false
		}
	}
	c := r.Centres[0]
	fork := state != fleet.Forked || c.Forks == 1 && c.Fork != nil && c.Fork.First > 0
	return leaders == 1 && c.State == state && c.Node == link && fork
}
