package boxtest_test

import (
	"testing"

	"markaz.example/edge/desk"
	hqpost "markaz.example/sync/post"
)

// The nodes are stopped and started one after the other while a box prints numbers and letters come down: nothing is lost
// and nothing comes twice.
func TestGroupIsRestartedUnderABox(t *testing.T) {
	t.Parallel()
	g := running(t)
	h := linked(t, g.nodes[1])
	h.Down()
	h.Config.Headquarters.Address = g.addresses()
	h.Up(t)
	v := visitor{t, h.URL, h.Browser()}
	h.Await(t, "the chain to be known", func() bool { return g.nodes[1].holds(t, 1) })
	for i, n := range g.nodes {
		n.down()
		visit := v.ask("kafaalat")
		other := g.nodes[(i+1)%3]
		persist(t, "a letter", func() error {
			_, err := other.Desk().Diagnose(t.Context(), hqpost.DiagnosisOrder{Centre: "ISB-01", Who: "Help desk", Why: "Round " + n.config.Name})
			return err
		})
		v.await(h.Box, visit, desk.SlipInHand)
		h.shows(t, "/floor?lang=en", "Round "+n.config.Name)
		n.up(t)
		g.await(t, "the node to be back", func() bool { return agreed(t, n, 3) })
	}
	h.sendAll(t, g.nodes)
	for _, n := range g.nodes {
		n.down()
		once(t, n.config, h.Config)
	}
}
