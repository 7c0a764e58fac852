package printer

import (
	"time"

	"markaz.example/devices/port"
)

// What a person at the printer can do, or fate.

// SetPaper puts in a roll with so many millimetres left; 0 takes it out.
func (s *Sim) SetPaper(mm float64) { s.with(func() { s.paper = mm }) }

// SetCover opens or closes the cover.
func (s *Sim) SetCover(open bool) { s.with(func() { s.hand.cover = open }) }

// SetOffline presses the on-line button.
func (s *Sim) SetOffline(off bool) { s.with(func() { s.hand.offline = off }) }

// SetCutterJam puts something into the blade, noticed at the next cut, or takes it out.
func (s *Sim) SetCutterJam(jam bool) {
	s.with(func() { s.hand.jam, s.hand.jammed = jam, s.hand.jammed && jam })
}

// SetHot makes the head too hot to print, or cools it.
func (s *Sim) SetHot(hot bool) { s.with(func() { s.hand.hot = hot }) }

// SetMute suppresses all answers, as half-broken cables do.
func (s *Sim) SetMute(mute bool) { s.with(func() { s.hand.mute = mute }) }

// SetHalf loses every second byte of what it answers.
func (s *Sim) SetHalf(half bool) { s.with(func() { s.hand.half, s.hand.odd = half, false }) }

// SetBabble makes it send what is no answer, without end, besides answering.
func (s *Sim) SetBabble(babble bool) { s.with(func() { s.hand.babble = babble }) }

// SetClone makes it a cheap copy: of the real-time questions it answers 1 and 4, it never says that it is done, and
// its USB port always says that all is well.
func (s *Sim) SetClone(clone bool) { s.with(func() { s.hand.clone = clone }) }

// SetDelay holds every answer back for so long.
func (s *Sim) SetDelay(d time.Duration) { s.with(func() { s.hand.delay = d }) }

// Lose drops the next bytes that come over the cable. In the middle of a picture the rest is then printed as text.
func (s *Sim) Lose(bytes int) { s.with(func() { s.hand.lose = bytes }) }

// SetPower cuts the mains, even in the middle of a picture: the buffer and the settings are lost, the paper is not.
func (s *Sim) SetPower(on bool) {
	s.with(func() {
		s.throwAway()
		s.hand.off = !on
		s.switchOn()
		if on && s.Hold == HoldXOFF {
			s.sayRaw(xon)
		}
	})
}

// switchOn is the state of a printer that has just got power.
func (s *Sim) switchOn() {
	s.mains = mains{spacing: simSpacing}
	s.mains.told = s.statusASB()
}

// PortStatus is the byte that its USB port gives past the command queue.
// Source: USB Printer Class 1.1, section 4.2.2.
func (s *Sim) PortStatus() byte {
	s.init()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hand.clone {
		return port.PortSelected | port.PortNoError
	}
	return bit(s.paper <= 0, port.PortPaperOut) | bit(!s.hand.offline, port.PortSelected) | bit(!s.stopped(), port.PortNoError)
}

// SoftReset is the request of its USB port that throws the buffers away, in the middle of a picture too.
func (s *Sim) SoftReset() { s.with(s.throwAway) }

// SimSight is what a person sees who looks at a simulated printer.
type SimSight struct {
	On, Cover, Jam bool    // Jam: something is in the blade
	PaperMM        float64 // left on the roll
}

// See looks at the printer.
func (s *Sim) See() SimSight {
	s.init()
	s.mu.Lock()
	defer s.mu.Unlock()
	return SimSight{On: !s.hand.off, Cover: s.hand.cover, Jam: s.hand.jam, PaperMM: s.paper}
}

// Drawer counts the pulses that its drawer was given.
func (s *Sim) Drawer() int {
	s.init()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kicks
}

// Lost counts the bytes that came over the cable and found no room.
func (s *Sim) Lost() int {
	s.init()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lost
}
