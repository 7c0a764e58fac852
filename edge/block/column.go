package block

import (
	"encoding/binary"
	"unicode/utf8"
)

// column is the bytes of one field, record after record: being written, or what is left to read. Once something is not
// there, the rest is empty.
type column struct {
	b    []byte
	lost bool
}

func (c *column) lose() { c.b, c.lost = nil, true }

func (c *column) byte() byte {
	if len(c.b) == 0 {
		c.lost = true
		return 0
	}
	b := c.b[0]
	c.b = c.b[1:]
	return b
}

// number reads a varint.
func (c *column) number() uint64 {
	if len(c.b) > 0 && c.b[0] < 0x80 {
		n := c.b[0]
		c.b = c.b[1:]
		return uint64(n)
	}
	n, size := binary.Uvarint(c.b)
	if size <= 0 {
		c.lose()
		return 0
	}
	c.b = c.b[size:]
	return n
}

// take gives the next n bytes, or none when there are fewer.
func (c *column) take(n uint64) []byte {
	if n > uint64(len(c.b)) {
		c.lose()
		return nil
	}
	taken := c.b[:n:n]
	c.b = c.b[n:]
	return taken
}

func (c *column) put(n uint64) { c.b = binary.AppendUvarint(c.b, n) }

func appendLength(b []byte, n int) []byte { return binary.AppendUvarint(b, uint64(n)) }

func isText(all ...[]byte) bool {
	for _, b := range all {
		if !utf8.Valid(b) {
			return false
		}
	}
	return true
}
