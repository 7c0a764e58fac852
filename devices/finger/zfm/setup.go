package zfm

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"markaz.example/devices/finger"
	"markaz.example/devices/profile"
)

// Parameters asks the module for its settings.
func (d *Driver) Parameters(ctx context.Context) (Parameters, error) {
	return get(ctx, d, func(s *session) (Parameters, error) {
		err := s.readParameters()
		return s.params, err
	})
}

// SetSecurity sets how sure a match must be: 1 lets more strangers in, 5 turns more owners away.
func (d *Driver) SetSecurity(ctx context.Context, level int) error {
	return d.set(ctx, paraSecurity, level)
}

// SetPacketBytes sets the data in a packet: 32, 64, 128 or 256 bytes. Some modules use it after they were switched off.
func (d *Driver) SetPacketBytes(ctx context.Context, size int) error {
	if !slices.Contains([]int{32, 64, 128, 256}, size) {
		return fmt.Errorf("packets of %d bytes: %w", size, CodeParameter)
	}
	return d.set(ctx, paraPacket, packetCode(size))
}

func (d *Driver) set(ctx context.Context, number byte, value int) error {
	if value < 0 || value > 255 {
		return fmt.Errorf("parameter %d = %d: %w", number, value, CodeParameter)
	}
	return d.do(ctx, func(s *session) error { return s.setParameter(number, byte(value)) })
}

// SetBaud sets the module's speed and opens the line anew at it. ErrOneSpeed for a driver without At.
func (d *Driver) SetBaud(ctx context.Context, baud int) error {
	if baud%baudUnit != 0 || baud < baudUnit || baud > baudUnit*baudSteps {
		return fmt.Errorf("%d baud: %w", baud, CodeParameter)
	}
	if d.At == nil {
		return ErrOneSpeed
	}
	return d.do(ctx, func(s *session) error {
		if err := s.done(command{cmdSetSysPara, paraBaud, byte(baud / baudUnit)}); err != nil {
			return err
		}
		d.baud = baud
		s.end(errSpeed)
		return nil
	})
}

// SetPassword sets the password and shows the new one from then on. Write it down: nothing brings a lost one back.
func (d *Driver) SetPassword(ctx context.Context, password uint32) error {
	return d.do(ctx, func(s *session) error {
		err := s.done(worded(cmdSetPwd, password))
		if err != nil && !errors.Is(err, ErrNoAnswer) {
			return err
		}
		before := d.password
		d.password = password
		if again := s.begin(); again != nil { // if the answer was lost, this tells whether it is set
			d.password = before
			return cmp.Or(err, again)
		}
		return nil
	})
}

// SetAddress gives the module another address and uses that from then on.
func (d *Driver) SetAddress(ctx context.Context, address uint32) error {
	return d.do(ctx, func(s *session) error {
		s.also = address // the answer already comes from there
		defer func() { s.also = 0 }()
		err := s.done(worded(cmdSetAddr, address))
		if err != nil && !errors.Is(err, ErrNoAnswer) {
			return err
		}
		before := d.address
		d.address = address
		if err != nil && errors.Is(s.resync(), ErrNoAnswer) { // if the answer was lost, this tells whether it is set
			d.address = before
			return err
		}
		return nil
	})
}

// setting is one row of the profile's firmware table.
type setting struct {
	key    string
	number byte
	want   int
	value  byte
	of     func(Parameters) int
}

// settings leaves out what the profile does not name. The speed is last: all others are written at the present one.
func (d *Driver) settings() []setting {
	f := d.Profile.Firmware
	all := []setting{
		{"security", paraSecurity, f.Security, byte(f.Security), func(p Parameters) int { return p.Security }},
		{"packet_bytes", paraPacket, f.PacketBytes, byte(packetCode(f.PacketBytes)), func(p Parameters) int { return p.PacketBytes }},
		{"baud", paraBaud, f.Baud, byte(f.Baud / baudUnit), func(p Parameters) int { return p.Baud }},
	}
	return slices.DeleteFunc(all, func(s setting) bool { return s.want == 0 })
}

// Apply writes the profile's firmware table into the module where it differs, and reads it back. The error joins those of
// all settings that are not as wanted now.
func (d *Driver) Apply(ctx context.Context) ([]profile.Setting, error) {
	var done []profile.Setting
	var failed error
	for _, s := range d.settings() {
		r := d.apply(ctx, s)
		done = append(done, r)
		if r.Err != nil {
			failed = errors.Join(failed, fmt.Errorf("apply %s = %s: %w", r.Key, r.Want, r.Err))
		}
	}
	return done, failed
}

func (d *Driver) apply(ctx context.Context, s setting) profile.Setting {
	r := profile.Setting{Key: s.key, Want: strconv.Itoa(s.want)}
	was, err := d.Parameters(ctx)
	if err != nil {
		r.Err = err
		return r
	}
	r.Was = strconv.Itoa(s.of(was))
	if r.Now = r.Was; r.Was == r.Want {
		return r
	}
	if s.number == paraBaud {
		err = d.SetBaud(ctx, s.want)
	} else {
		err = d.set(ctx, s.number, int(s.value))
	}
	if err != nil {
		r.Err = err
		return r
	}
	now, err := d.readBack(ctx)
	if err != nil {
		r.Now, r.Err = "", err
		return r
	}
	if r.Now = strconv.Itoa(s.of(now)); r.Now != r.Want {
		r.Err = ErrPowerUp
	}
	return r
}

// readBack waits for a module that may have to be found at a new speed first.
func (d *Driver) readBack(ctx context.Context) (p Parameters, err error) {
	ctx, cancel := context.WithTimeout(ctx, restartWait)
	defer cancel()
	for {
		p, err = d.Parameters(ctx)
		if err == nil || ctx.Err() != nil || errors.Is(err, ErrNotRunning) {
			return p, err
		}
		select {
		case <-time.After(settleDefault):
		case <-ctx.Done():
		}
	}
}

// Light switches the module's light on or off, whichever way this model knows; ErrUnsupported when it knows none.
func (d *Driver) Light(ctx context.Context, on bool) error {
	ring, plain := Ring{Control: RingOff}, command{cmdLightOff}
	if on {
		ring, plain = Ring{Control: RingOn, Colour: RingBlue}, command{cmdLightOn}
	}
	return d.do(ctx, func(s *session) error {
		_, err := s.optional(ring.command())
		if errors.Is(err, ErrUnsupported) {
			_, err = s.optional(plain)
		}
		return err
	})
}

// What the ring of an R503 does, and its colours. Source: Adafruit library's header.
const (
	RingBreathe = 1
	RingFlash   = 2
	RingOn      = 3
	RingOff     = 4
	RingFadeIn  = 5
	RingFadeOut = 6

	RingRed    = 1
	RingBlue   = 2
	RingPurple = 3
)

// Ring is a show of light on an R503.
type Ring struct {
	Control byte // RingBreathe ...
	Speed   byte // 0 fast to 255 slow
	Colour  byte // RingRed ...
	Times   byte // 0 for ever
}

func (r Ring) command() command { return command{cmdAura, r.Control, r.Speed, r.Colour, r.Times} }

// ShowRing lights the ring; ErrUnsupported on a model without.
func (d *Driver) ShowRing(ctx context.Context, r Ring) error {
	return d.do(ctx, func(s *session) error { _, err := s.optional(r.command()); return err })
}

// ReadNote reads one of the 16 pages of 32 bytes that belong to the user; ErrUnsupported on a model without.
func (d *Driver) ReadNote(ctx context.Context, page int) ([]byte, error) {
	if page < 0 || page >= notePages {
		return nil, fmt.Errorf("notepad: %w: %d of %d", ErrPage, page, notePages)
	}
	return get(ctx, d, func(s *session) ([]byte, error) { return s.optional(command{cmdReadNote, byte(page)}) })
}

// WriteNote fills one page of the notepad, with zeros behind a shorter note.
func (d *Driver) WriteNote(ctx context.Context, page int, note []byte) error {
	if page < 0 || page >= notePages || len(note) > noteBytes {
		return fmt.Errorf("notepad: %w: %d bytes on page %d", ErrPage, len(note), page)
	}
	padded := append(bytes.Clone(note), make([]byte, noteBytes-len(note))...)
	return d.do(ctx, func(s *session) error {
		_, err := s.optional(append(command{cmdWriteNote, byte(page)}, padded...))
		return err
	})
}

// Random asks the module for a number that it made itself.
func (d *Driver) Random(ctx context.Context) (uint32, error) {
	return get(ctx, d, func(s *session) (uint32, error) {
		b, err := s.exchange(command{cmdRandom}, s.answer)
		if err != nil {
			return 0, err
		}
		return binary.BigEndian.Uint32(b), nil
	})
}

// Information reads the page of 512 bytes in which R30x modules describe themselves.
func (d *Driver) Information(ctx context.Context) ([]byte, error) {
	return get(ctx, d, func(s *session) ([]byte, error) {
		if s.lacks[cmdReadInf] {
			return nil, ErrUnsupported
		}
		b, err := s.fetch(command{cmdReadInf}, informationBytes)
		if err != nil && s.unknown(err) {
			s.lacks[cmdReadInf] = true
			return nil, fmt.Errorf("%w (%w)", ErrUnsupported, err)
		}
		return b, err
	})
}

// Abilities is what a model can do beyond what all of them can.
type Abilities struct {
	Ring        bool // a ring of light in colours
	Light       bool // a light that can be switched
	Notepad     bool // 16 pages for the user's own use
	SensorCheck bool // tests its sensor by itself
	HandShake   bool // says that it is there
	Echo        bool // likewise, in the older way
	Dark        bool // takes pictures without its light
}

// Probe finds out what this model can do, by trying. It switches the light off and changes nothing else.
func (d *Driver) Probe(ctx context.Context) (a Abilities, err error) {
	err = d.do(ctx, func(s *session) error {
		for _, p := range []struct {
			c     command
			known *bool
		}{
			{Ring{Control: RingOff}.command(), &a.Ring}, {command{cmdLightOff}, &a.Light}, {command{cmdReadNote, 0}, &a.Notepad},
			{command{cmdCheck}, &a.SensorCheck}, {command{cmdHandShake}, &a.HandShake}, {command{cmdEcho}, &a.Echo},
		} {
			if *p.known, err = s.knows(p.c); err != nil {
				return err
			}
		}
		a.Dark, err = s.knowsDark()
		return err
	})
	return a, err
}

func (s *session) knows(c command) (bool, error) {
	_, err := s.optional(c)
	if errors.Is(err, ErrUnsupported) {
		return false, nil
	}
	return err == nil, err
}

// knowsDark counts "no finger" as known: only a model that took a picture can say that.
func (s *session) knowsDark() (bool, error) {
	_, err := s.exchange(command{cmdGenDark}, min(s.answer, tendAnswer))
	if err == nil || errors.Is(err, finger.ErrNoFinger) {
		return true, nil
	}
	if s.unknown(err) {
		return false, nil
	}
	return false, err
}

// CheckSensor has the module test its sensor: finger.ErrSensor when it fails, ErrUnsupported on a model that cannot.
func (d *Driver) CheckSensor(ctx context.Context) error {
	return d.do(ctx, func(s *session) error {
		_, err := s.optional(command{cmdCheck})
		if !errors.Is(err, CodeSensor) && err != nil {
			return err
		}
		delete(s.lacks, cmdCheck) // this code is known to nobody else
		s.setTrouble(err != nil, finger.ErrSensor)
		s.tell()
		if err != nil {
			return finger.ErrSensor
		}
		return nil
	})
}
