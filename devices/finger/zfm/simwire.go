package zfm

import (
	"context"
	"io"
	"math/rand/v2"
	"time"
)

// simWire is a module's end of one cable.
type simWire struct {
	s      *Sim
	ctx    context.Context // of the cable
	wire   io.Writer
	heard  <-chan []byte
	random *rand.Rand // of how answers are cut in pieces

	dec    decoder
	mishap Mishap        // of the answer under way
	sent   int           // bytes of it
	packet int           // packets of it
	debt   time.Duration // pacing not slept yet
}

// serve is one command after the other until the cable is gone.
func (w *simWire) serve() error {
	for {
		select {
		case <-w.ctx.Done():
			return context.Cause(w.ctx)
		case <-w.s.woken:
			w.s.pause(w.ctx, simBoot)
			w.forget()
			if err := w.write([]byte{simAwake}); err != nil {
				return err
			}
		case b := <-w.heard:
			if err := w.take(b); err != nil {
				return err
			}
		}
	}
}

// forget drops what was sent to a module that was not ready yet.
func (w *simWire) forget() {
	w.dec.reset()
	for {
		select {
		case <-w.heard:
		default:
			return
		}
	}
}

// take decodes what came. A packet whose sum is wrong is answered with 01, one for another address not at all.
func (w *simWire) take(b []byte) error {
	if w.s.deaf() {
		w.dec.reset()
		return nil
	}
	w.dec.feed(b)
	for {
		p, ok := w.dec.next()
		if w.dec.wrong {
			if err := w.answer(reply{code: CodePacket}); err != nil {
				return err
			}
		}
		if !ok {
			return nil
		}
		if err := w.obey(p); err != nil {
			return err
		}
	}
}

// deaf says that nothing the host sends arrives.
func (s *Sim) deaf() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.off || s.host != 0 && s.host != s.kept.baud
}

func (w *simWire) obey(p packet) error {
	r, m, answered := w.s.handle(p)
	if !answered {
		return nil
	}
	w.mishap = m
	w.s.pause(w.ctx, effort(p.content[0]))
	return w.answer(r)
}

// handle is what a packet does to the module. Data, and what is for others, has no answer.
func (s *Sim) handle(p packet) (r reply, m Mishap, answered bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case p.address != s.kept.address:
		return r, m, false
	case p.kind != kindCommand:
		s.takeData(p)
		return r, m, false
	case len(p.content) == 0:
		return r, m, false
	}
	m = s.takeMishap(p.content[0])
	if m.Code != codeOK {
		return reply{code: m.Code}, m, true
	}
	return s.do(p.content[0], p.content[1:]), m, true
}

func (s *Sim) takeMishap(c byte) (m Mishap) {
	if s.next.Command == 0 || s.next.Command == c {
		m, s.next = s.next, Mishap{}
	}
	return m
}

// effort is how long real modules take for a command.
func effort(c byte) time.Duration {
	switch c {
	case cmdGenImg, cmdGenDark:
		return simLook
	case cmdImg2Tz, cmdSearch:
		return simThink
	}
	return 0
}

// reply is an answer and the data behind it.
type reply struct {
	code Code
	rest []byte
	data []byte
	mute bool   // no answer at all
	then func() // under the lock, once the answer is out
}

// answer sends a reply with whatever mishap it meets.
func (w *simWire) answer(r reply) error {
	sleep(w.ctx, w.mishap.Late)
	w.sent, w.packet = 0, 0
	w.s.mu.Lock()
	quiet := r.mute || w.mishap.Lost || w.s.faults.mute
	address, size := w.s.kept.address, w.s.now.packetBytes
	w.s.mu.Unlock()
	if !quiet {
		if err := w.send(address, r, size); err != nil {
			return err
		}
	}
	w.mishap = Mishap{}
	if r.then != nil {
		w.s.with(r.then)
	}
	return nil
}

func (w *simWire) send(address uint32, r reply, size int) error {
	noise := make([]byte, w.mishap.Noise)
	for i := range noise {
		noise[i] = byte(w.random.Uint32())
	}
	if err := w.write(noise); err != nil {
		return err
	}
	if err := w.put(packet{address, kindAnswer, append([]byte{byte(r.code)}, r.rest...)}); err != nil {
		return err
	}
	for data := r.data; len(data) > 0; {
		n := min(size, len(data))
		kind := byte(kindData)
		if n == len(data) {
			kind = kindLast
		}
		if err := w.put(packet{address, kind, data[:n]}); err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}

// put sends one packet.
func (w *simWire) put(p packet) error {
	b := p.appendTo(nil)
	if w.mishap.WrongSum && w.packet == w.mishap.Packet {
		b[len(b)-1]++
	}
	w.packet++
	return w.write(b)
}

// write sends bytes at the module's speed, in pieces of any length, for as long as there is power.
func (w *simWire) write(b []byte) error {
	for len(b) > 0 && w.powered() {
		n := min(1+w.random.IntN(w.s.Piece), len(b))
		if cut := w.mishap.CutAfter; cut > 0 && w.sent+n >= cut {
			n = cut - w.sent
			defer w.s.SetPower(false)
			b = b[:n]
		}
		w.pace(n)
		if w.ctx.Err() != nil {
			return context.Cause(w.ctx)
		}
		if _, err := w.wire.Write(b[:n]); err != nil {
			return err
		}
		w.sent += n
		b = b[n:]
	}
	return nil
}

func (w *simWire) powered() bool {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	return !w.s.off && (w.s.host == 0 || w.s.host == w.s.kept.baud)
}

// pace sleeps what has added up.
func (w *simWire) pace(bytes int) {
	w.s.mu.Lock()
	baud := w.s.kept.baud
	w.s.mu.Unlock()
	w.debt += time.Duration(float64(bytes) * bitsPerByte * float64(time.Second) / float64(baud) / w.s.Speed)
	if w.debt < simNap {
		return
	}
	began := time.Now()
	sleep(w.ctx, w.debt)
	w.debt -= time.Since(began)
}
