package registration_test

import (
	"testing"

	"markaz.example/edge/book/household"
	"markaz.example/edge/civil"
	"markaz.example/edge/desk/desktest"
	"markaz.example/edge/ledger"
	"markaz.example/edge/registration"
)

// The report knows who came only from families: of their adults, and when these are of one sex.
func TestVisitorSex(t *testing.T) {
	h := open(t)
	v, f := h.family(t)
	h.Floor.VisitorSex = registration.VisitorSex
	h.sees(t, "a mother with a child", map[string]int{"female": 1})
	father := h.mother(t)
	father.As, father.Sex, father.Number = household.Father, civil.Male, number(t, "69901-7654321-3")
	father.Name, _ = civil.ParseName("Gul Khan")
	_, err := h.AddMember(t.Context(), "A", v, f.ID, father)
	desktest.Refused(t, "a father", err, "")
	h.sees(t, "a mother and a father", map[string]int{"unknown": 1})
	h.hall.View(func(s ledger.Snapshot) {
		if sex := registration.VisitorSex(s, "AAAAAAAAAAAAAAAA"); sex != "" {
			t.Errorf("of a visit that nobody knows: %s", sex)
		}
	})
}

// sees checks how many stops the day's report has of each sex.
func (h *registry) sees(t *testing.T, what string, want map[string]int) {
	t.Helper()
	r, err := h.Floor.Report(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Sexes) != len(want) {
		t.Errorf("%s: %+v", what, r.Sexes)
	}
	for _, row := range r.Sexes {
		if row.Figures.Stops != want[row.Key] {
			t.Errorf("%s: %d of %s", what, row.Figures.Stops, row.Key)
		}
	}
}
