package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
)

const million = 1_000_000

// fillLedger makes a ledger of so many records, many decisions to a commit.
func fillLedger(path string, records int) error {
	if err := ledger.Create(path, chain.Incarnation{Centre: "BENCH-01"}); err != nil {
		return err
	}
	l, err := ledger.Open(path, ledger.Options{Books: benchBooks(), Software: "bench"})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	text := payload()[:recordBytes-100]
	for done := 0; done < records; {
		err := l.Update(ctx, "desk/A", func(tx *ledger.Tx) error {
			for i := range min(2000, records-done) {
				if err := tx.Append("K5QXG43UOVZGKZDT", measured{fmt.Sprint("family ", i), text}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		done += 2000
	}
	stop()
	if err := <-ended; err != nil {
		return err
	}
	return l.Close()
}

// startTimes measures opening a ledger of a million records until it serves.
func startTimes(dir string) ([]row, error) {
	path := filepath.Join(dir, "million.db")
	if err := fillLedger(path, million); err != nil {
		return nil, err
	}
	defer os.Remove(path)
	var open, verify samples
	for range rounds {
		start := time.Now()
		l, err := ledger.Open(path, ledger.Options{Books: benchBooks(), Software: "bench"})
		if err != nil {
			return nil, err
		}
		open = append(open, time.Since(start).Seconds()*1e3)
		start = time.Now()
		if _, err := l.Verify(context.Background(), nil); err != nil {
			return nil, err
		}
		verify = append(verify, million/time.Since(start).Seconds())
		if err := l.Close(); err != nil {
			return nil, err
		}
	}
	return []row{
		{what: "start with 1,000,000 records, ready to serve", ours: millis(open.median()), goal: "300 ms with ten million"},
		{what: "verify the chain, one core", ours: perSecond(verify.median()), goal: "1,000,000/s"},
	}, nil
}
