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
	s.flow()
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
	case b == gs:
		return p.group()
	case p.setting():
		return nil // in the user setting mode it listens to nothing else
	case b == esc:
		return p.escape()
	case b == fs:
		return p.kanji()
	case b == dle:
		return p.alreadyDone()
	case b == '\n':
		return p.feed(p.s.lineSpacing())
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
		p.s.with(func() { p.s.initialise() })
		return nil
	case 'J', 'd', 'K', 'e':
		return p.feedBy(c)
	case '2':
		p.s.with(func() { p.s.mains.spacing = simSpacing })
		return nil
	case '3':
		n, err := p.take()
		p.s.with(func() { p.s.mains.spacing = int(n) })
		return err
	case '*':
		return p.columns()
	case 'p':
		_, err := p.takeN(3)
		p.s.with(func() { p.s.kicks++ })
		return err
	case 'D':
		return p.skipToNul()
	}
	if n := parametersESC(c); n >= 0 {
		return p.skip(n)
	}
	return p.strange(esc, c)
}

// parametersESC is how many bytes follow commands that change nothing on a page of ours; -1 for those it does not know.
func parametersESC(c byte) int {
	switch c {
	case '<', 'L', 'S', 'i', 'm':
		return 0
	case ' ', '!', '%', '-', '=', '?', 'E', 'G', 'M', 'R', 'T', 'U', 'V', 'a', 'r', 't', 'u', '{':
		return 1
	case '$', 'B', '\\', 'c':
		return 2
	case 'W':
		return 8
	}
	return -1
}

func (p *parser) feedBy(c byte) error {
	n, err := p.take()
	if err != nil {
		return err
	}
	switch c {
	case 'J':
		return p.feed(int(n))
	case 'd':
		return p.feed(int(n) * p.s.lineSpacing())
	}
	return nil // back feeds, which few printers obey
}

func (p *parser) group() error {
	c, err := p.take()
	if err != nil {
		return err
	}
	switch {
	case c == '(':
		return p.counted()
	case p.setting():
		return nil
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
	case 'I':
		return p.identify()
	case '8':
		return p.countedLong()
	case 'k':
		return p.barcode()
	}
	if n := parametersGS(c); n >= 0 {
		return p.skip(n)
	}
	return p.strange(gs, c)
}

// parametersGS is to GS what parametersESC is to ESC.
func parametersGS(c byte) int {
	switch c {
	case ':':
		return 0
	case '!', '/', 'B', 'H', 'T', 'b', 'f', 'h', 'w':
		return 1
	case '$', 'L', 'P', 'W', '\\':
		return 2
	case '^':
		return 3
	}
	return -1
}

func (p *parser) kanji() error {
	c, err := p.take()
	if err != nil {
		return err
	}
	switch c {
	case '.', '&':
		return nil
	case '!', '-', 'C', 'W':
		return p.skip(1)
	case 'S', 'p':
		return p.skip(2)
	case '(':
		h, err := p.takeN(3)
		if err != nil {
			return err
		}
		return p.skip(int(h[1]) + int(h[2])<<8)
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
		return p.skipDC4()
	}
	return p.strange(dle, c)
}

// skipDC4: function 1 is a pulse to the drawer, 2 switches off, 8 clears.
func (p *parser) skipDC4() error {
	fn, err := p.take()
	if err != nil {
		return err
	}
	switch fn {
	case 1, 2:
		return p.skip(2)
	case 8:
		return p.skip(len(clearDLEDC4) - 3)
	}
	return p.strange(dle, dc4, fn)
}

// counted is a GS ( command, which says how many bytes follow.
func (p *parser) counted() error {
	h, err := p.takeN(3)
	if err != nil {
		return err
	}
	kind, n := h[0], int(h[1])+int(h[2])<<8
	switch kind {
	case 'L':
		return p.graphics(n)
	case 'E':
		q, err := p.takeUpTo(n)
		if err == nil {
			p.userSetting(q)
		}
		return err
	case 'k', 'A', 'D', 'H', 'K', 'P': // two-dimensional codes, test print, real time on and off, responses, quality, page
		return p.skip(n)
	}
	p.strange(gs, '(', kind)
	return p.skip(n)
}

// countedLong is GS 8 L: GS ( L with four bytes of count.
func (p *parser) countedLong() error {
	h, err := p.takeN(5)
	if err != nil {
		return err
	}
	if h[0] != 'L' {
		return p.strange(gs, '8', h[0])
	}
	return p.graphics(int(h[1]) + int(h[2])<<8 + int(h[3])<<16 + int(h[4])<<24)
}

// barcode passes over GS k: form A ends with a zero, form B is counted.
func (p *parser) barcode() error {
	m, err := p.take()
	if err != nil {
		return err
	}
	if m <= 6 {
		return p.skipToNul()
	}
	if m < 'A' || m > 'N' {
		return p.strange(gs, 'k', m)
	}
	n, err := p.take()
	if err != nil {
		return err
	}
	return p.skip(int(n))
}

func (p *parser) skip(n int) error {
	for range n {
		if _, err := p.take(); err != nil {
			return err
		}
	}
	return nil
}

func (p *parser) skipToNul() error {
	for {
		if b, err := p.take(); err != nil || b == nul {
			return err
		}
	}
}

// takeUpTo takes n bytes and keeps those that a printer has memory for.
func (p *parser) takeUpTo(n int) ([]byte, error) {
	keep, err := p.takeN(min(n, simGraphicsMax))
	if err != nil {
		return nil, err
	}
	return keep, p.skip(n - len(keep))
}

func (p *parser) strange(command ...byte) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if len(p.s.unknown) < simUnknownMax {
		p.s.unknown = append(p.s.unknown, command)
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
	if err := p.feed(0); err != nil { // what stands in the line is printed first
		return err
	}
	p.s.with(func() { p.s.hand.jammed = p.s.hand.jam })
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
