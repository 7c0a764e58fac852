package ledger

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/fxamacker/cbor/v2"
	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
)

// line is a record as Dump prints it.
type line struct {
	Seq     uint64          `json:"seq"`
	Hash    string          `json:"hash"`
	Wall    time.Time       `json:"wall"`
	Grade   string          `json:"grade"`
	Boot    uint64          `json:"boot"`
	Mono    uint64          `json:"mono_ms"`
	Kind    chain.Kind      `json:"kind"`
	Actor   string          `json:"actor"`
	Subject string          `json:"subject,omitempty"`
	Event   json.RawMessage `json:"event,omitempty"` // as this version reads it
	Body    string          `json:"body"`            // in CBOR diagnostic notation, whatever version wrote it
}

// oddLine is what is printed of an odd record.
type oddLine struct {
	Seq    uint64 `json:"seq"`
	Hash   string `json:"hash"`
	Odd    string `json:"odd"`    // why it cannot be read
	Stored string `json:"stored"` // its bytes in hex
}

// Dump writes the records behind after as JSON, one a line, verifying as it goes.
func (l *Ledger) Dump(ctx context.Context, w io.Writer, after uint64) error {
	enc := json.NewEncoder(w)
	_, err := l.walk(ctx, after, nil, func(f filed) error {
		if f.odd != nil {
			return enc.Encode(oddLine{f.at.Seq, hex.EncodeToString(f.at.Hash[:]), f.odd.Error(), hex.EncodeToString(f.stored)})
		}
		r, err := chain.Decode(f.stored)
		if err != nil {
			return err
		}
		out, err := l.line(r, f.at)
		if err != nil {
			return err
		}
		return enc.Encode(out)
	})
	if err != nil {
		return fmt.Errorf("dump after %d: %w", after, err)
	}
	return nil
}

func (l *Ledger) line(r chain.Record, at chain.Position) (line, error) {
	body, err := cbor.Diagnose(r.Body)
	if err != nil {
		return line{}, err
	}
	out := line{
		Seq: r.Seq, Hash: hex.EncodeToString(at.Hash[:]), Wall: r.Stamp.Time(), Grade: r.Stamp.Grade.String(),
		Boot: r.Stamp.Boot, Mono: r.Stamp.Mono, Kind: r.Kind, Actor: r.Actor, Subject: r.Subject, Body: body,
	}
	e, known, err := l.Decode(r)
	if err != nil || !known {
		return out, err
	}
	out.Event, err = json.Marshal(e)
	return out, err
}

// Stats is what a ledger file holds.
type Stats struct {
	Incarnation string                `json:"incarnation"`
	Head        uint64                `json:"head"`
	HeadHash    string                `json:"head_hash"`
	Confirmed   uint64                `json:"confirmed"` // held by headquarters, as far as the box was told
	FileBytes   int64                 `json:"file_bytes"`
	RecordBytes int64                 `json:"record_bytes"`  // as hashed
	Rows        uint64                `json:"rows"`          // records that are not sealed yet
	RowBytes    int64                 `json:"row_bytes"`     // of record_bytes, those of the rows
	Blocks      uint64                `json:"blocks"`        // sealed
	BlockBytes  int64                 `json:"block_bytes"`   // what the sealed records take
	Pruned      uint64                `json:"pruned"`        // records up to this one are no longer kept
	Odd         uint64                `json:"odd,omitempty"` // records that this version cannot read
	Boots       uint64                `json:"boots"`
	First       time.Time             `json:"first"` // wall time of the first record
	Last        time.Time             `json:"last"`
	Kinds       map[chain.Kind]uint64 `json:"kinds"`
	ViewKeys    map[string]int        `json:"view_keys"` // by book
}

// Stats counts, verifying as it goes.
func (l *Ledger) Stats(ctx context.Context, progress Progress) (Stats, error) {
	s := Stats{
		Incarnation: l.in.String(), Confirmed: l.Confirmed().Seq, Pruned: l.base.Seq,
		Kinds: map[chain.Kind]uint64{}, ViewKeys: map[string]int{},
	}
	at, err := l.walk(ctx, 0, progress, s.count)
	if err != nil {
		return s, err
	}
	s.Head, s.HeadHash = at.Seq, hex.EncodeToString(at.Hash[:])
	return s, l.read(ctx, func(tx *bolt.Tx) error {
		if s.FileBytes = tx.Size(); tx.Bucket(blocksName) != nil {
			if err := tx.Bucket(blocksName).ForEach(s.countBlock); err != nil {
				return err
			}
		}
		return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
			if book, ok := bytes.CutPrefix(name, viewPrefix); ok {
				s.ViewKeys[string(book)] = b.Stats().KeyN
			}
			return nil
		})
	})
}

func (s *Stats) count(f filed) error {
	s.RecordBytes += int64(len(f.stored))
	if !f.sealed {
		s.Rows++
		s.RowBytes += int64(len(f.stored))
	}
	if f.odd != nil {
		s.Odd++
		return nil
	}
	r, err := chain.Decode(f.stored)
	if s.Last = r.Stamp.Time(); s.First.IsZero() {
		s.First = s.Last
	}
	s.Kinds[r.Kind]++
	s.Boots = r.Stamp.Boot
	return err
}

func (s *Stats) countBlock(key, value []byte) error {
	b, err := parseBlock(key, value)
	s.Blocks++
	s.BlockBytes += int64(len(b.Bytes))
	return err
}
