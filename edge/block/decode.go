package block

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
)

var readers = sync.Pool{New: func() any { return &reader{} }}

// Decode gives the records of a block in rows: count of them, each behind its length as a varint, rawBytes in all, the
// first with the sequence first. It uses the buffer if that has room for Slack more, and never takes more than that.
// What it gives chain.Check accepts, with the sequence of its place. It reports ErrBlock.
func Decode(block []byte, first uint64, count, rawBytes int, buffer []byte) ([]byte, error) {
	if first == 0 || count < 1 || count > RecordsMax || first+uint64(count) < first || rawBytes < 1 || rawBytes > RawBytesMax {
		return nil, fmt.Errorf("%w: %d records from %d on, %d bytes", ErrBlock, count, first, rawBytes)
	}
	if cap(buffer) < rawBytes+Slack {
		buffer = make([]byte, 0, rawBytes+Slack)
	}
	r := readers.Get().(*reader)
	defer readers.Put(r)
	rows, err := r.read(block, first, count, buffer[:0:rawBytes+Slack])
	if err != nil {
		return nil, fmt.Errorf("block from record %d: %w", first, err)
	}
	return rows, nil
}

// Next cuts the first record off rows. It is false when there is none.
func Next(rows []byte) (record, rest []byte, ok bool) {
	n, size := binary.Uvarint(rows)
	if size <= 0 || n > recordBytesMax || n > uint64(len(rows)-size) {
		return nil, nil, false
	}
	end := size + int(n)
	return rows[size:end:end], rows[end:], true
}

// reader reads one block at a time.
type reader struct {
	columns
	buffer []byte // the decompressed streams
	rows   []byte
	lost   bool // something is not what it must be
}

func (r *reader) read(block []byte, first uint64, count int, rows []byte) ([]byte, error) {
	r.reset()
	r.lost, r.rows = false, rows
	parts, buffer, err := unseal(block, r.buffer)
	if r.buffer = buffer; err != nil {
		return nil, err
	}
	if !r.open(parts) {
		return nil, fmt.Errorf("%w: its table", ErrBlock)
	}
	for i := range uint64(count) {
		if err := r.record(first + i); err != nil {
			return nil, err
		}
	}
	rows, r.rows = r.rows, nil
	if !r.used() || len(rows)+Slack != cap(rows) {
		return nil, fmt.Errorf("%w: %d bytes in %d records, and more may be in it; announced are %d",
			ErrBlock, len(rows), count, cap(rows)-Slack)
	}
	return rows, nil
}

// open reads the table and finds the columns.
func (r *reader) open(parts [streams][]byte) bool {
	first := column{b: parts[0]}
	n := first.number()
	if n > shapesMax {
		return false
	}
	for i := range n {
		s, ok := readShape(&first, byte(i+1))
		if !ok {
			return false
		}
		r.table = append(r.table, s)
	}
	all := r.all()
	for _, c := range all[:columnsOfAll] {
		c.b = first.take(first.number())
	}
	for i := range r.table {
		for j := range r.table[i].values {
			r.table[i].values[j].column.b = first.take(first.number())
		}
	}
	r.ticks.b, r.spans.b, r.names.b = parts[1], parts[2], parts[3]
	return !first.lost && len(first.b) == 0
}

// used holds when every column was read to its end and not past it.
func (r *reader) used() bool {
	for _, c := range r.all() {
		if c.lost || len(c.b) > 0 {
			return false
		}
	}
	for i := range r.table {
		for _, v := range r.table[i].values {
			if v.column.lost || len(v.column.b) > 0 {
				return false
			}
		}
	}
	return true
}

var (
	errColumns = errors.New("its columns end early or point nowhere")
	errRoom    = errors.New("more bytes than announced")
)

// record writes one row.
func (r *reader) record(seq uint64) error {
	start := len(r.rows)
	if !r.room(headBytesMax + lengthBytesMax) {
		return fmt.Errorf("%w: record %d: %w", ErrBlock, seq, errRoom)
	}
	r.rows = append(r.rows, 0, 0) // for the length
	err := errColumns
	switch code := r.subjects.number(); {
	case code == subjectNone:
		err = r.wholeRecord(seq)
	case r.plain(seq, code):
		err = nil
	}
	if err == nil && !r.setLength(start) {
		err = errRoom
	}
	if err != nil {
		return fmt.Errorf("%w: record %d: %w", ErrBlock, seq, err)
	}
	return nil
}

// room holds while that many bytes more can be part of what was announced.
func (r *reader) room(n int) bool { return n <= cap(r.rows)-len(r.rows) }

// setLength makes room for a length that does not take the two bytes left for it, as most do.
func (r *reader) setLength(start int) bool {
	n := len(r.rows) - start - 2
	if n > recordBytesMax || !r.room(1) {
		return false
	}
	switch {
	case n < 1<<7:
		copy(r.rows[start+1:], r.rows[start+2:])
		r.rows = r.rows[:len(r.rows)-1]
		r.rows[start] = byte(n)
		return true
	case n < 1<<14:
		r.rows[start], r.rows[start+1] = byte(n)|0x80, byte(n>>7)
		return true
	}
	r.rows = append(r.rows, 0)
	copy(r.rows[start+3:], r.rows[start+2:])
	r.rows[start], r.rows[start+1], r.rows[start+2] = byte(n)|0x80, byte(n>>7)|0x80, byte(n>>14)
	return true
}

// wholeRecord is one that was put aside.
func (r *reader) wholeRecord(seq uint64) error {
	b := r.wholes.take(r.wholes.number())
	if r.wholes.lost {
		return errColumns
	}
	if !r.room(len(b)) {
		return errRoom
	}
	got, err := chain.Check(b)
	if err == nil && got != seq {
		err = ErrOrder
	}
	r.rows = append(r.rows, b...)
	return err
}

// plain is a record in columns. It is false for one that no chain can have, or that the columns do not hold.
func (r *reader) plain(seq, code uint64) bool {
	about := r.subject(code)
	if about == nil {
		return false
	}
	s := r.shape(about)
	if s == nil || !r.clock() {
		return false
	}
	v := chain.View{Seq: seq, Stamp: clock.Stamp{
		Boot: r.at.boot, Mono: r.at.mono, Wall: r.at.wall, Grade: clock.Grade(r.at.grade),
	}}
	r.rows = appendSubject(append(appendStamps(r.rows, &v), s.names...), about.text)
	if !s.whole {
		r.rows = append(r.rows, majorMap|byte(len(s.values)))
	}
	for i := range s.values {
		if !r.value(s, &s.values[i], about) {
			return false
		}
	}
	return true
}

// subject is nil for a code that names none.
func (r *reader) subject(code uint64) *subject {
	switch code {
	case subjectEmpty:
		return &r.known[0]
	case subjectNew:
		r.length = r.subjects.number()
		fallthrough
	case subjectAgain:
		text := r.literals(r.length).take(r.length)
		if !chain.IsSubject(text) || uint64(len(text)) != r.length {
			return nil
		}
		r.known = append(r.known, subject{text: text})
		return &r.known[len(r.known)-1]
	}
	if back := code - subjectRecent; back < uint64(len(r.known)) {
		return &r.known[uint64(len(r.known))-1-back]
	}
	return nil
}

// shape is nil for a number that is not in the table.
func (r *reader) shape(about *subject) *shape {
	n := r.shapes.byte()
	if n == 0 {
		n = r.follower[about.shape]
	}
	if n == 0 || int(n) > len(r.table) {
		return nil
	}
	r.follow(about, n)
	return &r.table[n-1]
}

// clock moves the stamp on. It is false for one that no record can have.
func (r *reader) clock() bool {
	code := r.clocks.byte()
	moved := uint64(r.ticks.byte()) | r.spans.number()<<8
	switch code {
	case clockSame:
	case clockAhead:
		r.at.wall++
	case clockBack:
		r.at.wall--
	case clockOther:
		r.at.boot += uint64(unzigzag(r.stamps.number()))
		r.at.wall += unzigzag(r.stamps.number())
		r.at.grade = r.stamps.number()
		r.at.mono = moved
		return r.at.boot > 0 && r.at.grade <= uint64(clock.GradeMax)
	default:
		return false
	}
	r.at.mono += moved
	r.at.wall += int64(moved)
	return r.at.boot > 0
}

// value writes one key of a body and what stands there, or a body that is kept as one item.
func (r *reader) value(s *shape, v *value, about *subject) bool {
	if v.way == wayNumber {
		n := v.column.number()
		if !r.room(1 + 9) {
			return false
		}
		r.rows = appendHead(append(r.rows, v.key), majorNumber, n)
		return true
	}
	b, ok := r.literal(s, v, about)
	if !ok || !r.room(1+9+len(b)) {
		return false
	}
	if !s.whole {
		r.rows = append(r.rows, v.key)
	}
	if v.way == wayText {
		r.rows = appendHead(r.rows, majorText, uint64(len(b)))
	}
	r.rows = append(r.rows, b...)
	return true
}

// literal is a text or an item: one that was there before, or a new one.
func (r *reader) literal(s *shape, v *value, about *subject) (b []byte, ok bool) {
	switch code := v.column.number(); code {
	case textOwn:
		return about.own, v.way == wayText && about.own != nil
	case textNew:
		v.length = v.column.number()
	case textAgain:
	default:
		if code -= textSeen; code >= uint64(len(v.texts)) {
			return nil, false
		}
		return v.texts[code], true
	}
	from := &r.words
	if v.way == wayText {
		from = r.literals(v.length)
	}
	b = from.take(v.length)
	if from.lost || v.column.lost || v.way == wayItem && !isItem(b, s.whole) {
		return nil, false
	}
	v.remember(b, about)
	return b, true
}

// isItem holds for bytes that can be a body, or one value of a body.
func isItem(b []byte, whole bool) bool {
	if whole {
		return len(b) > 0 && b[0]&0xe0 == majorMap && chain.CheckBody(b) == nil
	}
	return chain.CheckValue(b) == nil
}
