package machine

import (
	"fmt"
	"strconv"
	"strings"

	"markaz.example/devices/outlet"
	"markaz.example/devices/scale"
)

// Scale is a simulated scale on a pseudo-terminal.
type Scale struct {
	outlet.Outlet
	Sim *scale.Sim
}

// NewScale plugs a simulator in under a link.
func NewScale(sim *scale.Sim, link string) *Scale {
	s := &Scale{Sim: sim}
	s.Device, s.Link = sim, link
	s.Plug(true)
	return s
}

func (s *Scale) switches() toggles {
	return toggles{
		"wriggle": {s.Sim.Wriggles, s.Sim.Wriggle},
		"mains":   inverse(s.on, s.Sim.SetPower),
		"plug":    inverse(s.Plugged, s.Plug),
	}
}

func (s *Scale) on() bool {
	_, status := s.Sim.Shows()
	return status != 0
}

// loadGramsMax is more than two people on one scale.
const loadGramsMax = 300_000

// Do does one act: what "put" puts there takes the place of what was there. ErrAct.
func (s *Scale) Do(act string) error {
	text, put := strings.CutPrefix(act, "put ")
	if !put {
		return s.switches().do(act, "put GRAMS")
	}
	grams, err := strconv.ParseUint(text, 10, 31)
	if err != nil || grams > loadGramsMax {
		return fmt.Errorf("%w: put %q: want grams, 0 to %d", ErrAct, text, loadGramsMax)
	}
	s.Sim.Put(int64(grams))
	return nil
}

// See reads its display.
func (s *Scale) See() Sight {
	held := s.switches().hold()
	v := Sight{Holds: append(held, fmt.Sprint("put ", s.Sim.Load()))}
	grams, status := s.Sim.Shows()
	switch status {
	case scale.Overload:
		v.Says, v.Bad = "overload", true
	case scale.Underload:
		v.Says, v.Bad = "underload", true
	case scale.Moving:
		v.Says = "~ " + kilograms(grams)
	default:
		v.Says = kilograms(grams)
	}
	well, bad := v.Says, v.Bad
	v.worst(well, [2]string{"mains", "no mains"}, [2]string{"plug", "unplugged"})
	v.Bad = v.Bad || bad
	return v
}

// kilograms writes grams as a display does.
func kilograms(grams int64) string { return fmt.Sprintf("%.3f kg", float64(grams)/1000) }
