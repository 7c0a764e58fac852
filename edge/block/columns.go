package block

import "markaz.example/edge/chain"

// The codes of a subject. Those from subjectRecent on count back from the newest of the block.
const (
	subjectNone   = iota // the record is kept whole, aside
	subjectEmpty         // no subject
	subjectAgain         // new, as long as the last new one
	subjectNew           // new, its length follows
	subjectRecent        // the newest; one more, the one before it
)

// The codes of a text or an item. Those from textSeen on name one that this column had, in order of appearance.
const (
	textAgain = iota // new, as long as the last new one of this column
	textNew          // new, its length follows
	textOwn          // the newest name that came with this subject
	textSeen
)

// The codes of a clock.
const (
	clockSame  = iota // boot and grade as before; wall moved as mono did
	clockAhead        // the same, and wall a millisecond more
	clockBack         // a millisecond less
	clockOther        // boot, wall and grade are told aside, and mono counts from 0
)

// columns is the state that writer and reader go through alike, record by record.
type columns struct {
	subjects, shapes, clocks, stamps, wholes, words column // of the first stream
	ticks, spans, names                             column // streams of their own

	known    []subject // in order of appearance; the first is the empty one
	length   uint64    // of the newest subject
	table    []shape
	follower [shapesMax + 1]byte // by a subject's last shape: the shape that came next, last time
	at       clockState
}

// subject is what a block remembers of one.
type subject struct {
	text  []byte
	shape byte   // of its newest record; 0 before that
	own   []byte // the newest name that came with it
}

type clockState struct {
	boot, mono uint64
	wall       int64
	grade      uint64
}

// reset makes columns ready for another block, with the room they have.
func (c *columns) reset() {
	for _, col := range c.all() {
		col.b, col.lost = col.b[:0], false
	}
	clear(c.known)
	c.known = append(c.known[:0], subject{})
	clear(c.table)
	c.table = c.table[:0]
	c.length, c.follower, c.at = 0, [shapesMax + 1]byte{}, clockState{}
}

// all is every column that each block has, those of the first stream first.
func (c *columns) all() [columnsOfAll + streams - 1]*column {
	return [...]*column{&c.subjects, &c.shapes, &c.clocks, &c.stamps, &c.wholes, &c.words, &c.ticks, &c.spans, &c.names}
}

// literals is where a new text of a length stands.
func (c *columns) literals(n uint64) *column {
	if n >= nameBytesMin {
		return &c.names
	}
	return &c.words
}

// follow remembers which shape came after which, and says whether it was foreseen.
func (c *columns) follow(s *subject, shape byte) (foreseen bool) {
	foreseen = c.follower[s.shape] == shape
	c.follower[s.shape], s.shape = shape, shape
	return foreseen
}

// remember keeps a new literal for the records behind it.
func (v *value) remember(literal []byte, s *subject) {
	if v.way == wayText && len(literal) >= nameBytesMin {
		s.own = literal
	}
	if len(v.texts) < textsMax {
		v.texts = append(v.texts, literal)
	}
}

func clockOf(v *chain.View) clockState {
	return clockState{v.Stamp.Boot, v.Stamp.Mono, v.Stamp.Wall, uint64(v.Stamp.Grade)}
}
