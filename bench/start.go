package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/box"
	"markaz.example/edge/ledger"
)

// startTimes measures opening the centre's ledger until it serves, against opening the bare file, and walking its chain,
// against reading the same rows and hashing them.
func startTimes(b *bench) ([]row, error) {
	var open, bare, verify, hash samples
	for range b.rounds {
		took, err := timed(func() error { return bareWalk(b.centre.ledger, false) })
		if err != nil {
			return nil, err
		}
		bare = append(bare, took.Seconds()*1e3)
		if took, err = timed(func() error { return bareWalk(b.centre.ledger, true) }); err != nil {
			return nil, err
		}
		hash = append(hash, float64(b.centre.records)/took.Seconds())
		opened, walked, err := startOnce(b.centre)
		if err != nil {
			return nil, err
		}
		open, verify = append(open, opened.Seconds()*1e3), append(verify, float64(b.centre.records)/walked.Seconds())
	}
	return []row{{
		what: fmt.Sprintf("start with %d records, ready to serve", b.centre.records), ours: millis(open.median()),
		limit: "open the bare bbolt file " + millis(bare.median()), ratio: bare.median() / open.median(), goal: "300 ms with ten million",
	}, {
		what: "verify the chain, one core", ours: perSecond(verify.median()),
		limit: "read the rows and hash them " + perSecond(hash.median()), ratio: verify.median() / hash.median(), goal: "1000000/s",
	}, {
		what: "rebuild every view (once)", ours: perSecond(float64(b.centre.records) / b.centre.rebuilt.Seconds()),
	}}, nil
}

func timed(do func() error) (time.Duration, error) {
	start := time.Now()
	err := do()
	return time.Since(start), err
}

func startOnce(c centre) (opened, walked time.Duration, err error) {
	start := time.Now()
	l, err := ledger.Open(c.ledger, ledger.Options{Books: box.Books(), Software: "bench"})
	if err != nil {
		return 0, 0, err
	}
	opened = time.Since(start)
	defer l.Close()
	walked, err = timed(func() error { _, err := l.Verify(context.Background(), nil); return err })
	return opened, walked, err
}

// bareWalk opens the file as bbolt alone would, and reads and hashes every row of the log if asked to.
func bareWalk(path string, hash bool) error {
	db, err := bolt.Open(path, 0o600, &bolt.Options{FreelistType: bolt.FreelistMapType, InitialMmapSize: 1 << 30})
	if err != nil {
		return err
	}
	defer db.Close()
	if !hash {
		return nil
	}
	return db.View(func(tx *bolt.Tx) error {
		sum := sha256.New()
		return tx.Bucket([]byte("log")).ForEach(func(_, v []byte) error {
			sum.Reset()
			sum.Write(v) // the row is the hash, then the record: what the next hash is made of, give or take 32 bytes
			sum.Sum(nil)
			return nil
		})
	})
}
