package boxtest_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"markaz.example/edge/boxtest"
	"markaz.example/sync/hq"
	hqpost "markaz.example/sync/post"
)

// A node dies with its disk, and an empty one takes its place: it has the office with the chains, so that boxes are
// enrolled there, packs fetched from it and letters heard from it.
func TestReplacedNodeHasTheOffice(t *testing.T) {
	t.Parallel()
	g := running(t)
	file := packOf(t, filepath.Join(g.nodes[0].config.Certificates, "post.key"), 1, `{"en": {"floor.today": "First figures"}}`)
	desk := g.nodes[1].Desk()
	persist(t, "a pack", func() error { _, err := desk.Publish(t.Context(), bytes.NewReader(file)); return err })
	persist(t, "an offer", func() error { _, err := desk.Offer(t.Context(), (&house{}).order(1)); return err })
	dead := g.nodes[2]
	dead.down()
	if err := os.RemoveAll(dead.config.Dir); err != nil {
		t.Fatal(err)
	}
	n := g.prepare(t, filepath.Dir(dead.config.Roster), "hq-4", true)
	n.up(t)
	swap := hq.Member{Dead: "hq-3", Name: "hq-4", Address: n.config.Peer}
	persist(t, "the dead node to be replaced", func() error { return g.nodes[0].call(t, "/member/replace", swap, nil) })
	g.await(t, "the new node to have it all", func() bool { return agreed(t, n, 3) })

	h := &house{Box: boxtest.New(t, 200), hq: n.HQ}
	n.place(&h.Config, t.TempDir())
	n.enrol(t, h.Config, false)
	h.Up(t)
	h.shows(t, "/floor?lang=en", "First figures")
	persist(t, "a letter", func() error {
		_, err := n.Desk().Diagnose(t.Context(), hqpost.DiagnosisOrder{Centre: "ISB-01", Who: "Help desk", Why: "From the new node"})
		return err
	})
	h.shows(t, "/floor?lang=en", "From the new node")
	h.sendAll(t, []*seat{g.nodes[0], g.nodes[1], n})
	for _, s := range []*seat{g.nodes[0], g.nodes[1], n} {
		s.down()
		once(t, s.config, h.Config)
	}
}
