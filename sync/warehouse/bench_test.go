package warehouse

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"markaz.example/edge/chain"
	"markaz.example/sync/archive"
	"markaz.example/sync/warehouse/warehousetest"
)

const benchRecords = 40_000

// BenchmarkLoad beside BenchmarkBareCopy: the same rows into the same tables, on a server that syncs.
func BenchmarkLoad(b *testing.B) {
	a := newHolding(b, archivePath(b))
	a.bring(b, grown("ISB-01", 1, benchRecords), 1024)
	s := syncing(b)
	for b.Loop() {
		b.StopTimer()
		w := loader(migrated(b, s), a)
		b.StartTimer()
		stop := run(b, w)
		await(b, w, "all is loaded", everything)
		stop()
	}
	b.ReportMetric(float64(b.N)*benchRecords/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkBareCopy(b *testing.B) {
	a := newHolding(b, archivePath(b))
	c := grown("ISB-01", 1, benchRecords)
	a.bring(b, c, 1024)
	rows := prepared(b, a, c.In)
	s := syncing(b)
	for b.Loop() {
		b.StopTimer()
		url := migrated(b, s)
		b.StartTimer()
		bareCopy(b, url, rows)
	}
	b.ReportMetric(float64(b.N)*benchRecords/b.Elapsed().Seconds(), "rows/s")
}

// migrated is a database with empty tables.
func migrated(b *testing.B, s *warehousetest.Server) (url string) {
	b.Helper()
	url = s.Database(b)
	config, err := (&Warehouse{URL: url}).config()
	if err == nil {
		err = migrate(context.Background(), config)
	}
	if err != nil {
		b.Fatal(err)
	}
	return url
}

// syncing is a server as data users have it.
func syncing(b *testing.B) *warehousetest.Server {
	b.Helper()
	s, err := warehousetest.Open("/var/tmp")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	return s
}

func prepared(b *testing.B, a Archive, in chain.Incarnation) (rows [][]any) {
	b.Helper()
	for s, err := range a.Records(in, 0) {
		row := new(Row)
		if err == nil {
			err = RowOf(row, 1, s)
		}
		if err != nil {
			b.Fatal(err)
		}
		rows = append(rows, row.Values())
	}
	return rows
}

// bareCopy makes the partitions of the rows and copies them, a group a transaction.
func bareCopy(b *testing.B, url string, rows [][]any) {
	b.Helper()
	ctx, c := context.Background(), connected(b, url)
	err := pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error { return createPartition(ctx, tx, monthOf(1_767_225_600_000)) })
	for len(rows) > 0 && err == nil {
		n := min(len(rows), groupRecords)
		_, err = c.CopyFrom(ctx, pgx.Identifier{"markaz", "record"}, Columns, pgx.CopyFromRows(rows[:n]))
		rows = rows[n:]
	}
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkRow is what a record costs before PostgreSQL sees it.
func BenchmarkRow(b *testing.B) {
	c := grown("ISB-01", 1, 1)
	s := archive.Stored{At: c.At(1), Bytes: c.Records(1, 1)[0]}
	var row Row
	for b.Loop() {
		if err := RowOf(&row, 1, s); err != nil {
			b.Fatal(err)
		}
	}
}
