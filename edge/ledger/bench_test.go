package ledger_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"markaz.example/edge/block/blocktest"
	"markaz.example/edge/ledger"
)

// BenchmarkUpdate is the whole path of one decision: read a view, append, project, chain, commit, answer.
func BenchmarkUpdate(b *testing.B) {
	for _, callers := range []int{1, 8, 64} {
		b.Run(fmt.Sprint("callers=", callers), func(b *testing.B) { benchmarkUpdate(b, callers) })
	}
}

func benchmarkUpdate(b *testing.B, callers int) {
	l := open(b)
	text := strings.Repeat("x", 280)
	var n atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	for range callers {
		wg.Go(func() {
			for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
				key := fmt.Sprint("key ", i%5000)
				err := l.Update(context.Background(), "bench", func(tx *ledger.Tx) error {
					tx.Reader("notes").Get([]byte(key))
					return tx.Append("K5QXG43UOVZGKZDT", noted{key, text})
				})
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkVerify walks a chain whose records are all in blocks.
func BenchmarkVerify(b *testing.B) {
	path, d := months(b)
	l, err := ledger.OpenReadOnly(path, notes())
	must(b, err)
	defer l.Close()
	for b.Loop() {
		if _, err := l.Verify(b.Context(), nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*len(d.Records))/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkImport is a lost box's chain coming back in blocks, each with its commit.
func BenchmarkImport(b *testing.B) {
	d := blocktest.New(1)
	d.Grow(20_480)
	for b.Loop() {
		i := importer(b, filepath.Join(b.TempDir(), "ledger.db"))
		must(b, i.Rows(d.At[0], d.Records))
		must(b, i.Close())
	}
	b.ReportMetric(float64(b.N*len(d.Records))/b.Elapsed().Seconds(), "records/s")
}
