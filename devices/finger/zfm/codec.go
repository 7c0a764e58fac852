package zfm

import (
	"bytes"
	"encoding/binary"
)

// header begins every packet. Source: ZFM-20 user manual, data package format.
var header = []byte{0xef, 0x01}

// Types of packets.
const (
	kindCommand = 0x01
	kindData    = 0x02 // and more follows
	kindAnswer  = 0x07
	kindLast    = 0x08 // data, and nothing follows
)

// packet is the unit of the line, both ways:
//
//	EF 01 | address, 4 | type, 1 | length, 2 = content + 2 | content | sum, 2
//
// All numbers big-endian. The sum is of type, length and content, modulo 65536.
type packet struct {
	address uint32
	kind    byte
	content []byte
}

// appendTo writes the packet behind b.
func (p packet) appendTo(b []byte) []byte {
	b = append(b, header...)
	b = binary.BigEndian.AppendUint32(b, p.address)
	from := len(b)
	b = append(b, p.kind)
	b = binary.BigEndian.AppendUint16(b, uint16(len(p.content)+sumBytes))
	b = append(b, p.content...)
	return binary.BigEndian.AppendUint16(b, sum(b[from:]))
}

func sum(b []byte) (s uint16) {
	for _, v := range b {
		s += uint16(v)
	}
	return s
}

// decoder finds packets in a stream that was split and joined anywhere. Bytes that belong to none are counted as noise.
// The zero decoder is ready.
type decoder struct {
	left  []byte // from the first byte that may begin a packet
	noise int    // bytes passed over since the last call of next
	wrong bool   // a packet with a wrong sum was among them
}

// feed takes what was read. The buffer has room for all that a driver can leave in it and read at once, so that it never
// moves and leaves a copy behind.
func (d *decoder) feed(b []byte) {
	if d.left == nil {
		d.left = make([]byte, 0, decoderBytes)
	}
	d.left = append(d.left, b...)
}

// next takes one packet, false when there is no whole one. Its content is a copy.
func (d *decoder) next() (packet, bool) {
	d.noise, d.wrong = 0, false
	for d.align() {
		length := int(binary.BigEndian.Uint16(d.left[7:]))
		if length < sumBytes || length > contentMax+sumBytes {
			d.skip(len(header))
			continue
		}
		end := headBytes + length
		if len(d.left) < end {
			return packet{}, false
		}
		body := d.left[6 : end-sumBytes]
		if sum(body) != binary.BigEndian.Uint16(d.left[end-sumBytes:]) {
			d.wrong = true
			d.skip(len(header)) // a true header may stand within what looked like this packet
			continue
		}
		p := packet{binary.BigEndian.Uint32(d.left[2:]), d.left[6], bytes.Clone(d.left[headBytes : end-sumBytes])}
		d.drop(end)
		return p, true
	}
	return packet{}, false
}

// align passes over noise up to a header; false when there are not all of its bytes.
func (d *decoder) align() bool {
	at := bytes.Index(d.left, header)
	switch {
	case at >= 0:
		d.skip(at)
	case len(d.left) > 0 && d.left[len(d.left)-1] == header[0]:
		d.skip(len(d.left) - 1)
	default:
		d.skip(len(d.left))
	}
	return len(d.left) >= headBytes
}

func (d *decoder) skip(n int) {
	d.noise += n
	d.drop(n)
}

// drop moves what is left to the front and overwrites the place it stood in: a template may have passed there.
func (d *decoder) drop(n int) {
	rest := copy(d.left, d.left[n:])
	clear(d.left[rest:])
	d.left = d.left[:rest]
}

// begun says that a packet has begun and not ended.
func (d *decoder) begun() bool { return len(d.left) >= len(header) }

// reset forgets what is left.
func (d *decoder) reset() {
	clear(d.left)
	d.left = d.left[:0]
}
