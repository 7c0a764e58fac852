package archive

import (
	"testing"

	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

// BenchmarkVerify walks an archive of one chain in batches of 1,024 records.
func BenchmarkVerify(b *testing.B) {
	const records, size = 128 << 10, 1024
	a, err := Open(archivePath(b), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	c := wiretest.New("ISB-01", 1)
	c.Grow(records)
	for i := uint64(0); i < records/size; i++ {
		batch, err := wire.Pack(c.Key, c.In, c.At(i*size), 0, c.Records(i*size+1, (i+1)*size))
		if err != nil {
			b.Fatal(err)
		}
		frame, err := wire.Encode(batch)
		if err != nil {
			b.Fatal(err)
		}
		apply1(b, a, Entry{Index: i + 1, Key: c.Public(), Batch: frame})
	}
	for b.Loop() {
		if err := a.Verify(b.Context(), nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(records*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
