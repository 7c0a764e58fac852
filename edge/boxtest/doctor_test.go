package boxtest_test

import (
	"strings"
	"testing"

	"markaz.example/edge/box"
	"markaz.example/edge/boxtest"
	"markaz.example/edge/doctor"
)

// TestDoctorAsksTheRunningBox: what the box says of itself has words and remedies, and its diagnosis is there for a bundle.
func TestDoctorAsksTheRunningBox(t *testing.T) {
	b := boxtest.Start(t, nil)
	door := box.NewDoorClient(b.Config)
	var live doctor.Live
	if err := door.Call(t.Context(), "GET", "/state", nil, &live); err != nil {
		t.Fatal(err)
	}
	if live.Seq == 0 || live.Software == "" || live.Now.IsZero() || live.Grade == "" {
		t.Errorf("the box says %+v", live)
	}
	if len(live.Conditions) == 0 { // nobody is enrolled
		t.Error("the box has no condition")
	}
	for _, c := range live.Conditions {
		if c.Text == "" || c.Remedy == "" || strings.HasPrefix(c.Text, "condition.") {
			t.Errorf("a condition without words: %+v", c)
		}
	}
	var told box.Diagnosis
	if err := door.Call(t.Context(), "GET", "/diagnosis", nil, &told); err != nil || !strings.Contains(told.Text, "ledger ") {
		t.Errorf("the diagnosis: %q, %v", told.Text, err)
	}
}
