package ingest_test

import (
	"context"
	"crypto/ed25519"
	"sync"
	"testing"

	"markaz.example/edge/chain"
	"markaz.example/sync/archive"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

// counting is a group that keeps only where it stands, so that the benchmark is of the road.
type counting struct {
	mu         sync.Mutex
	at         chain.Position
	frameBytes int
}

func (g *counting) Held(in chain.Incarnation) (chain.Position, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.at.Seq == 0 {
		g.at = in.Start()
	}
	return g.at, nil
}

func (g *counting) Submit(_ context.Context, _ ed25519.PublicKey, b wire.Batch) (archive.Verdict, chain.Position, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	verdict := archive.Admit(g.at, func(uint64) chain.Hash { return g.at.Hash }, b.Span)
	if verdict == archive.Append {
		g.at = b.Last()
		g.frameBytes += len(b.Block)
	}
	return verdict, g.at, nil
}

// BenchmarkDrain is a backlog over TLS on loopback: read from memory, verified, compressed, signed; then received,
// decompressed, verified and acknowledged.
func BenchmarkDrain(b *testing.B) {
	const records = 100_000
	c := wiretest.New("ISB-01", 1)
	c.Grow(records)
	raw, blocks := 0, 0
	for _, rec := range c.Records(1, records) {
		raw += len(rec)
	}
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		g := &counting{}
		r := newRoadTo(b, nil, g, "ISB-01")
		b.StartTimer()
		states, stop := r.box(b, wiretest.NewLedger(c), r.dialer(b, "ISB-01"))
		await(b, states, "drained", caughtUp(records))
		b.StopTimer()
		blocks = g.frameBytes
		stop()
		r.stop()
		b.StartTimer()
	}
	b.ReportMetric(float64(b.N*records)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(raw)/records, "raw-B/record")
	b.ReportMetric(float64(blocks)/records, "block-B/record")
}

// BenchmarkLive is one record at a time, from the ledger's word to headquarters' acknowledgement.
func BenchmarkLive(b *testing.B) {
	r := newRoadTo(b, nil, &counting{}, "ISB-01")
	l := wiretest.NewLedger(wiretest.New("ISB-01", 1))
	states, _ := r.box(b, l, r.dialer(b, "ISB-01"))
	for b.Loop() {
		l.Grow(1)
		await(b, states, "acknowledged", caughtUp(l.Acknowledged().Seq))
	}
}
