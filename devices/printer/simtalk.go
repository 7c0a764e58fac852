package printer

import (
	"strconv"
	"time"
)

// realTime finds the real-time commands in a stream of anything.
type realTime struct{ last [10]byte }

// feed returns the command that b completes, or nil.
func (r *realTime) feed(b byte) []byte {
	copy(r.last[:], r.last[1:])
	r.last[9] = b
	switch {
	case [10]byte(clearDLEDC4) == r.last:
		return clearDLEDC4
	case r.last[5] == dle && r.last[6] == dc4 && r.last[7] == 1:
		return []byte{dle, dc4, 1}
	case r.last[7] == dle && (r.last[8] == eot || r.last[8] == enq):
		return []byte{dle, r.last[8], b}
	}
	return nil
}

func (s *Sim) realTime(command []byte) {
	if command == nil {
		return
	}
	s.with(func() {
		switch {
		case s.hand.off:
		case command[1] == dc4 && command[2] == 1:
			s.kicks++
		case command[1] == dc4:
			s.throwAway()
			s.say(0x37, 0x25, 0x00)
		case command[1] == eot:
			s.answerEOT(command[2])
		case command[2] == 2 && s.stopped():
			s.throwAway()
		}
	})
}

// throwAway empties the buffers and ends the command under way.
func (s *Sim) throwAway() {
	s.rx, s.gen = nil, s.gen+1
	s.forgetLine()
	s.flow()
}

// answerEOT is a printer's round of answers. A clone knows two of them, those that never tell of anything but paper.
func (s *Sim) answerEOT(n byte) {
	const fixed = 0x12
	h := s.hand
	switch {
	case n == 1:
		s.say(fixed | bit(s.stopped(), 0x08))
	case n == 4:
		s.say(fixed | bit(s.nearEnd(), 0x0c) | bit(s.paper <= 0, 0x60))
	case h.clone:
	case n == 2:
		s.say(fixed | bit(h.cover, 0x04) | bit(s.paper <= 0, 0x20) | bit(h.jammed || h.hot, 0x40))
	case n == 3:
		s.say(fixed | bit(h.jammed, 0x08) | bit(h.hot, 0x40))
	}
}

func (s *Sim) statusASB() [4]byte {
	return [4]byte{
		0x10 | bit(s.stopped(), 0x08) | bit(s.hand.cover, 0x20),
		bit(s.hand.jammed, 0x08) | bit(s.hand.hot, 0x40),
		bit(s.nearEnd(), 0x03) | bit(s.paper <= 0, 0x0c),
		0,
	}
}

func (s *Sim) nearEnd() bool { return s.NearEnd > 0 && s.paper < s.NearEnd }

// stopped says that nothing is printed at present: the printer is off-line.
func (s *Sim) stopped() bool {
	h := s.hand
	return h.off || h.cover || h.offline || h.jammed || h.hot || s.paper <= 0
}

// say sends at once, or as late as the hand wants it.
func (s *Sim) say(bytes ...byte) {
	if s.hand.mute {
		return
	}
	for _, b := range bytes {
		s.hand.odd = !s.hand.odd
		if !s.hand.half || s.hand.odd {
			s.sayRaw(b)
		}
	}
}

// sayRaw puts a byte on the wire; what does not fit the send buffer, or finds no cable, is lost.
func (s *Sim) sayRaw(b byte) {
	if s.hand.off {
		return
	}
	for out := range s.cables {
		select {
		case out <- said{b, time.Now().Add(s.hand.delay)}:
		default:
		}
	}
}

// with changes the printer and lets it tell of the change, if it was asked to.
func (s *Sim) with(change func()) {
	s.init()
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	s.tell()
	s.cond.Broadcast()
}

func (s *Sim) tell() {
	now := s.statusASB()
	if s.mains.asb != 0 && now != s.mains.told && !s.hand.clone {
		s.say(now[:]...)
	}
	s.mains.told = now
}

func (s *Sim) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cond.Broadcast()
}

// answerQueue is GS r: it stands in the queue, so its answer proves all that was before it. Clones have none.
func (p *parser) answerQueue() error {
	n, err := p.take()
	if err != nil {
		return err
	}
	p.s.with(func() {
		switch {
		case p.s.hand.clone:
		case n == 1 || n == '1':
			p.s.say(bit(p.s.nearEnd(), 0x03) | bit(p.s.paper <= 0, 0x0c))
		case n == 2 || n == '2':
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
		p.s.mains.asb = n
		if now := p.s.statusASB(); n != 0 && !p.s.hand.clone {
			p.s.say(now[:]...)
		}
	})
	return nil
}

// identify is GS I: numbers for the old questions, text for the new ones.
func (p *parser) identify() error {
	n, err := p.take()
	if err != nil {
		return err
	}
	p.s.with(func() {
		switch {
		case p.s.hand.clone:
		case n >= 1 && n <= 3 || n >= '1' && n <= '3':
			p.s.say(0x20)
		case n == askFirmware:
			p.s.sayText(p.s.ID.Firmware)
		case n == askMaker:
			p.s.sayText(p.s.ID.Maker)
		case n == askModel:
			p.s.sayText(p.s.ID.Model)
		case n == askSerial:
			p.s.sayText(p.s.ID.Serial)
		}
	})
	return nil
}

func (s *Sim) sayText(text string) {
	if text == "" {
		return
	}
	s.say(append(append([]byte{textHead}, text...), nul)...)
}

func (p *parser) setting() bool {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.s.mains.setting
}

// userSetting is GS ( E with its parameters. Values are kept only from within the user setting mode, and leaving it is a
// reset, as with real ones.
func (p *parser) userSetting(q []byte) {
	p.s.with(func() {
		s := p.s
		switch {
		case s.hand.clone || len(q) == 0:
		case q[0] == 1 && string(q[1:]) == "IN":
			s.mains.setting = true
			s.say(0x37, 0x20, nul)
		case q[0] == 2 && string(q[1:]) == "OUT" && s.mains.setting:
			s.throwAway()
			s.switchOn()
		case q[0] == 5 && s.mains.setting:
			for q = q[1:]; len(q) >= 3; q = q[3:] {
				s.customise(int(q[0]), int(int16(q[1])|int16(q[2])<<8))
			}
		case q[0] == 6 && len(q) == 2:
			if v, ok := s.custom[int(q[1])]; ok {
				answer := append([]byte{blockHeadByte, customHead}, strconv.Itoa(int(q[1]))...)
				answer = append(append(answer, separator), strconv.Itoa(int(uint16(v)))...)
				s.say(append(answer, nul)...)
			}
		}
	})
}

// customise keeps the old value when the new one is nothing it knows.
func (s *Sim) customise(a, v int) {
	if a == customDensity && v >= -6 && v <= 6 || a == customSpeed && v >= 1 && v <= simSpeedStep {
		s.custom[a] = v
	}
}
