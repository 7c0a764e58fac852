package queue

import (
	"slices"

	"markaz.example/edge/id"
)

// Waiter is one stop that waits in its service's line.
type Waiter struct {
	Service     id.Service
	Class       Class
	SinceMs     int64  // when its waiting at this stop began
	SeniorityMs int64  // what orders it: SinceMs, or another time after a transfer or a return
	Number      uint64 // order of the visits, unique; the record that opened it
	ApptMs      int64  // time of its appointment; 0 is none
	Needs       Needs
}

// Needs is what a waiter must have at a desk. Empty fields need nothing.
type Needs struct {
	Language string // that somebody at the desk speaks: "ps"
	Sex      string // of the staff: "f"
	Ground   bool   // reached without stairs
	Skill    string // of the staff: "grievance"
	Machine  string // that works at the desk: "scale"
}

// Desk is one place and who sits there now.
type Desk struct {
	Open      bool         // staffed and not paused
	Serves    []id.Service // in order of preference
	Languages []string
	Sex       string
	Ground    bool
	Skills    []string
	Machines  []string // that work
}

// Can says whether a desk is able to serve a waiter, open or not.
func (d Desk) Can(w Waiter) bool {
	return slices.Contains(d.Serves, w.Service) && d.meets(w.Needs)
}

func (d Desk) meets(n Needs) bool {
	return has(d.Languages, n.Language) && has(d.Skills, n.Skill) && has(d.Machines, n.Machine) &&
		(n.Sex == "" || n.Sex == d.Sex) && (!n.Ground || d.Ground)
}

func has(all []string, need string) bool { return need == "" || slices.Contains(all, need) }
