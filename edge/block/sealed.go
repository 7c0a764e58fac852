package block

import (
	"bytes"
	"fmt"

	"markaz.example/edge/chain"
)

// Sealed is a block with its place in a chain, as ledger, wire and archive hold it.
type Sealed struct {
	Block
	Prev chain.Position // before its first record
	Last chain.Position // of its last
}

// Count is the number of records.
func (s Sealed) Count() int { return int(s.Last.Seq - s.Prev.Seq) }

// Seal makes a block of the records behind a position, and opens it again: what it gives has been compared with the
// records byte for byte, and its hash computed from what came back. It reports what Encode does, or ErrBlock.
func Seal(prev chain.Position, records [][]byte) (Sealed, error) {
	b, err := Encode(prev.Seq+1, records)
	if err != nil {
		return Sealed{}, err
	}
	s := Sealed{Block: b, Prev: prev}
	s.Last.Seq = prev.Seq + uint64(len(records))
	rows, err := s.rows(nil)
	if err != nil {
		return s, err
	}
	w := prev.Walk()
	for i, want := range records {
		got, rest, ok := Next(rows)
		if !ok || !bytes.Equal(got, want) {
			return s, fmt.Errorf("%w: record %d comes back as other bytes", ErrBlock, prev.Seq+1+uint64(i))
		}
		w.Link(got)
		rows = rest
	}
	s.Last = w.At()
	return s, nil
}

func (s Sealed) rows(buffer []byte) ([]byte, error) {
	if s.Last.Seq <= s.Prev.Seq || s.Last.Seq-s.Prev.Seq > RecordsMax {
		return nil, fmt.Errorf("%w: from %s to %s", ErrBlock, s.Prev, s.Last)
	}
	return Decode(s.Bytes, s.Prev.Seq+1, s.Count(), s.RawBytes, buffer)
}

// Open gives the records, after checking that they lead from Prev to Last. They share one buffer of their own. It
// reports ErrBlock, or chain.ErrBroken.
func (s Sealed) Open() ([][]byte, error) {
	var records [][]byte
	err := s.Each(nil, func(_ chain.Position, r []byte) error { records = append(records, r); return nil })
	if err != nil {
		return nil, err
	}
	return records, nil
}

// Each visits every record with its position, and then checks that the last is Last. The records lie in the buffer if
// it has room for RawBytes and Slack. It reports ErrBlock, chain.ErrBroken, or what visit does.
func (s Sealed) Each(buffer []byte, visit func(at chain.Position, record []byte) error) error {
	rows, err := s.rows(buffer)
	if err != nil {
		return err
	}
	w := s.Prev.Walk()
	for len(rows) > 0 {
		r, rest, ok := Next(rows)
		if !ok {
			return fmt.Errorf("%w: its rows after record %d", ErrBlock, w.At().Seq)
		}
		w.Link(r)
		if err := visit(w.At(), r); err != nil {
			return err
		}
		rows = rest
	}
	if w.At() != s.Last {
		return fmt.Errorf("%w: block of records %d to %d leads to %s, not to %s",
			chain.ErrBroken, s.Prev.Seq+1, s.Last.Seq, w.At(), s.Last)
	}
	return nil
}
