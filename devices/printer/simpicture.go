package printer

import (
	"time"

	"markaz.example/devices/profile"
	"markaz.example/devices/slip"
)

// picture prints GS v 0 row by row as the rows come in; that is why a cut cable leaves half a picture.
func (p *parser) picture() error {
	h, err := p.takeN(6)
	if err != nil {
		return err
	}
	if h[0] != '0' && h[0] != 0 {
		return p.strange(gs, 'v', h[0])
	}
	wide, tall := 1+int(h[1]&1), 1+int(h[1]>>1&1)
	bytes, rows := int(h[2])+int(h[3])<<8, int(h[4])+int(h[5])<<8
	if err := p.feed(0); err != nil {
		return err
	}
	for range rows {
		row, err := p.takeN(bytes)
		if err != nil {
			return err
		}
		for range tall {
			if err := p.advance(widen(row, wide)); err != nil {
				return err
			}
		}
	}
	return nil
}

func widen(row []byte, times int) []byte {
	if times == 1 {
		return row
	}
	out := make([]byte, len(row)*2)
	for x := range len(row) * 8 {
		if row[x/8]&(0x80>>(x%8)) != 0 {
			out[x/4] |= 0xc0 >> (x % 4 * 2)
		}
	}
	return out
}

// advance prints one row, nil for white, as soon as there is paper, and moves the paper on.
func (p *parser) advance(row []byte) error {
	s := p.s
	if err := p.waitFor(func() bool { return true }); err != nil {
		return err
	}
	line := make([]byte, s.Width/8)
	copy(line, row)
	s.page = append(s.page, line...)
	mm := 25.4 / float64(s.DPI)
	s.paper = max(0, s.paper-mm)
	full := len(s.page)/len(line) >= simPageRows
	s.tell()
	s.mu.Unlock()
	s.debt = s.pace(p.ctx, s.debt+time.Duration(mm/s.Head*float64(time.Second)))
	if full {
		p.pageDone()
	}
	return nil
}

// graphics is GS ( L, or GS 8 L, with so many bytes of parameters.
func (p *parser) graphics(n int) error {
	q, err := p.takeUpTo(n)
	switch {
	case err != nil:
		return err
	case len(q) >= storedHead && q[1] == 112 && q[2] == '0':
		p.store(q)
		return nil
	case len(q) == 2 && (q[1] == 50 || q[1] == 2):
		return p.printStored()
	case len(q) >= 2:
		return p.strange(gs, '(', 'L', q[0], q[1])
	}
	return p.strange(gs, '(', 'L')
}

// store keeps as many whole rows as came.
func (p *parser) store(q []byte) {
	width, rows := int(q[6])+int(q[7])<<8, int(q[8])+int(q[9])<<8
	stride, dots := (width+7)/8, q[storedHead:]
	if stride == 0 {
		return
	}
	rows = min(rows, len(dots)/stride)
	p.s.with(func() {
		p.s.mains.stored = &slip.Bitmap{Width: width, Height: rows, Stride: stride, Bits: dots[:rows*stride]}
		p.s.mains.tall = [2]int{1 + int(q[3]>>1&1), 1 + int(q[4]>>1&1)}
	})
}

// printStored prints what was stored, once.
func (p *parser) printStored() error {
	var b *slip.Bitmap
	var tall [2]int
	p.s.with(func() { b, tall, p.s.mains.stored = p.s.mains.stored, p.s.mains.tall, nil })
	if b == nil {
		return nil
	}
	if err := p.feed(0); err != nil {
		return err
	}
	for y := range b.Height {
		row := widen(b.Bits[y*b.Stride:(y+1)*b.Stride], tall[0])
		for range tall[1] {
			if err := p.advance(row); err != nil {
				return err
			}
		}
	}
	return nil
}

// columns is ESC *: they join the line, which the next line feed prints.
func (p *parser) columns() error {
	h, err := p.takeN(3)
	if err != nil {
		return err
	}
	m, n := h[0], int(h[1])+int(h[2])<<8
	if m > 1 && m != 32 && m != 33 {
		return p.strange(esc, '*', m)
	}
	bytes, high, wide := 1, 3, 2-int(m&1) // dots of 8-dot modes are three high, of single density two wide
	if m >= 32 {
		bytes, high = 3, 1
	}
	for range n {
		column, err := p.takeN(bytes)
		if err != nil {
			return err
		}
		p.s.with(func() { p.s.draw(column, high, wide) })
	}
	return nil
}

// draw puts one column into the line, each dot so many times high and wide. What is right of the paper is lost.
func (s *Sim) draw(column []byte, high, wide int) {
	s.openLine()
	for i := range len(column) * 8 {
		if column[i/8]&(0x80>>(i%8)) != 0 {
			s.dots(s.mains.at, i*high, wide, high)
		}
	}
	s.mains.at += wide
}

// dots blackens a rectangle of the line.
func (s *Sim) dots(left, top, width, height int) {
	for y := top; y < min(top+height, profile.StripRows); y++ {
		for x := left; x < min(left+width, s.Width); x++ {
			s.mains.line[y*s.Width/8+x/8] |= 0x80 >> (x % 8)
		}
	}
}

func (s *Sim) openLine() {
	if s.mains.line == nil {
		s.mains.line = make([]byte, profile.StripRows*s.Width/8)
	}
}

func (s *Sim) forgetLine() {
	s.mains.line, s.mains.at, s.mains.letters, s.mains.stored = nil, 0, 0, nil
}

// initialise is ESC @.
func (s *Sim) initialise() {
	s.forgetLine()
	s.mains.spacing = simSpacing
}

func (s *Sim) lineSpacing() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mains.spacing
}

// letter prints a box: a character of 12 by 24 dots that nobody asked for is garbage, and garbage should be seen.
func (p *parser) letter() error {
	var full bool
	p.s.with(func() { full = p.s.mains.at+simLetter > p.s.Width })
	if full {
		if err := p.feed(p.s.lineSpacing()); err != nil {
			return err
		}
	}
	p.s.with(func() {
		p.s.mains.letters++
		p.s.openLine()
		p.s.dots(p.s.mains.at+1, 2, simLetter-2, profile.StripRows-4)
		p.s.mains.at += simLetter
	})
	return nil
}

// feed prints the line, if there is one, and moves the paper on by at least so many rows.
func (p *parser) feed(rows int) error {
	var line []byte
	p.s.with(func() {
		line = p.s.mains.line
		p.s.text += p.s.mains.letters
		p.s.mains.line, p.s.mains.at, p.s.mains.letters = nil, 0, 0
	})
	stride := p.s.Width / 8
	for y := range max(rows, len(line)/stride) {
		var row []byte
		if at := y * stride; at < len(line) {
			row = line[at : at+stride]
		}
		if err := p.advance(row); err != nil {
			return err
		}
	}
	if !p.s.Cutter && float64(rows)*25.4/float64(p.s.DPI) >= simTear {
		p.pageDone()
	}
	return nil
}
