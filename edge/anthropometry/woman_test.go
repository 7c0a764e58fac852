package anthropometry_test

import (
	"testing"

	"markaz.example/edge/book/growth"
	"markaz.example/edge/desk"
	"markaz.example/edge/desk/desktest"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// A woman's arm is measured twice and held against the programme's cut-off; a child's and a man's is not.
func TestWoman(t *testing.T) {
	h := family(t)
	for _, c := range []struct {
		what string
		who  id.Person
		arms []uint32
		want string
		then string // class that is kept
	}{
		{"nothing", h.mother, nil, desk.MeasureAgain, ""},
		{"once", h.mother, []uint32{221}, desk.MeasureAgain, ""},
		{"apart", h.mother, []uint32{221, 231}, desk.MeasureAgain, ""},
		{"low", h.mother, []uint32{229, 230}, "", "low"},
		{"at the cut-off", h.mother, []uint32{230, 230}, "", "normal"},
		{"a third agrees", h.mother, []uint32{221, 231, 222}, "", "low"},
		{"a girl", h.girl, []uint32{150, 151}, desk.NoWoman, ""},
		{"a man", h.father, []uint32{280, 281}, desk.NoWoman, ""},
	} {
		desktest.Refused(t, c.what, h.ScreenWoman(t.Context(), "B", h.visit, c.who, c.arms), c.want)
		if c.want != "" {
			continue
		}
		h.floor.View(func(s ledger.Snapshot) {
			if k, ok := growth.NewestScreened(s, c.who); !ok || k.Screened.Class != c.then || k.Screened.CutOffMM != 230 || k.Screened.Desk != "B" {
				t.Errorf("%s: kept %+v", c.what, k.Screened)
			}
		})
	}
}
