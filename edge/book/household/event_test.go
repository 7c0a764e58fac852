package household

import (
	"testing"

	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
)

var frozen = []ledgertest.Frozen{
	{Kind: "household.formed/1", Event: Formed{"A", "VVVVVVVVVVVVVVVV"}, Body: "a2016141027056565656565656565656565656565656"},
	{Kind: "household.joined/1", Event: Joined{"A", "PPPPPPPPPPPPPPPP", Child}, Body: "a301614102705050505050505050505050505050505003656368696c64"},
	{Kind: "household.came/1", Event: Came{"A", "VVVVVVVVVVVVVVVV"}, Body: "a2016141027056565656565656565656565656565656"},
	{Kind: "household.forgotten/1", Event: Forgotten{"asked"}, Body: "a1016561736b6564"},
}

func TestFrozen(t *testing.T) { ledgertest.CheckFrozen(t, Book(), frozen) }

func TestChecks(t *testing.T) {
	for name, e := range map[string]ledger.Event{
		"formed at no desk":    Formed{"", "VVVVVVVVVVVVVVVV"},
		"formed on no visit":   Formed{"A", ""},
		"nobody joined":        Joined{"A", "", Child},
		"joined as an aunt":    Joined{"A", "PPPPPPPPPPPPPPPP", "aunt"},
		"came on no visit":     Came{"A", "V"},
		"forgotten for no why": Forgotten{""},
		"forgotten in words":   Forgotten{"She asked"},
	} {
		if e.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzBody(f *testing.F) { ledgertest.FuzzBodies(f, frozen) }
