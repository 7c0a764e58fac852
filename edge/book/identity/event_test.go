package identity

import (
	"strings"
	"testing"

	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
)

var frozen = []ledgertest.Frozen{
	{Kind: "identity.tried/1", Event: Tried{"A", 1, "finger/desk-a", "right-index", Messy, 34}, Body: "a60161410201036d66696e6765722f6465736b2d61046b72696768742d696e64657805656d65737379061822"},
	{Kind: "identity.excepted/1", Event: Excepted{"A", 1, "worn"}, Body: "a301614102010364776f726e"},
	{Kind: "identity.filed/1", Event: Filed{"A", 1, "K5QXG43U", "worn"}, Body: "a4016141020103684b355158473433550464776f726e"},
}

func TestFrozen(t *testing.T) { ledgertest.CheckFrozen(t, Book(), frozen) }

func TestChecks(t *testing.T) {
	good := Tried{"A", 1, "finger/desk-a", "right-index", Messy, 34}
	with := func(change func(*Tried)) Tried {
		e := good
		change(&e)
		return e
	}
	for name, e := range map[string]ledger.Event{
		"no desk":                 with(func(e *Tried) { e.Desk = "" }),
		"no such stop":            with(func(e *Tried) { e.Stop = stopsMax }),
		"no reader":               with(func(e *Tried) { e.Device = "" }),
		"a reader of 65 bytes":    with(func(e *Tried) { e.Device = strings.Repeat("a", deviceBytesMax+1) }),
		"an eleventh finger":      with(func(e *Tried) { e.Finger = "right-eleventh" }),
		"an unknown result":       with(func(e *Tried) { e.Result = "fine" }),
		"better than best":        with(func(e *Tried) { e.Quality = qualityMax + 1 }),
		"an exception in words":   Excepted{"A", 0, "Her finger is worn"},
		"an exception for no why": Excepted{"A", 0, ""},
		"a case without a name":   Filed{"A", 0, "", "worn"},
		"a case for no reason":    Filed{"A", 0, "K5QXG43U", ""},
	} {
		if e.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzBody(f *testing.F) { ledgertest.FuzzBodies(f, frozen) }
