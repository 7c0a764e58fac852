package ledger_test

import (
	"testing"

	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
)

// frozen are the kinds of the ledger's own book.
var frozen = []ledgertest.Frozen{
	{Kind: "ledger.started/1", Event: ledger.Started{Software: "markaz 0.1.0"}, Body: "a1016c6d61726b617a20302e312e30"},
	{Kind: "ledger.time-told/1", Event: ledger.TimeTold{Mono: 12_000, Wall: 1_767_225_600_000, Grade: 3}, Body: "a301192ee0021b0000019b76daa8000303"},
	{Kind: "ledger.succeeded/1", Event: ledger.Succeeded{
		Ancestor: "ISB-01/61206e6f6e6365206f66207465737473@41", Last: 4711, Hash: make([]byte, len(chain.Hash{})), Reason: "the disk died",
	}, Body: "a401782a4953422d30312f3631323036653666366536333635323036663636323037343635373337343733403431021912670358200000000000000000000000000000000000000000000000000000000000000000046d746865206469736b2064696564"},
}

func TestFrozen(t *testing.T) { ledgertest.CheckFrozen(t, ledger.OwnBook(), frozen) }

func FuzzBodies(f *testing.F) { ledgertest.FuzzBodies(f, frozen) }
