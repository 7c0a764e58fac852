package warehouse

import (
	"bytes"
	"fmt"
	"iter"
	"slices"

	"markaz.example/edge/chain"
	"markaz.example/sync/archive"
)

// span is what a transaction brings of one chain.
type span struct {
	in      chain.Incarnation
	cursor  cursor         // with the new end, when all of it is through
	from    chain.Position // where the cursor stood
	poison  []poisoned
	trouble error // of the archive; what was read before it is good
}

// poisoned is a record that cannot become a row.
type poisoned struct {
	archive.Stored
	reason string
}

// source gives COPY the rows of a transaction: span after span, until the group is full. Nothing but the poison is held
// in memory. It stops early at a row whose partition is missing; that row is the first of the next COPY.
type source struct {
	archive   Archive
	spans     []*span // to come; the first is under way
	done      []*span
	months    map[Month]bool
	roomRows  int
	roomBytes int
	row       Row
	rows      int64
	missing   Month // the partition that row waits for; 0 when none
	condemned error // why PostgreSQL refused the first record; nil when it did not
	next      func() (archive.Stored, error, bool)
	stop      func()
}

// Next goes to the next row.
func (s *source) Next() bool {
	if s.missing == 0 && !s.read() {
		return false
	}
	if s.missing = s.row.Month; !s.months[s.missing] {
		return false
	}
	s.missing = 0
	return true
}

// read goes on to a row, past poison and from span to span. It is false when the group is full or everything is read.
func (s *source) read() bool {
	for len(s.spans) > 0 && s.roomRows > 0 && s.roomBytes > 0 {
		row, more := s.step(s.spans[0])
		if row {
			s.rows++
			return true
		}
		if !more {
			s.finish()
		}
	}
	s.close()
	return false
}

// step takes one record of a span: a row, or poison. There is no more at its end, and at what cannot be read.
func (s *source) step(p *span) (row, more bool) {
	if s.next == nil {
		s.next, s.stop = iter.Pull2(s.archive.Records(p.in, p.from.Seq))
	}
	stored, err, more := s.next()
	if !more {
		return false, false
	}
	if err == nil {
		err = follows(p.cursor.at, stored)
	}
	if err != nil {
		p.trouble = err
		return false, false
	}
	s.roomRows--
	s.roomBytes -= len(stored.Bytes)
	p.cursor.at = stored.At
	err = s.condemned
	if s.condemned = nil; err == nil {
		err = RowOf(&s.row, p.cursor.name, stored)
	}
	if err != nil {
		stored.Bytes = bytes.Clone(stored.Bytes) // not with the whole batch that they are part of
		p.poison = append(p.poison, poisoned{stored, err.Error()})
		p.cursor.poison++
		return false, true
	}
	return true, true
}

// follows reports a record that is not the one after a position: the archive's chain was changed while it was read.
func follows(at chain.Position, s archive.Stored) error {
	if s.At.Seq != at.Seq+1 || s.At.Hash != chain.Link(at.Hash, s.Bytes) {
		return fmt.Errorf("record %s of the archive does not follow %s", s.At, at)
	}
	return nil
}

func (s *source) finish() {
	s.close()
	s.done, s.spans = append(s.done, s.spans[0]), s.spans[1:]
}

// close ends the reading of the span that is under way.
func (s *source) close() {
	if s.stop != nil {
		s.stop()
	}
	s.next, s.stop = nil, nil
}

// Values are the row's.
func (s *source) Values() ([]any, error) { return s.row.Values(), nil }

// Err is nil: trouble with a chain ends the chain's span, not the transaction.
func (s *source) Err() error { return nil }

// touched are the spans of which something was read.
func (s *source) touched() []*span {
	all := slices.Concat(s.done, s.spans)
	return slices.DeleteFunc(all, func(p *span) bool { return p.cursor.at == p.from })
}
