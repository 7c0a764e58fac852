package uru

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"math"
	"sync"
	"time"

	"markaz.example/devices/finger"
	"markaz.example/devices/finger/synth"
	"markaz.example/devices/port"
	"markaz.example/devices/usb"
)

// Sim is a reader without its cable: registers, an interrupt pipe and a bulk pipe. Control, Interrupt and Bulk are what a
// host does to it, whether through memory (OpenUSB) or through a kernel's virtual host controller; the other methods are
// what a person or fate does. A cable should fetch from a pipe only while its host has asked there: what was fetched is not
// taken back when the mode changes. All may be called from any goroutine. It has no goroutine of its own.
type Sim struct {
	Serial    string  // empty means "SIM00000001"
	Speed     float64 // so many times faster; 0 means 1, +Inf means no waiting at all
	Scrambled bool    // hides its pictures, with two keys for each

	once sync.Once
	cond chan struct{} // closed and replaced at every change; guarded by mu

	mu       sync.Mutex // guards what follows
	unplug   chan struct{}
	power    byte // the power register
	reboot   int  // looks left until it has rebooted; 0 for not rebooting
	mode     byte
	scramble [5]byte // key number and seed, as last written
	secret   uint32  // of which the keys are made
	shown    []byte  // the picture of the finger on the glass, upright; nil for none
	events   []parcel
	pictures []parcel
	trouble  int // pictures to come that are empty
	short    int // pictures to come that are cut
	mute     bool
	half     bool
	strange  bool
	deaf     bool
	babble   bool
	out      bool // nothing is plugged in
	taken    int  // whole pictures sent
}

// parcel is what a pipe holds for the host.
type parcel struct {
	at time.Time // not before
	b  []byte
}

func (s *Sim) init() {
	s.once.Do(func() {
		s.cond, s.unplug = make(chan struct{}), make(chan struct{})
		s.Speed = cmp.Or(s.Speed, 1)
		s.power = powerLow
		s.secret = 0x5eed1e55
	})
}

// with changes the reader and wakes who waits at a pipe.
func (s *Sim) with(change func()) {
	s.init()
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	close(s.cond)
	s.cond = make(chan struct{})
}

// Control is a control transfer. data is what the host sends or, in a request to the host, room of the length that it asks
// for; what comes back is the answer. usb.ErrStall for a request that such a reader does not know, port.ErrQuiet from one
// that does not answer at all.
func (s *Sim) Control(r usb.Request, data []byte) (answer []byte, err error) {
	s.with(func() {
		switch {
		case s.mute:
			err = port.ErrQuiet
		case s.strange || r.Code != requestRegister || r.Type != toHost && r.Type != toDevice:
			err = usb.ErrStall
		case r.Type == toHost:
			answer, err = s.load(r.Value, len(data))
		default:
			err = s.store(r.Value, data)
		}
	})
	return answer, err
}

// load reads registers.
func (s *Sim) load(reg uint16, n int) ([]byte, error) {
	var b []byte
	switch reg {
	case regPower:
		b = []byte{s.look()}
	case regKey:
		b = binary.LittleEndian.AppendUint32(nil, uint32(s.keyOf(s.scramble[0]))^binary.LittleEndian.Uint32(s.scramble[1:]))
	case regMode:
		b = []byte{s.mode}
	case regVersion:
		b = []byte{0, 0, 0, 0, 0x05, 0x10, 0, 0, 0, 0, 0x01, 0x02, 0, 0, 0, 0}
	default:
		return nil, usb.ErrStall
	}
	if s.half {
		return b[:len(b)/2], nil
	}
	return b[:min(n, len(b))], nil
}

// look is the power register, which moves on while it is looked at.
func (s *Sim) look() byte {
	if s.reboot > 0 {
		if s.reboot--; s.reboot == 0 {
			s.power = powerLow | powerBooted
		}
	}
	return s.power
}

// store writes registers.
func (s *Sim) store(reg uint16, b []byte) error {
	switch {
	case reg == regScramble && len(b) == len(s.scramble):
		copy(s.scramble[:], b)
	case reg == regPower && len(b) == 1:
		s.setPower(b[0])
	case reg == regMode && len(b) == 1:
		s.setMode(b[0])
	default:
		return usb.ErrStall
	}
	return nil
}

func (s *Sim) setPower(p byte) {
	was := s.power
	switch {
	case was&(powerLow|powerFault) == powerLow|powerFault && p&powerLow == 0:
		s.power, s.reboot = powerLow, simReboot
	case s.reboot > 0:
	default:
		if s.deaf {
			p |= powerLow
		}
		s.power = p
		if was&powerLow != 0 && p&powerLow == 0 {
			s.say(eventPowered, simWake)
		}
	}
}

func (s *Sim) setMode(m byte) {
	s.mode = m
	s.pictures = nil
	if s.power&powerLow != 0 {
		return
	}
	switch {
	case m == modeAwaitOn && s.shown != nil:
		s.say(eventOn, simSense)
	case m == modeAwaitOff && s.shown == nil:
		s.say(eventOff, simSense)
	case m == modeCapture:
		s.shoot()
	}
}

// after is when something happens that takes so long at speed 1.
func (s *Sim) after(d time.Duration) time.Time {
	return time.Now().Add(time.Duration(float64(d) / s.Speed))
}

func (s *Sim) say(e event, after time.Duration) {
	if len(s.events) < simQueueMax {
		s.events = append(s.events, parcel{at: s.after(after), b: encodeEvent(e)})
	}
}

// shoot makes pictures up to the first whole one.
func (s *Sim) shoot() {
	for len(s.pictures) < simQueueMax {
		b := s.transfer()
		broken := true
		switch {
		case s.trouble > 0:
			s.trouble--
			s.say(eventTrouble, 0)
			b = make([]byte, headerBytes)
		case s.short > 0:
			s.short--
			b = b[:headerBytes+len(b)/2]
		default:
			broken = false
			s.taken++
		}
		s.pictures = append(s.pictures, parcel{at: s.after(simShot), b: b})
		if !broken {
			return
		}
	}
}

// keyOf is the key with a number.
func (s *Sim) keyOf(number byte) scrambler {
	return scrambler(s.secret ^ uint32(number)*0x9e3779b1)
}

// firstKey is the number of the first key of a picture.
const firstKey = 7

// transfer is the picture as it goes over the cable: turned, inverted and, if so set, scrambled.
func (s *Sim) transfer() []byte {
	b := make([]byte, headerBytes, headerBytes+rowBytes*rowsMax)
	binary.LittleEndian.PutUint16(b[rowsAt:], rowsMax)
	b[keyAt] = firstKey
	for i, k := range s.layout() {
		b[blocksAt+2*i], b[blocksAt+2*i+1] = k.flags, byte(k.rows)
	}
	b = b[:cap(b)]
	if s.shown != nil {
		turn(b[headerBytes:], 0, s.shown)
	}
	if s.Scrambled {
		s.hide(b[headerBytes:])
	}
	return b
}

// layout is the blocks of a picture. The scrambled one has one of every kind that is sent: scrambled, clear, one for
// which the key stands still, and one with a new key.
func (s *Sim) layout() []block {
	if !s.Scrambled {
		return []block{{0, simBlockRows}, {0, simBlockRows}, {0, rowsMax - 2*simBlockRows}}
	}
	return []block{
		{blockScrambled, 80}, {0, 20}, {blockScrambled, 50}, {blockNoStep, 10}, {blockScrambled, 40},
		{blockScrambled | blockNewKey, rowsMax - 200},
	}
}

func (s *Sim) hide(pix []byte) {
	number := byte(firstKey)
	key := s.keyOf(number)
	for _, k := range s.layout() {
		n := k.rows * rowBytes
		if k.is(blockNewKey) {
			number++
			key = s.keyOf(number)
		}
		switch {
		case k.is(blockNoStep):
		case k.is(blockScrambled):
			key = key.hide(pix[:n])
		default:
			key = key.skip(n)
		}
		pix = pix[n:]
	}
}

// Interrupt waits for an interrupt. port.ErrGone when the plug is pulled.
func (s *Sim) Interrupt(ctx context.Context) ([]byte, error) {
	s.init()
	return s.fetch(ctx, &s.events)
}

// Bulk waits for a picture. port.ErrGone when the plug is pulled.
func (s *Sim) Bulk(ctx context.Context) ([]byte, error) {
	s.init()
	return s.fetch(ctx, &s.pictures)
}

// fetch takes the first parcel of a pipe when its time has come.
func (s *Sim) fetch(ctx context.Context, pipe *[]parcel) ([]byte, error) {
	for {
		b, wait, changed, gone := s.first(pipe)
		if b != nil {
			return b, nil
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-changed:
		case <-gone:
			timer.Stop()
			return nil, port.ErrGone
		case <-ctx.Done():
			timer.Stop()
			return nil, context.Cause(ctx)
		}
		timer.Stop()
	}
}

// first is the first parcel of a pipe if it is due, else how long to wait at most and for what.
func (s *Sim) first(pipe *[]parcel) (b []byte, wait time.Duration, changed, gone chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	wait = time.Duration(math.MaxInt64)
	if s.babble && len(s.events) == 0 {
		s.events = append(s.events, parcel{at: time.Now().Add(simBabble), b: make([]byte, interruptBytes)})
	}
	if len(*pipe) > 0 && !s.mute {
		if wait = time.Until((*pipe)[0].at); wait <= 0 {
			b = (*pipe)[0].b
			*pipe = (*pipe)[1:]
		}
	}
	return b, wait, s.cond, s.unplug
}

// Press puts a finger on the glass. The picture is copied; it must be 384 by 289.
func (s *Sim) Press(p finger.Picture) error {
	if p.Width != rowBytes || p.Height != rowsMax || len(p.Pix) != rowBytes*rowsMax {
		return errors.New("the glass of this reader is 384 by 289 pixels")
	}
	s.with(func() {
		s.shown = bytes.Clone(p.Pix)
		if s.mode == modeAwaitOn && s.power&powerLow == 0 {
			s.say(eventOn, simSense)
		}
	})
	return nil
}

// PressSynth puts the finger of a seed on the glass and returns what the sensor sees of it.
func (s *Sim) PressSynth(seed int64, impression uint64, how synth.How) finger.Picture {
	p := synth.New(seed).Picture(synth.Shape{Width: rowBytes, Height: rowsMax, DPI: dpi}, impression, how)
	if err := s.Press(p); err != nil {
		panic("BUG: " + err.Error())
	}
	return p
}

// Lift takes the finger off.
func (s *Sim) Lift() {
	s.with(func() {
		s.shown = nil
		if s.mode == modeAwaitOff && s.power&powerLow == 0 {
			s.say(eventOff, simSense)
		}
	})
}

// SetTrouble makes so many pictures to come empty, each announced as the reader does.
func (s *Sim) SetTrouble(pictures int) { s.with(func() { s.trouble = pictures }) }

// SetShort cuts so many transfers to come.
func (s *Sim) SetShort(pictures int) { s.with(func() { s.short = pictures }) }

// SetMute makes the reader answer nothing and send nothing.
func (s *Sim) SetMute(mute bool) { s.with(func() { s.mute = mute }) }

// SetHalf makes it answer with half of what is asked for.
func (s *Sim) SetHalf(half bool) { s.with(func() { s.half = half }) }

// SetStrange makes it refuse every request, as a device of another make does.
func (s *Sim) SetStrange(strange bool) { s.with(func() { s.strange = strange }) }

// SetDeaf keeps its sensor from waking.
func (s *Sim) SetDeaf(deaf bool) { s.with(func() { s.deaf = deaf }) }

// SetBabble makes it send interrupts that no such reader sends.
func (s *Sim) SetBabble(babble bool) { s.with(func() { s.babble = babble }) }

// SetLow puts the reader to sleep by itself, as a hub that saves power does.
func (s *Sim) SetLow() { s.with(func() { s.power = powerLow }) }

// SetConfused leaves the reader as a program does that was killed: it must be rebooted before it wakes.
func (s *Sim) SetConfused() { s.with(func() { s.power = powerLow | powerFault | powerBooted }) }

// Pull pulls the plug and puts it in again at once: every host that had it open loses it, and all registers are as at
// first.
func (s *Sim) Pull() { s.with(s.pulled) }

// pulled is Pull; the caller holds mu.
func (s *Sim) pulled() {
	close(s.unplug)
	s.unplug = make(chan struct{})
	s.power, s.reboot, s.mode, s.scramble = powerLow, 0, 0, [5]byte{}
	s.events, s.pictures = nil, nil
}

// Mode is the mode register: 10 hex while it waits for a finger, 70 when it is off.
func (s *Sim) Mode() byte {
	s.init()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mode
}

// Taken counts the whole pictures that were asked for.
func (s *Sim) Taken() int {
	s.init()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.taken
}
