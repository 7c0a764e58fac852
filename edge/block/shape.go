package block

import (
	"bytes"

	"markaz.example/edge/chain"
)

// The ways a value of a body is kept.
const (
	wayNumber byte = iota // an unsigned integer
	wayText               // a text
	wayItem               // any other item, as it is written
)

// wholeBody is the count of values that stands for a body kept as one item.
const wholeBody = 0xff

// shape is what records of one kind have in common besides their values: kind, actor, and the body's keys.
type shape struct {
	number byte   // 1 to shapesMax
	names  []byte // kind and actor as a header has them, with their keys
	whole  bool   // the body is one item
	values []value
}

// value is one key of a shape, and the column of what stood there.
type value struct {
	key, way byte
	column   column
	length   uint64   // of the newest literal
	texts    [][]byte // literals in order of appearance, at most textsMax
	index    map[string]int
}

// part is one value of a body under way into a column.
type part struct {
	key, way byte
	number   uint64
	bytes    []byte
}

// parts takes a body apart: a map in the shortest form, its keys below 24. It is false for any other.
func parts(body []byte, to []part) ([]part, bool) {
	n := int(body[0] &^ majorMap)
	if body[0]&0xe0 != majorMap || n > valuesMax {
		return to, false
	}
	rest := body[1:]
	for range n {
		if rest[0] >= 24 {
			return to, false
		}
		size := itemBytes(rest[1:])
		to = append(to, partOf(rest[0], rest[1:1+size]))
		rest = rest[1+size:]
	}
	return to, true
}

func partOf(key byte, item []byte) part {
	major, n, size := head(item)
	shortest := size == headBytes(n)
	switch {
	case major == majorNumber && shortest:
		return part{key: key, way: wayNumber, number: n}
	case major == majorText && shortest:
		return part{key: key, way: wayText, bytes: item[size:]}
	}
	return part{key: key, way: wayItem, bytes: item}
}

// appendShape writes a shape for the table of a block. The bytes are its identity too.
func appendShape(b []byte, v chain.View, whole bool, values []part) []byte {
	b = append(appendLength(b, len(v.Kind)), v.Kind...)
	b = append(appendLength(b, len(v.Actor)), v.Actor...)
	if whole {
		return append(b, wholeBody)
	}
	b = append(b, byte(len(values)))
	for _, p := range values {
		b = append(b, p.key, p.way)
	}
	return b
}

// readShape reads one of the table. It is false for a shape that no record of a chain can have.
func readShape(c *column, number byte) (s shape, ok bool) {
	kind := c.take(c.number())
	actor := c.take(c.number())
	n := c.byte()
	if s.whole = n == wholeBody; !s.whole && n > valuesMax {
		return s, false
	}
	if s.whole {
		n = 1
	}
	for range n {
		v := value{way: wayItem}
		if !s.whole {
			v.key, v.way = c.byte(), c.byte()
		}
		if v.key >= 24 || v.way > wayItem {
			return s, false
		}
		s.values = append(s.values, v)
	}
	probe := chain.View{Seq: 1, Kind: kind, Actor: actor, Body: []byte{majorMap}}
	probe.Stamp.Boot = 1
	s.number, s.names = number, appendNames(nil, kind, actor)
	return s, !c.lost && probe.Check() == nil && isText(kind, actor)
}

// appendNames writes the keys 6 and 7 of a header.
func appendNames(b, kind, actor []byte) []byte {
	return appendText(append(appendText(append(b, 6), kind), 7), actor)
}

// appendStamps writes the keys 1 to 5.
func appendStamps(b []byte, v *chain.View) []byte {
	b = appendHead(append(b, majorMap|9, 1), majorNumber, v.Seq)
	b = appendHead(append(b, 2), majorNumber, v.Stamp.Boot)
	b = appendHead(append(b, 3), majorNumber, v.Stamp.Mono)
	b = appendSigned(append(b, 4), v.Stamp.Wall)
	return appendHead(append(b, 5), majorNumber, uint64(v.Stamp.Grade))
}

// appendSubject writes the key 8, and the key of the body.
func appendSubject(b, subject []byte) []byte { return append(appendText(append(b, 8), subject), 9) }

// isPlain holds for a header in its shortest form: the one that Encode writes.
func isPlain(record []byte, v *chain.View, scratch []byte) bool {
	b := appendStamps(scratch[:0], v)
	b = appendSubject(appendNames(b, v.Kind, v.Actor), v.Subject)
	return bytes.Equal(b, record[:len(record)-len(v.Body)])
}
