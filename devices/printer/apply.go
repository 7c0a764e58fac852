package printer

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"markaz.example/devices/port"
	"markaz.example/devices/profile"
)

// Numbers of the values that GS ( E keeps. Source: Epson ESC/POS Command Reference, GS ( E function 5.
const (
	customDensity = 5
	customSpeed   = 6
)

// GS ( E: into and out of the user setting mode. Leaving it resets the printer.
var (
	enterSetting = []byte{gs, '(', 'E', 3, 0, 1, 'I', 'N'}
	leaveSetting = []byte{gs, '(', 'E', 4, 0, 2, 'O', 'U', 'T'}
)

// Why a setting was not applied; found in its Err.
var (
	ErrNoMemory = errors.New("the printer does not let this be read or set from outside; use its switches or its maker's tool")
	ErrNotKept  = errors.New("the printer keeps another value; it may not know the one that is wanted")
)

// Apply writes the firmware table of the profile into the printer and reads back what can be read. A value that the
// printer has already is not written again: such memory bears some thousand writes. What it forgets at every ESC @ is
// said again with every slip; here it is said once, and the printer only confirms that it worked through it.
//
// It works beside a Run and without one. The error is about the printer as a whole, as Identify's; what became of each key
// is in its Setting.
func (d *Driver) Apply(ctx context.Context) (all []profile.Setting, err error) {
	err = d.do(ctx, func(ctx context.Context, s *session) (err error) {
		all, err = s.apply(ctx)
		return err
	})
	return all, err
}

func (s *session) apply(ctx context.Context) (all []profile.Setting, err error) {
	f := s.d.Profile.Firmware
	for _, kept := range []struct {
		key    string
		number byte
		want   *int
	}{{"firmware.density", customDensity, f.Density}, {"firmware.speed", customSpeed, f.Speed}} {
		if kept.want == nil {
			continue
		}
		set := profile.Setting{Key: kept.key, Want: strconv.Itoa(*kept.want)}
		set.Err = s.keep(ctx, kept.number, *kept.want, &set)
		all = append(all, set)
		if ctx.Err() != nil || errors.Is(set.Err, port.ErrGone) || errors.Is(set.Err, port.ErrStuck) {
			return all, set.Err
		}
	}
	said, err := s.say(ctx, f)
	return append(all, said...), err
}

// keep brings one value of the printer's own memory to what is wanted.
func (s *session) keep(ctx context.Context, number byte, want int, set *profile.Setting) error {
	was, err := s.readCustom(ctx, number, s.answer)
	if err != nil {
		return noMemory(err)
	}
	set.Was, set.Now = strconv.Itoa(was), strconv.Itoa(was)
	if was == want {
		return nil
	}
	if err := s.writeCustom(ctx, number, want); err != nil {
		return noMemory(err)
	}
	set.Now = ""
	now, err := s.readCustom(ctx, number, s.proof) // it is busy for as long as its memory takes, and starts anew
	if err != nil {
		return fmt.Errorf("read back: %w", err)
	}
	set.Now = strconv.Itoa(now)
	if now != want {
		return ErrNotKept
	}
	return nil
}

func noMemory(err error) error {
	if errors.Is(err, ErrSilent) {
		return ErrNoMemory
	}
	return err
}

// readCustom asks until an answer comes: a printer that has just been reset loses the first questions.
func (s *session) readCustom(ctx context.Context, number byte, patience time.Duration) (int, error) {
	for over := time.Now().Add(patience); ; {
		a, err := s.question(ctx, []byte{gs, '(', 'E', 2, 0, 6, number}, answerCustom)
		if err == nil {
			return customValue(a.text, number)
		}
		if !errors.Is(err, ErrSilent) || !time.Now().Before(over) {
			return 0, err
		}
	}
}

// writeCustom sets one value and always leaves the mode again, in which the printer would take no slip.
func (s *session) writeCustom(ctx context.Context, number byte, value int) error {
	if _, err := s.question(ctx, enterSetting, answerCustom); err != nil {
		return errors.Join(err, s.write(leaveSetting))
	}
	set := []byte{gs, '(', 'E', 4, 0, 5, number, byte(value), byte(value >> 8)}
	return s.write(append(set, leaveSetting...))
}

// customValue reads 27, number, 1F, value; both in decimal. The value is 16 bits and negative from 8000 hex up.
func customValue(text string, number byte) (int, error) {
	n, v, ok := strings.Cut(strings.TrimPrefix(text, string(rune(customHead))), string(rune(separator)))
	value, err := strconv.ParseUint(v, 10, 16)
	if !ok || err != nil || n != strconv.Itoa(int(number)) {
		return 0, fmt.Errorf("the printer's answer %q is not value %d", text, number)
	}
	return int(int16(uint16(value))), nil
}

// say sends what no printer can be asked for and waits until it has worked through it. Of the automatic status it can
// be heard whether it came.
func (s *session) say(ctx context.Context, f profile.PrinterFirmware) (all []profile.Setting, err error) {
	add := func(key string, said bool, want string) {
		if said {
			all = append(all, profile.Setting{Key: "firmware." + key, Want: want})
		}
	}
	add("code_page", f.CodePage != nil, strconv.Itoa(valueOr(f.CodePage, 0)))
	add("stop_at_near_end", f.NearStop != nil, strconv.FormatBool(f.NearStop != nil && *f.NearStop))
	add("panel_buttons", f.Buttons != nil, strconv.FormatBool(f.Buttons != nil && *f.Buttons))
	add("auto_status", f.AutoStatus != nil, strconv.Itoa(valueOr(f.AutoStatus, 0)))
	if len(all) == 0 {
		return nil, nil
	}
	s.drain()
	s.proofs, s.noise, s.changes = 0, 0, 0
	if err := s.write(append(settings(s.d.Profile), askPaper...)); err != nil {
		return nil, err
	}
	if err := s.awaitProof(ctx); err != nil {
		return nil, err
	}
	if last := &all[len(all)-1]; f.AutoStatus != nil && s.changes > 0 {
		last.Now = last.Want
	}
	return all, nil
}
