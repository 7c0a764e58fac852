package main

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"markaz.example/edge/chain"
	"markaz.example/sync/archive"
	"markaz.example/sync/warehouse"
	"markaz.example/sync/warehouse/warehousetest"
	road "markaz.example/sync/wire"
)

// warehouseRecordsMax bounds the rows that are held ready for the limit: some 200 MB.
const warehouseRecordsMax = 200_000

// warehouseGroup is how many rows one transaction of the loader brings, and of the limit too.
const warehouseGroup = 20_000

// warehouseRates brings an archive of the centre's records to PostgreSQL, in turns with the limit: the very same rows,
// ready in memory, by COPY into the very same tables, without cursor, archive or chain.
func warehouseRates(b *bench) ([]row, error) {
	a, err := warehouseArchive(b)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	s, err := warehousetest.Open("/var/tmp") // on a disk, and open to the server's user
	if err != nil {
		return nil, err
	}
	defer s.Close()
	ours, limit, err := warehouseRounds(b.rounds, s, a)
	if err != nil {
		return nil, err
	}
	return []row{{
		what: fmt.Sprintf("archive to PostgreSQL, %d records", a.Chains()[0].Held.Seq), ours: perSecond(ours.median()),
		limit: "bare COPY of the same rows, prepared, into the same tables " + perSecond(limit.median()),
		ratio: ours.median() / limit.median(),
	}}, nil
}

func warehouseRounds(rounds int, s *warehousetest.Server, a *archive.Archive) (ours, limit samples, err error) {
	ctx := context.Background()
	if err := s.Create(ctx, "markaz"); err != nil {
		return nil, nil, err
	}
	w := &warehouse.Warehouse{URL: s.URL("markaz"), Archive: a, Log: slog.New(slog.DiscardHandler)}
	if _, err := loadOnce(w); err != nil { // makes the tables and the partitions
		return nil, nil, err
	}
	c, err := w.Connect(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer c.Close(ctx)
	rows, err := preparedRows(a)
	if err != nil {
		return nil, nil, err
	}
	for range rounds {
		bare, err := copyRows(ctx, c, rows)
		if err != nil {
			return nil, nil, err
		}
		if err := empty(ctx, c); err != nil {
			return nil, nil, err
		}
		w := &warehouse.Warehouse{URL: w.URL, Archive: a, Log: w.Log}
		took, err := loadOnce(w)
		if err != nil {
			return nil, nil, err
		}
		n := float64(len(rows))
		ours, limit = append(ours, n/took.Seconds()), append(limit, n/bare.Seconds())
	}
	return ours, limit, nil
}

// warehouseArchive is an archive of the centre's records, in batches as they come when a box drains.
func warehouseArchive(b *bench) (a *archive.Archive, err error) {
	if a, err = archive.Open(filepath.Join(b.dir, "warehouse.db"), nil); err != nil {
		return nil, err
	}
	f, err := os.Open(b.centre.flat)
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	defer f.Close()
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	in := chain.Incarnation{Centre: centreCode}
	at, read := in.Start(), bufio.NewReaderSize(f, 1<<20)
	for index := uint64(1); at.Seq < warehouseRecordsMax; index++ {
		records, err := readRecords(read, 1024)
		if err != nil {
			return nil, errors.Join(err, a.Close())
		}
		if len(records) == 0 {
			break
		}
		if at, err = archiveBatch(a, key, in, at, index, records); err != nil {
			return nil, errors.Join(err, a.Close())
		}
	}
	return a, nil
}

// readRecords reads up to n records of a flat file, each behind its length.
func readRecords(r *bufio.Reader, n int) (records [][]byte, err error) {
	for len(records) < n {
		size, err := binary.ReadUvarint(r)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		b := make([]byte, size)
		if _, err := io.ReadFull(r, b); err != nil {
			return nil, err
		}
		records = append(records, b)
	}
	return records, nil
}

func archiveBatch(a *archive.Archive, key ed25519.PrivateKey, in chain.Incarnation, at chain.Position, index uint64, records [][]byte) (chain.Position, error) {
	batch, err := road.Pack(key, in, at, 0, records)
	if err != nil {
		return at, err
	}
	frame, err := road.Encode(batch)
	if err != nil {
		return at, err
	}
	out, err := a.Apply([]archive.Entry{{Index: index, Key: key.Public().(ed25519.PublicKey), Batch: frame}})
	if err != nil {
		return at, err
	}
	return out[0].Held, out[0].Err
}

func preparedRows(a *archive.Archive) (rows [][]any, err error) {
	for s, err := range a.Records(a.Chains()[0].Incarnation, 0) {
		if err != nil {
			return nil, err
		}
		r := new(warehouse.Row)
		if err := warehouse.RowOf(r, 1, s); err != nil {
			return nil, err
		}
		rows = append(rows, r.Values())
	}
	return rows, nil
}

// copyRows is the limit.
func copyRows(ctx context.Context, c *warehouse.Conn, rows [][]any) (time.Duration, error) {
	if err := empty(ctx, c); err != nil {
		return 0, err
	}
	begun := time.Now()
	for left := rows; len(left) > 0; {
		n := min(len(left), warehouseGroup)
		if _, err := c.CopyFrom(ctx, pgx.Identifier{"markaz", "record"}, warehouse.Columns, pgx.CopyFromRows(left[:n])); err != nil {
			return 0, err
		}
		left = left[n:]
	}
	return time.Since(begun), nil
}

// empty leaves the tables without rows, and the server without work that is left over.
func empty(ctx context.Context, c *warehouse.Conn) error {
	if err := warehouse.Empty(ctx, c); err != nil {
		return err
	}
	_, err := c.Exec(ctx, "CHECKPOINT")
	return err
}

// loadOnce runs a warehouse until nothing waits, and times it from its first transaction.
func loadOnce(w *warehouse.Warehouse) (time.Duration, error) {
	ctx, stop := context.WithTimeout(context.Background(), drainMax)
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	var begun time.Time
	s := w.State()
	for ; (!s.Loading || s.Waiting > 0) && ctx.Err() == nil; s = w.State() {
		if s.Loading && begun.IsZero() {
			begun = time.Now()
		}
		time.Sleep(100 * time.Microsecond)
	}
	took := time.Since(begun)
	stop()
	err := <-ended
	if s.Waiting > 0 || s.Poison > 0 {
		err = errors.Join(err, fmt.Errorf("the warehouse came no further than %+v", s))
	}
	return took, err
}
