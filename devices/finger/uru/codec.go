package uru

import "encoding/binary"

// Registers are read and written with one vendor request; the register is its value.
const (
	requestRegister = 0x04
	toHost          = 0xc0
	toDevice        = 0x40

	regPower    = 0x07 // HWSTAT: one byte
	regScramble = 0x33 // key number, then a 32-bit seed, little-endian
	regKey      = 0x34 // 4 bytes: the key XOR the seed, little-endian
	regMode     = 0x4e
	regVersion  = 0xf0 // 16 bytes
)

// Bits of the power register.
const (
	powerLow    = 0x80 // asleep
	powerFault  = 0x04
	powerBooted = 0x01
	powerKeep   = 0x0f // what is kept of it when the reader is woken
)

// Modes that we use, of register 4E.
const (
	modeAwaitOn  = 0x10
	modeAwaitOff = 0x12
	modeCapture  = 0x20
	modeOff      = 0x70
)

// event is the first two bytes of an interrupt, big-endian.
type event uint16

const (
	eventPowered event = 0x56aa
	eventOn      event = 0x0101
	eventOff     event = 0x0200
	eventTrouble event = 0x0800 // the next picture may be empty
)

// interruptBytes is the length of every interrupt.
const interruptBytes = 64

// decodeEvent is false for what no such reader sends.
func decodeEvent(b []byte) (event, bool) {
	if len(b) != interruptBytes {
		return 0, false
	}
	e := event(binary.BigEndian.Uint16(b))
	switch e {
	case eventPowered, eventOn, eventOff, eventTrouble:
		return e, true
	}
	return e, false
}

func encodeEvent(e event) []byte {
	b := make([]byte, interruptBytes)
	binary.BigEndian.PutUint16(b, uint16(e))
	return b
}

// scrambler is the shift register that hides a picture.
type scrambler uint32

// mask is what one byte is XORed with.
func (s scrambler) mask() byte {
	var m byte
	for i, bit := range [8]int{4, 8, 11, 14, 18, 21, 24, 29} {
		m |= byte(s>>bit&1) << i
	}
	return m
}

// step moves the register on by one byte of the picture.
func (s scrambler) step() scrambler {
	p := s & 0x9248144d
	for shift := 16; shift > 0; shift /= 2 {
		p ^= p >> shift
	}
	return s>>1 | p<<31
}

func (s scrambler) skip(bytes int) scrambler {
	for range bytes {
		s = s.step()
	}
	return s
}

// clear unscrambles a block in place. The bytes stand one place late and the last one was never sent: it is zero, which
// is the ground.
func (s scrambler) clear(b []byte) scrambler {
	for i := range len(b) - 1 {
		b[i] = b[i+1] ^ s.mask()
		s = s.step()
	}
	b[len(b)-1] = 0
	return s.step()
}

// hide is the opposite of clear; what was in the last byte is lost.
func (s scrambler) hide(b []byte) scrambler {
	late := byte(s)
	for i, v := range b {
		b[i], late = late, v^s.mask()
		s = s.step()
	}
	return s
}
