package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/box"
	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
)

const centreCode = "ISB-01"

// centre is a ledger of real events, and the same stored bytes in a flat file, each behind its length.
type centre struct {
	ledger, flat string
	records      int
	bytes        int64         // of the records as stored
	rebuilt      time.Duration // what making the views of it took
}

func (c centre) String() string {
	return fmt.Sprintf("%d records of %d bytes: visits opened, printed, issued, called, confirmed, finished, at drawn times under drawn names",
		c.records, c.bytes/int64(c.records))
}

// newCentre fills the log bucket as FORMAT.md of the ledger describes it, many records a transaction, and lets the
// ledger make the views. Through decisions of their own a million records would take minutes.
func newCentre(dir string, records int) (centre, error) {
	c := centre{ledger: filepath.Join(dir, "centre.db"), flat: filepath.Join(dir, "centre.flat"), records: records}
	in := chain.Incarnation{Centre: centreCode}
	rand.Read(in.Nonce[:])
	if err := ledger.Create(c.ledger, in); err != nil {
		return c, err
	}
	if err := c.fill(in); err != nil {
		return c, fmt.Errorf("fill %s: %w", c.ledger, err)
	}
	start := time.Now()
	_, err := ledger.RebuildFile(context.Background(), c.ledger, box.Books(), nil)
	c.rebuilt = time.Since(start)
	return c, err
}

func (c *centre) fill(in chain.Incarnation) error {
	db, err := bolt.Open(c.ledger, 0o600, &bolt.Options{NoSync: true, FreelistType: bolt.FreelistMapType, InitialMmapSize: 1 << 30})
	if err != nil {
		return err
	}
	f, err := os.Create(c.flat)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	p := &pen{head: in.Start(), flat: bufio.NewWriterSize(f, 1<<20)}
	h := newHistory(1, p.write)
	err = p.group(db, h.begin)
	for err == nil && h.seq < uint64(c.records) {
		err = p.group(db, func() (err error) {
			for end := min(h.seq+20_000, uint64(c.records)); err == nil && h.seq < end; {
				err = h.next()
			}
			return err
		})
	}
	c.records, c.bytes = int(h.seq), p.bytes // the last decision may record more than one
	return errors.Join(err, db.Sync(), db.Close(), p.flat.Flush(), f.Close())
}

// pen writes records into both files.
type pen struct {
	head  chain.Position
	log   *bolt.Bucket
	flat  *bufio.Writer
	bytes int64
}

func (p *pen) group(db *bolt.DB, write func() error) error {
	return db.Update(func(tx *bolt.Tx) error {
		p.log = tx.Bucket([]byte("log"))
		p.log.FillPercent = 0.99
		return write()
	})
}

func (p *pen) write(h chain.Header, body []byte) error {
	stored, err := chain.Encode(chain.Record{Header: h, Body: body})
	if err != nil {
		return err
	}
	p.head = chain.Position{Seq: h.Seq, Hash: chain.Link(p.head.Hash, stored)}
	p.bytes += int64(len(stored))
	if _, err := p.flat.Write(append(binary.AppendUvarint(nil, uint64(len(stored))), stored...)); err != nil {
		return err
	}
	return p.log.Put(binary.BigEndian.AppendUint64(nil, h.Seq), append(p.head.Hash[:], stored...))
}
