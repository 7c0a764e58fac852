package machine

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"markaz.example/devices/finger/synth"
	"markaz.example/devices/finger/zfm"
	"markaz.example/devices/outlet"
)

// Finger is a simulated fingerprint module on a pseudo-terminal. A person's number is the seed of a finger of nobody.
type Finger struct {
	outlet.Outlet
	Sim *zfm.Sim

	mu  sync.Mutex
	who string // guarded by mu: the last press, "1 wet"
}

// NewFinger plugs a simulator in under a link.
func NewFinger(sim *zfm.Sim, link string) *Finger {
	f := &Finger{Sim: sim}
	f.Device, f.Link = sim, link
	f.Plug(true)
	return f
}

// touches are how a finger may be pressed.
var touches = map[string]synth.How{"good": synth.Good, "wet": synth.Wet, "small": synth.Small}

func (f *Finger) switches() toggles {
	return toggles{"plug": inverse(f.Plugged, f.Plug)}
}

// Do does one act: the finger of a person stays on the glass until "lift" or the next press. ErrAct.
func (f *Finger) Do(act string) error {
	who, press := strings.CutPrefix(act, "press ")
	switch {
	case act == "lift":
		f.Sim.Lift()
		return nil
	case press:
		return f.press(who)
	}
	return f.switches().do(act, "lift", "press PERSON good|wet|small")
}

func (f *Finger) press(who string) error {
	words := strings.Fields(who)
	if len(words) != 2 {
		return fmt.Errorf(`%w: want "press 1 good"`, ErrAct)
	}
	person, err := strconv.ParseUint(words[0], 10, 31)
	how, known := touches[words[1]]
	if err != nil || !known {
		return fmt.Errorf(`%w: press %q: want the number of a person, then good, wet or small`, ErrAct, who)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.who = strings.Join(words, " ")
	f.Sim.Press(int64(person), how)
	return nil
}

// See looks at it.
func (f *Finger) See() Sight {
	s := Sight{Holds: f.switches().hold()}
	f.mu.Lock()
	defer f.mu.Unlock()
	well := "nothing on the glass"
	if f.Sim.Pressed() {
		s.Holds = append(s.Holds, "press "+f.who)
		well = "person " + f.who
	}
	s.worst(well, [2]string{"plug", "unplugged"})
	return s
}
