package block

import (
	"errors"
	"fmt"
	"sync"

	"markaz.example/edge/chain"
)

// What Encode and Decode report, besides what chain.Check reports of a record that Encode is given.
var (
	ErrTooMuch = errors.New("more records or bytes than a block holds")
	ErrOrder   = errors.New("record is not in its place")
	ErrBlock   = errors.New("block is not of the documented shape")
)

// Block is consecutive records as columns.
type Block struct {
	Bytes    []byte // as FORMAT.md has them
	RawBytes int    // of the records in rows: each behind its length as a varint
}

var writers = sync.Pool{New: func() any { return &writer{index: map[string]byte{}, places: map[string]int{}} }}

// Encode makes a block of consecutive stored records, the first of which has the sequence first. It reports ErrTooMuch,
// ErrOrder and what chain.Check reports.
func Encode(first uint64, records [][]byte) (Block, error) {
	if len(records) == 0 || len(records) > RecordsMax {
		return Block{}, fmt.Errorf("%w: %d records, want 1 to %d", ErrTooMuch, len(records), RecordsMax)
	}
	w := writers.Get().(*writer)
	defer writers.Put(w)
	w.begin()
	defer w.begin() // it keeps nothing of records that may be gone by its next use
	raw := 0
	for i, r := range records {
		if raw += RowBytes(len(r)); raw > RawBytesMax {
			return Block{}, fmt.Errorf("%w: over %d bytes at record %d", ErrTooMuch, RawBytesMax, first+uint64(i))
		}
		if err := w.record(first+uint64(i), r); err != nil {
			return Block{}, fmt.Errorf("block from record %d: %w", first, err)
		}
	}
	b, err := w.seal()
	if err != nil {
		return Block{}, fmt.Errorf("block from record %d: %w", first, err)
	}
	return Block{Bytes: b, RawBytes: raw}, nil
}

// RowBytes is what a record of a length takes in rows.
func RowBytes(recordBytes int) int {
	n := recordBytes + 1
	for ; recordBytes >= 0x80; recordBytes >>= 7 {
		n++
	}
	return n
}

// writer makes one block at a time.
type writer struct {
	columns
	index   map[string]byte // of shapes, by their bytes
	places  map[string]int  // of subjects
	table   []byte          // of shapes, as written
	scratch []byte
	parts   []part
}

func (w *writer) begin() {
	w.reset()
	clear(w.index)
	clear(w.places)
	w.table = w.table[:0]
}

// record puts one record into the columns, or aside when they would not give its bytes back.
func (w *writer) record(seq uint64, r []byte) error {
	got, err := chain.Check(r)
	switch {
	case err != nil:
		return fmt.Errorf("record %d: %w", seq, err)
	case got != seq:
		return fmt.Errorf("%w: record says %d, its place is %d", ErrOrder, got, seq)
	}
	v, ok := chain.Split(r)
	if ok = ok && isPlain(r, &v, w.scratch); ok {
		ok = w.plain(&v)
	}
	if !ok {
		w.subjects.put(subjectNone)
		w.wholes.put(uint64(len(r)))
		w.wholes.b = append(w.wholes.b, r...)
	}
	return nil
}

// plain is false when there are more shapes than a block can name.
func (w *writer) plain(v *chain.View) bool {
	all, taken := parts(v.Body, w.parts[:0])
	if w.parts = all; !taken {
		all = append(all[:0], part{way: wayItem, bytes: v.Body})
	}
	s := w.shape(v, !taken, all)
	if s == nil {
		return false
	}
	about := w.subject(v.Subject)
	if number := s.number; w.follow(about, number) {
		w.shapes.b = append(w.shapes.b, 0)
	} else {
		w.shapes.b = append(w.shapes.b, number)
	}
	w.clock(clockOf(v))
	for i := range all {
		w.value(&s.values[i], &all[i], about)
	}
	return true
}

// shape finds or adds a record's shape. It is nil when there are too many.
func (w *writer) shape(v *chain.View, whole bool, all []part) *shape {
	w.scratch = appendShape(w.scratch[:0], *v, whole, all)
	if n, ok := w.index[string(w.scratch)]; ok {
		return &w.columns.table[n-1]
	}
	if len(w.columns.table) == shapesMax {
		return nil
	}
	s := shape{number: byte(len(w.columns.table) + 1), whole: whole}
	for _, p := range all {
		s.values = append(s.values, value{key: p.key, way: p.way, index: map[string]int{}})
	}
	w.index[string(w.scratch)] = s.number
	w.table = append(w.table, w.scratch...)
	w.columns.table = append(w.columns.table, s)
	return &w.columns.table[s.number-1]
}

// subject writes a subject. What it gives is good until the next.
func (w *writer) subject(text []byte) *subject {
	if len(text) == 0 {
		w.subjects.put(subjectEmpty)
		return &w.known[0]
	}
	if place, ok := w.places[string(text)]; ok {
		w.subjects.put(uint64(len(w.known) - 1 - place + subjectRecent))
		return &w.known[place]
	}
	if n := uint64(len(text)); n == w.length {
		w.subjects.put(subjectAgain)
	} else {
		w.subjects.put(subjectNew)
		w.subjects.put(n)
		w.length = n
	}
	lit := w.literals(w.length)
	lit.b = append(lit.b, text...)
	w.places[string(text)] = len(w.known)
	w.known = append(w.known, subject{text: text})
	return &w.known[len(w.known)-1]
}

func (w *writer) clock(now clockState) {
	before := w.at
	w.at = now
	code, moved := byte(clockOther), now.mono
	if now.boot == before.boot && now.grade == before.grade && now.mono >= before.mono {
		moved = now.mono - before.mono
		code = clockCode(now.wall - before.wall - int64(moved))
	}
	if code == clockOther {
		moved = now.mono
		w.stamps.put(zigzag(int64(now.boot - before.boot)))
		w.stamps.put(zigzag(now.wall - before.wall))
		w.stamps.put(now.grade)
	}
	w.clocks.b = append(w.clocks.b, code)
	w.ticks.b = append(w.ticks.b, byte(moved))
	w.spans.put(moved >> 8)
}

func clockCode(off int64) byte {
	switch off {
	case 0:
		return clockSame
	case 1:
		return clockAhead
	case -1:
		return clockBack
	}
	return clockOther
}

// value writes what stands under a key: what is known already by its code, the rest anew.
func (w *writer) value(v *value, p *part, about *subject) {
	if p.way == wayNumber {
		v.column.put(p.number)
		return
	}
	if p.way == wayText && len(p.bytes) >= nameBytesMin && string(about.own) == string(p.bytes) {
		v.column.put(textOwn)
		return
	}
	if place, ok := v.index[string(p.bytes)]; ok {
		v.column.put(uint64(place + textSeen))
		return
	}
	w.literal(v, p)
	if len(v.texts) < textsMax {
		v.index[string(p.bytes)] = len(v.texts)
	}
	v.remember(p.bytes, about)
}

func (w *writer) literal(v *value, p *part) {
	if n := uint64(len(p.bytes)); n == v.length {
		v.column.put(textAgain)
	} else {
		v.column.put(textNew)
		v.column.put(n)
		v.length = n
	}
	lit := &w.words
	if p.way == wayText {
		lit = w.literals(v.length)
	}
	lit.b = append(lit.b, p.bytes...)
}
