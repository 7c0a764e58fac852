package tape

import "encoding/binary"

// Mask makes a Hide for one direction of a line that was just opened.
type Mask func(d Direction) Hide

// Hide divides what was said into what may be kept and what may not. Calls come in the order of the bytes, however the
// line has cut them, and from one goroutine; the pieces may share b.
type Hide func(b []byte) []Piece

// Nothing hides nothing: for devices that say no more than how they are.
func Nothing(Direction) Hide {
	return func(b []byte) []Piece { return []Piece{{Bytes: b}} }
}

// Everything shows only how much was said: for classes that nobody has thought about.
func Everything(Direction) Hide {
	return func(b []byte) []Piece { return []Piece{{Hidden: len(b)}} }
}

// divide asks of every byte whether it may be shown.
func divide(shows func(b byte) bool) Hide {
	return func(b []byte) (out []Piece) {
		for i, c := range b {
			last := len(out) - 1
			switch shown := shows(c); {
			case shown && last >= 0 && out[last].Hidden == 0:
				n := len(out[last].Bytes)
				out[last].Bytes = b[i-n : i+1 : i+1]
			case shown:
				out = append(out, Piece{Bytes: b[i : i+1 : i+1]})
			case last >= 0:
				out[last].Hidden++
			default:
				out = append(out, Piece{Hidden: 1})
			}
		}
		return out
	}
}

// Pictures hides the dots of every picture command: a slip shows whose it is. What printers answer is shown.
// Source: Epson ESC/POS Command Reference, GS v 0, GS ( L, GS 8 L, ESC *.
func Pictures(d Direction) Hide {
	if d == In {
		return Nothing(d)
	}
	return divide((&picture{}).shows)
}

// picture follows the commands to a printer.
type picture struct {
	head []byte // of a picture command so far, at most 9 bytes
	left int    // bytes of dots to come
}

func (p *picture) shows(b byte) bool {
	if p.left > 0 {
		p.left--
		return false
	}
	p.head = append(p.head, b)
	for len(p.head) > 0 {
		c, ok := begun(p.head)
		if ok && len(p.head) == c.size {
			p.left, p.head = c.dots(p.head), p.head[:0]
		}
		if ok {
			break
		}
		p.head = append(p.head[:0], p.head[1:]...) // the command may begin later
	}
	return true
}

// pictureCommand is how one begins, how many bytes of it are shown, and how many after those hold dots.
type pictureCommand struct {
	begins string
	size   int
	dots   func(head []byte) int
}

// begun is the command that these bytes begin, or are the beginning of.
func begun(head []byte) (pictureCommand, bool) {
	le := binary.LittleEndian
	for _, c := range []pictureCommand{
		{"\x1dv0", 8, func(h []byte) int { return int(le.Uint16(h[4:])) * int(le.Uint16(h[6:])) }},
		{"\x1d(L", 7, func(h []byte) int { return max(int(le.Uint16(h[3:]))-2, 0) }},
		{"\x1d8L", 9, func(h []byte) int { return int(max(int64(le.Uint32(h[3:]))-2, 0)) }},
		{"\x1b*", 5, func(h []byte) int { return int(le.Uint16(h[3:])) * columnBytes(h[2]) }},
	} {
		if n := min(len(head), len(c.begins)); string(head[:n]) == c.begins[:n] {
			return c, true
		}
	}
	return pictureCommand{}, false
}

// columnBytes is the height of an ESC * column: 8 dots in modes 0 and 1, 24 in the others.
func columnBytes(mode byte) int {
	if mode <= 1 {
		return 1
	}
	return 3
}

// Fingers shows the questions and answers of a ZFM fingerprint module and hides every data packet, which holds a picture
// or a template, every password, and every byte that belongs to no packet.
// Source: ZFM-20 user manual, chapter 4, "data package format".
func Fingers(Direction) Hide { return divide((&packet{}).shows) }

// packet follows a line of packets: EF 01, four bytes of address, type, two bytes of length, so many bytes of body.
type packet struct {
	head []byte // at most 9 bytes
	left int    // bytes of the body to come
	body int    // of the body so far
	open bool   // the body may be shown
}

const (
	packetHead    = 9
	packetCommand = 0x01
	packetAnswer  = 0x07
	setPassword   = 0x12
	checkPassword = 0x13
)

func (p *packet) shows(b byte) bool {
	if p.left > 0 {
		return p.inBody(b)
	}
	if n := len(p.head); n == 0 && b != 0xef || n == 1 && b != 0x01 {
		p.head = p.head[:0]
		if b != 0xef {
			return false
		}
	}
	p.head = append(p.head, b)
	if len(p.head) == packetHead {
		p.left, p.body = int(binary.BigEndian.Uint16(p.head[7:])), 0
		kind := p.head[6]
		p.open = (kind == packetCommand || kind == packetAnswer) && p.left <= shownPacket
		p.head = p.head[:0]
	}
	return true
}

// inBody closes the packet behind the code of a command that carries a password. A password in an answer there is none.
func (p *packet) inBody(b byte) bool {
	shown := p.open
	if p.body == 0 && (b == setPassword || b == checkPassword) {
		p.open = false
	}
	p.left--
	p.body++
	return shown
}
