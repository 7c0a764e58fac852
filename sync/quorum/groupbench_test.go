package quorum

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"markaz.example/edge/id"
	"markaz.example/sync/archive"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

// BenchmarkGroupSubmit is BenchmarkSubmit through the three nodes of a group in one process, over TLS on loopback.
func BenchmarkGroupSubmit(b *testing.B) {
	const centres, records, batches = 15, 1024, 16
	g := newGroup(b, 1)
	g.tcp = true
	g.three(b)
	defer g.close(b)
	round := 0
	for b.Loop() {
		b.StopTimer()
		round++
		var chains [centres]*wiretest.Chain
		var packs [centres][]wire.Batch
		for i := range centres {
			chains[i] = grown(id.Centre(fmt.Sprintf("C-%02d", i)), uint64(round*centres+i), records*batches)
			packs[i] = batchesOf(b, chains[i], records)
		}
		b.StartTimer()
		var sent sync.WaitGroup
		for i, c := range chains {
			sent.Go(func() {
				for _, p := range packs[i] {
					if v, _, err := g.nodes[i%3].Submit(context.Background(), c.Public(), p); err != nil || v != archive.Append {
						b.Error(v, err)
						return
					}
				}
			})
		}
		sent.Wait()
	}
	b.ReportMetric(float64(centres*records*batches*b.N)/b.Elapsed().Seconds(), "records/s")
}
