package quorum

import (
	"errors"
	"testing"
	"testing/synctest"

	"markaz.example/sync/archive"
)

// TestNodesCatchUp: whatever was acknowledged by another is here after catching up, and an act that was handed to the
// leader is here with its answer. A node that is cut off does not pretend.
func TestNodesCatchUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := three(t, 1)
		defer g.close(t)
		c := grown("ISB-01", 1, 200)
		for i, b := range batchesOf(t, c, 10) {
			g.nodes[i%3].submit(t, c, b, archive.Append, b.Last().Seq)
			n := g.nodes[(i+1)%3]
			if err := n.CatchUp(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := n.Node.config.Archive.Held(c.In); got != b.Last() {
				t.Errorf("%s has %s, acknowledged is %s", n.name, got, b.Last())
			}
		}
		cut := g.nodes[2]
		g.mesh.isolate(cut.address, true)
		if err := cut.CatchUp(t.Context()); !errors.Is(err, ErrNotReady) {
			t.Errorf("cut off: got %v, want %v", err, ErrNotReady)
		}
		g.mesh.isolate(cut.address, false)
		await(t, "it is back", func() bool { return cut.CatchUp(t.Context()) == nil })
	})
}
