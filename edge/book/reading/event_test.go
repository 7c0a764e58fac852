package reading

import (
	"slices"
	"strings"
	"testing"

	"markaz.example/edge/ledger/ledgertest"
)

func weight() Taken {
	return Taken{"B", 0, Child, Weight, 4250, FromScale, []int64{4250, 4250, 4240}, "scale/infant", "S S      4.250 kg"}
}

var frozen = []ledgertest.Frozen{
	{Kind: "reading.taken/1", Event: weight(), Body: "a9016142020003656368696c6404667765696768740519109a06657363616c65078319109a19109a191090086c7363616c652f696e66616e740971532053202020202020342e323530206b67"},
}

func TestFrozen(t *testing.T) { ledgertest.CheckFrozen(t, Book(), frozen) }

func TestChecks(t *testing.T) {
	for name, spoil := range map[string]func(*Taken){
		"no desk":            func(e *Taken) { e.Desk = "" },
		"no such stop":       func(e *Taken) { e.Stop = stopsMax },
		"nobody":             func(e *Taken) { e.Who = "" },
		"nothing":            func(e *Taken) { e.What = "mood" },
		"no weight":          func(e *Taken) { e.Value = 0 },
		"an elephant":        func(e *Taken) { e.Value = valueMax + 1 },
		"no way":             func(e *Taken) { e.How = "guessed" },
		"no reading":         func(e *Taken) { e.Raw = nil },
		"too many readings":  func(e *Taken) { e.Raw = slices.Repeat([]int64{1}, rawMax+1) },
		"a scale, nameless":  func(e *Taken) { e.Device = "" },
		"typed on a scale":   func(e *Taken) { e.How = Typed },
		"a scale that talks": func(e *Taken) { e.Text = strings.Repeat("x", textBytesMax+1) },
	} {
		e := weight()
		spoil(&e)
		if e.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzBody(f *testing.F) { ledgertest.FuzzBodies(f, frozen) }
