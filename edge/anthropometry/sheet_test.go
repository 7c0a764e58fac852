package anthropometry_test

import (
	"fmt"
	"testing"

	"markaz.example/edge/anthropometry"
	"markaz.example/edge/book/paper"
	"markaz.example/edge/desk"
	"markaz.example/edge/desk/desktest"
	"markaz.example/edge/lms"
)

// The paper is of the newest measurement of this visit, with the whole curve; a second copy says that it is one.
func TestSheet(t *testing.T) {
	h := family(t)
	desktest.Refused(t, "nothing measured", h.Print(t.Context(), "B", h.visit, h.girl), desk.NothingMeasured)
	h.save(t, h.girl, well())
	h.again(t, "measuring", "check-up")
	desktest.Refused(t, "nothing measured on this visit", h.Print(t.Context(), "B", h.visit, h.girl), desk.NothingMeasured)
	kept := h.save(t, h.girl, wasted())
	for _, reprint := range []bool{false, true} {
		desktest.Refused(t, "print", h.Print(t.Context(), "B", h.visit, h.girl), "")
		subject := fmt.Sprintf("%s/%s/%d", anthropometry.Form, h.visit, kept.Seq)
		job := h.floor.Job(subject)
		s, err := h.Sheet(t.Context(), job)
		if err != nil || s.Token != "N002" || s.Day != "2026-11-22" || s.Sex != lms.Female || s.Kept.Seq != kept.Seq || s.Reprint != reprint {
			t.Errorf("sheet of %s: %+v, %v", job.Subject, s, err)
		}
		if len(s.Points) != 2 || s.Points[1].Arm != 113_500 || len(s.Next) != 3 || s.Next[0].Code != "treatment" {
			t.Errorf("points %+v, next %+v", s.Points, s.Next)
		}
		h.floor.Print(subject)
	}
	desktest.Refused(t, "withdraw", h.Withdraw(t.Context(), "B", h.visit, h.girl, kept.Seq), "")
	for _, subject := range []string{
		fmt.Sprintf("growth/%s/%d", h.visit, kept.Seq), fmt.Sprintf("growth/%s/1", h.visit), "growth/" + string(h.visit), "growth/AAAAAAAAAAAAAAAA/1", "growth/",
	} {
		_, err := h.Sheet(t.Context(), paper.Job{Subject: subject})
		desktest.Refused(t, subject, err, desk.NoSuchVisit)
	}
}
