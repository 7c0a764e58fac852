package printer

import (
	"context"
	"errors"
	"time"
)

// errThrown ends the command under way: the buffer it was read from is gone, or the printer is.
var errThrown = errors.New("buffer thrown away")

// head works through the receive buffer, command by command, as the paper allows.
func (s *Sim) head(ctx context.Context) {
	for ctx.Err() == nil {
		s.mu.Lock()
		p := parser{s: s, ctx: ctx, gen: s.gen}
		s.mu.Unlock()
		p.command()
	}
}

// parser reads one command. Every method that can run out of buffer waits for more and gives up when the buffer was
// thrown away.
type parser struct {
	s   *Sim
	ctx context.Context
	gen int
}

// waitFor returns holding the lock when the printer prints and ok says yes.
func (p *parser) waitFor(ok func() bool) error {
	s := p.s
	s.mu.Lock()
	for {
		if p.ctx.Err() != nil || s.gen != p.gen {
			s.mu.Unlock()
			return errThrown
		}
		if !s.stopped() && ok() {
			return nil
		}
		s.cond.Wait()
	}
}

func (p *parser) take() (byte, error) {
	s := p.s
	if err := p.waitFor(func() bool { return len(s.rx) > 0 }); err != nil {
		return 0, err
	}
	defer s.mu.Unlock()
	b := s.rx[0]
	s.rx = s.rx[1:]
	s.cond.Broadcast()
	return b, nil
}

func (p *parser) takeN(n int) ([]byte, error) {
	out := make([]byte, n)
	for i := range out {
		b, err := p.take()
		if err != nil {
			return nil, err
		}
		out[i] = b
	}
	return out, nil
}

func (p *parser) command() error {
	b, err := p.take()
	if err != nil {
		return err
	}
	switch {
	case b == esc:
		return p.escape()
	case b == gs:
		return p.group()
	case b == fs:
		return p.kanji()
	case b == dle:
		return p.alreadyDone()
	case b == '\n':
		return p.feed(30) // the line spacing after ESC @, in dots
	case b >= ' ':
		return p.letter()
	}
	return nil // other control bytes, zero among them, do nothing
}

// escape knows how many bytes follow, so that a command without an effect here does not end in text.
// Source: Epson ESC/POS Command Reference.
func (p *parser) escape() error {
	c, err := p.take()
	if err != nil {
		return err
	}
	switch c {
	case '@':
		return nil
	case 'J', 'd':
		n, err := p.take()
		if err != nil {
			return err
		}
		return p.feed(int(n) * map[byte]int{'J': 1, 'd': 30}[c])
	case 'a', 'E', '-', 'M', '3', 't', '!', 'G', 'R', ' ', 'V', '{':
		_, err := p.take()
		return err
	case '2':
		return nil
	case 'c', '$', '\\', 'B':
		_, err := p.takeN(2)
		return err
	case 'p':
		_, err := p.takeN(3)
		return err
	}
	return p.strange(esc, c)
}

func (p *parser) group() error {
	c, err := p.take()
	if err != nil {
		return err
	}
	switch c {
	case 'v':
		return p.picture()
	case 'V':
		return p.cutPaper()
	case 'r':
		return p.answerQueue()
	case 'a':
		return p.automatic()
	case '(':
		return p.skipCounted()
	case 'L', 'W':
		_, err := p.takeN(2)
		return err
	case 'I':
		return p.tellName()
	case '!', 'B', 'h', 'w', 'H', 'f':
		_, err := p.take()
		return err
	}
	return p.strange(gs, c)
}

// tellName answers GS I as far as this printer has a name.
func (p *parser) tellName() error {
	n, err := p.take()
	if name, ok := p.s.Names[n]; ok && err == nil {
		p.s.with(func() { p.s.say(append(append([]byte{0x5f}, name...), nul)...) })
	}
	return err
}

func (p *parser) kanji() error {
	c, err := p.take()
	if err != nil || c == '.' || c == '&' {
		return err
	}
	return p.strange(fs, c)
}

// alreadyDone skips a real-time command, which had its effect when it arrived.
func (p *parser) alreadyDone() error {
	c, err := p.take()
	if err != nil {
		return err
	}
	switch c {
	case eot, enq:
		_, err := p.take()
		return err
	case dc4:
		_, err := p.takeN(len(clearDLEDC4) - 2)
		return err
	}
	return p.strange(dle, c)
}

// skipCounted passes over a GS ( command by its own count.
func (p *parser) skipCounted() error {
	h, err := p.takeN(3)
	if err != nil {
		return err
	}
	p.strange(gs, '(', h[0])
	_, err = p.takeN(int(h[1]) + int(h[2])<<8)
	return err
}

func (p *parser) strange(command ...byte) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if len(p.s.unknown) < simUnknownMax {
		p.s.unknown = append(p.s.unknown, command)
	}
	return nil
}

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

func (p *parser) feed(dots int) error {
	for range dots {
		if err := p.advance(nil); err != nil {
			return err
		}
	}
	if !p.s.Cutter && float64(dots)*25.4/float64(p.s.DPI) >= simTear {
		p.pageDone()
	}
	return nil
}

// letter prints a box: a character of 12 by 24 dots that nobody asked for is garbage, and garbage should be seen.
func (p *parser) letter() error {
	p.s.mu.Lock()
	p.s.text++
	p.s.mu.Unlock()
	for range 24 {
		if err := p.advance([]byte{0xff, 0xf0}); err != nil {
			return err
		}
	}
	return nil
}

// cutPaper is GS V: m 0, 1, 30 and 31 cut at once, 41 and 42 feed n dots to the blade first.
func (p *parser) cutPaper() error {
	m, err := p.take()
	if err != nil {
		return err
	}
	if m == 0x41 || m == 0x42 {
		n, err := p.take()
		if err != nil {
			return err
		}
		if err := p.feed(int(n)); err != nil {
			return err
		}
	}
	if !p.s.Cutter {
		return p.strange(gs, 'V', m)
	}
	p.s.with(func() { p.s.jammed = p.s.jam })
	if err := p.waitFor(func() bool { return true }); err != nil {
		return err
	}
	p.s.mu.Unlock()
	p.pageDone()
	return nil
}

func (p *parser) pageDone() {
	s := p.s
	s.mu.Lock()
	s.pages++
	page := Page{Bitmap: s.bitmap(), Number: s.pages, At: time.Now(), Text: s.text}
	s.page, s.text = nil, 0
	s.mu.Unlock()
	if s.OnPage != nil {
		s.OnPage(page)
	}
}

// answerQueue is GS r: it stands in the queue, so its answer proves all that was before it.
func (p *parser) answerQueue() error {
	n, err := p.take()
	if err != nil {
		return err
	}
	p.s.with(func() {
		switch n {
		case 1, '1':
			p.s.say(bit(p.s.nearEnd(), 0x03) | bit(p.s.paper <= 0, 0x0c))
		case 2, '2':
			p.s.say(0)
		}
	})
	return nil
}

// automatic is GS a: the present state at once, and every change from now on.
func (p *parser) automatic() error {
	n, err := p.take()
	if err != nil {
		return err
	}
	p.s.with(func() {
		p.s.asb = n
		if now := p.s.statusASB(); n != 0 {
			p.s.say(now[:]...)
		}
	})
	return nil
}
