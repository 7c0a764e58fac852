package paper

import (
	"strings"
	"testing"

	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
)

const job = id.Job("JJJJJJJJJJJJJJJJ")

// frozen is each kind with the bytes of one value.
var frozen = []ledgertest.Frozen{
	{Kind: "paper.queued/1", Event: Queued{job, "token"}, Body: "a201704a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a0265746f6b656e"},
	{Kind: "paper.started/1", Event: Started{job, "printer/1", 2}, Body: "a301704a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a02697072696e7465722f310302"},
	{Kind: "paper.printed/1", Event: Printed{job}, Body: "a101704a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a"},
	{Kind: "paper.failed/1", Event: Failed{job, "paper-out", true, false},
		Body: "a401704a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a026970617065722d6f757403f504f4"},
	{Kind: "paper.asked/1", Event: Asked{job, true}, Body: "a201704a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a02f5"},
	{Kind: "paper.withdrawn/1", Event: Withdrawn{job, "day-end"}, Body: "a201704a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a02676461792d656e64"},
}

func TestFrozen(t *testing.T) { ledgertest.CheckFrozen(t, Book(), frozen) }

func TestChecks(t *testing.T) {
	long := strings.Repeat("a", printerBytesMax+1)
	tests := []struct {
		name  string
		event ledger.Event
	}{
		{"queued without a job", Queued{"", "token"}},
		{"queued without a form", Queued{job, ""}},
		{"a form in words", Queued{job, "The token"}},
		{"started without a job", Started{"", "printer/1", 1}},
		{"started without a printer", Started{job, "", 1}},
		{"a printer of 65 bytes", Started{job, long, 1}},
		{"attempt 0", Started{job, "printer/1", 0}},
		{"printed without a job", Printed{}},
		{"failed without a job", Failed{Reason: ReasonFault}},
		{"failed without a reason", Failed{Job: job}},
		{"a long reason", Failed{Job: job, Reason: long}},
		{"again what may be out", Failed{job, ReasonFault, false, true}},
		{"asked without a job", Asked{}},
		{"withdrawn without a reason", Withdrawn{Job: job}},
	}
	for _, tt := range tests {
		if tt.event.Check() == nil {
			t.Errorf("%s: accepted", tt.name)
		}
	}
}

func FuzzBody(f *testing.F) { ledgertest.FuzzBodies(f, frozen) }
