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

	"markaz.example/cmd/markaz-sim/history"
	"markaz.example/edge/box"
	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
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
	p := newPen(in, f)
	err = p.group(db, func() error {
		return p.record(history.Happening{Actor: "box", Event: ledger.Started{Software: "markaz bench"}})
	})
	for h := history.New(1, monday); err == nil && p.head.Seq < uint64(c.records); {
		err = p.group(db, func() (err error) {
			for end := min(p.head.Seq+20_000, uint64(c.records)); err == nil && p.head.Seq < end; {
				err = p.decide(h.Next())
			}
			return err
		})
	}
	c.records, c.bytes = int(p.head.Seq), p.bytes // the last decision may record more than one
	return errors.Join(err, db.Sync(), db.Close(), p.flat.Flush(), f.Close())
}

var monday = time.Date(2026, 3, 2, 3, 55, 0, 0, time.UTC) // five to nine in the centre

// pen writes records into both files.
type pen struct {
	head  chain.Position
	at    clock.Stamp
	log   *bolt.Bucket
	flat  *bufio.Writer
	bytes int64
}

func newPen(in chain.Incarnation, flat *os.File) *pen {
	at := clock.Stamp{Boot: 1, Mono: 21_000, Wall: monday.UnixMilli(), Grade: clock.Network}
	return &pen{head: in.Start(), at: at, flat: bufio.NewWriterSize(flat, 1<<20)}
}

func (p *pen) decide(d history.Decision) error {
	p.at.Mono += uint64(d.After.Milliseconds())
	p.at.Wall += d.After.Milliseconds()
	for _, e := range d.Events {
		if err := p.record(e); err != nil {
			return err
		}
	}
	return nil
}

func (p *pen) record(e history.Happening) error {
	body, err := chain.EncodeBody(e.Event)
	if err = errors.Join(err, e.Event.Check()); err != nil {
		return err
	}
	return p.write(chain.Header{Seq: p.head.Seq + 1, Stamp: p.at, Kind: e.Event.Kind(), Actor: e.Actor, Subject: e.Subject}, body)
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
