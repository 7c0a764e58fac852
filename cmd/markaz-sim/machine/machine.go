package machine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"markaz.example/devices/fault"
)

// Machine is one simulated device. Any goroutine may call it.
type Machine interface {
	// Run is its life, until the context ends.
	Run(ctx context.Context) error
	// Do does one act. ErrAct.
	Do(act string) error
	// See looks at it.
	See() Sight
}

// Scripted is a Machine that fault scripts can befall.
type Scripted interface {
	Machine
	// Befall lets a script take over from the last one, as outlet.Outlet says. It waits for Run.
	Befall(s *fault.Script) (done <-chan struct{})
}

// Sight is what a person sees of a machine.
type Sight struct {
	Says  string   `json:"says"`  // in English, a few words: "paper out", "4.250 kg"
	Bad   bool     `json:"bad"`   // somebody should do something
	Holds []string `json:"holds"` // the acts that hold: "paper" while there is none, "put 4250"
}

// ErrAct is returned by Do for an act that the machine does not know; the text names those that it does.
var ErrAct = errors.New("no such act")

// toggle is a switch with two positions; thrown is the one that is not as it should be.
type toggle struct {
	thrown func() bool
	set    func(thrown bool)
}

// toggles are the switches of a machine, by their acts.
type toggles map[string]toggle

// do throws a switch; more are other acts that the machine knows, for the error.
func (t toggles) do(act string, more ...string) error {
	s, ok := t[act]
	if !ok {
		known := append(slices.Sorted(maps.Keys(t)), more...)
		return fmt.Errorf("%w: %q; there are %s", ErrAct, act, strings.Join(known, ", "))
	}
	s.set(!s.thrown())
	return nil
}

// hold are the acts of the switches that are thrown.
func (t toggles) hold() []string {
	held := []string{} // programs expect a list, not null
	for act, s := range t {
		if s.thrown() {
			held = append(held, act)
		}
	}
	slices.Sort(held)
	return held
}

// worst is the first of what is wrong, or else what is well. Pairs are an act and its words.
func (s *Sight) worst(well string, pairs ...[2]string) {
	s.Says = well
	for _, p := range pairs {
		if slices.Contains(s.Holds, p[0]) {
			s.Says, s.Bad = p[1], true
			return
		}
	}
}

// inverse is a switch that is thrown when something is off.
func inverse(on func() bool, set func(on bool)) toggle {
	return toggle{thrown: func() bool { return !on() }, set: func(thrown bool) { set(!thrown) }}
}
