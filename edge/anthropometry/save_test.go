package anthropometry_test

import (
	"fmt"
	"slices"
	"testing"

	"markaz.example/edge/anthropometry"
	"markaz.example/edge/book/growth"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/chain"
	"markaz.example/edge/desk"
	"markaz.example/edge/desk/desktest"
	"markaz.example/edge/id"
)

// What is not plausible is kept only for a reason that texts know, and the reason goes before it.
func TestInsist(t *testing.T) {
	h := family(t)
	doubtful := well()
	doubtful.Readings.Statures = []uint32{1007, 1008}
	head := h.head()
	for _, reason := range []string{"", "because"} {
		doubtful.Insist = reason
		desktest.Refused(t, "insist on "+reason, h.Save(t.Context(), "B", h.visit, h.girl, doubtful), desk.GrowthDoubt)
	}
	if got := h.kinds(t, head); len(got) > 0 {
		t.Errorf("refusals recorded %v", got)
	}
	doubtful.Insist = growth.MeasuredAgain
	h.save(t, h.girl, doubtful)
	if got := h.kinds(t, head); !slices.Equal(got[:2], []chain.Kind{"growth.insisted/1", "growth.measured/1"}) {
		t.Errorf("insisting recorded %v", got)
	}
	head = h.head()
	plausible := well()
	infant(&plausible)
	plausible.Insist = growth.KnownCause
	h.save(t, h.baby, plausible)
	if got := h.kinds(t, head); !slices.Equal(got, []chain.Kind{"growth.measured/1"}) {
		t.Errorf("a reason without need is recorded: %v", got)
	}
	desktest.Refused(t, "nothing", h.Save(t.Context(), "B", h.visit, h.girl, anthropometry.Entry{}), desk.NothingMeasured)
}

// A measurement takes the place of one that was misread: it is held against the one before that, and the curve is without
// the mistake. The control is the same entry beside the mistake.
func TestInstead(t *testing.T) {
	h := family(t)
	high := well()
	high.Readings.Statures = []uint32{820, 821}
	misread := h.save(t, h.girl, high)
	e := well()
	if got, err := h.Try(t.Context(), "B", h.visit, h.girl, e); err != nil || !slices.Contains(got.Concerns, "shrunk") {
		t.Errorf("control: concerns %v, %v", got.Concerns, err)
	}
	e.Instead = misread.Seq
	head := h.head()
	kept := h.save(t, h.girl, e)
	if got := h.kinds(t, head); !slices.Equal(got, []chain.Kind{"growth.withdrawn/1", "growth.measured/1"}) {
		t.Errorf("recorded %v", got)
	}
	if all := h.series(h.girl); len(all) != 1 || all[0].Measured.StatureUM != 807_500 || len(all[0].Measured.Doubts) > 0 {
		t.Errorf("the curve is %+v", all)
	}
	head = h.head()
	desktest.Refused(t, "the same once more", h.Save(t.Context(), "B", h.visit, h.girl, e), desk.NoMeasurement)
	infant(&e)
	e.Instead = kept.Seq
	desktest.Refused(t, "a sister's", h.Save(t.Context(), "B", h.visit, h.baby, e), desk.NoMeasurement)
	if got := h.kinds(t, head); len(got) > 0 {
		t.Errorf("refusals recorded %v", got)
	}
}

// When another child was on the board, what was measured of this visit last is taken back; nothing else is.
func TestWrongPerson(t *testing.T) {
	h := family(t)
	first := h.save(t, h.girl, well())
	second := h.save(t, h.girl, well())
	for _, c := range []struct {
		what string
		who  id.Person
		seq  uint64
		want string
	}{
		{"a sister's", h.baby, second.Seq, desk.NoMeasurement},
		{"one before", h.girl, first.Seq, desk.NoMeasurement},
		{"none", h.girl, 0, desk.NoMeasurement},
		{"the last", h.girl, second.Seq, ""},
		{"the last again", h.girl, second.Seq, desk.NoMeasurement},
	} {
		desktest.Refused(t, c.what, h.Withdraw(t.Context(), "B", h.visit, c.who, c.seq), c.want)
	}
	if all := h.series(h.girl); len(all) != 1 || all[0].Seq != first.Seq {
		t.Errorf("left are %+v", all)
	}
	h.again(t, "measuring")
	desktest.Refused(t, "of an earlier visit", h.Withdraw(t.Context(), "B", h.visit, h.girl, first.Seq), desk.NoMeasurement)
}

// What follows from the class comes next, the first first, and not once more; a trial tells it and adds nothing.
func TestFollow(t *testing.T) {
	h := family(t)
	trial, err := h.Try(t.Context(), "B", h.visit, h.girl, wasted())
	if err != nil || trial.Measured.Acute != "severe" || len(trial.Next) != 2 || trial.Next[0].Code != "treatment" {
		t.Errorf("trial %+v, %v", trial, err)
	}
	for _, step := range []struct {
		what string
		who  id.Person
		e    anthropometry.Entry
		want []id.Service
	}{
		{"well", h.girl, well(), []id.Service{"check-up"}},
		{"severe", h.girl, wasted(), []id.Service{"treatment", "food", "check-up"}},
		{"severe again", h.girl, wasted(), []id.Service{"treatment", "food", "check-up"}},
		{"a sister's", h.baby, wastedInfant(), []id.Service{"treatment", "food", "check-up"}},
	} {
		h.save(t, step.who, step.e)
		if got := h.plan(t); !slices.Equal(got, step.want) {
			t.Errorf("%s: %v comes next, want %v", step.what, got, step.want)
		}
	}
}

func wastedInfant() anthropometry.Entry {
	e := wasted()
	infant(&e)
	e.Readings.Arms = []uint32{113, 114}
	return e
}

// A stop that was taken out of the visit is not put in again.
func TestFollowNotWhatWasCancelled(t *testing.T) {
	h := family(t)
	h.save(t, h.girl, wasted())
	slip, err := h.Floor.Slip(t.Context(), h.visit)
	desktest.Refused(t, "slip", err, "")
	at := slices.IndexFunc(slip.Stops, func(s desk.Stop) bool { return s.Service.Code == "food" })
	desktest.Refused(t, "cancel", h.Floor.CancelStop(t.Context(), "floor", h.visit, slip.Stops[at].Index, "not-wanted"), "")
	h.save(t, h.girl, wasted())
	if got := h.plan(t); !slices.Equal(got, []id.Service{"treatment", "check-up"}) {
		t.Errorf("%v comes next", got)
	}
}

// A visit that has no room for more is measured all the same, at whichever of its stops.
func TestFullVisit(t *testing.T) {
	h := open(t)
	h.visit = h.floor.Serve("B", "measuring")
	h.register(t)
	for i := range visit.StopsMax - 1 {
		desktest.Refused(t, "add a stop", h.Floor.AddStop(t.Context(), "B", id.Service(fmt.Sprintf("s-%02d", i)), false), "")
	}
	head := h.head()
	h.save(t, h.girl, wasted())
	if got := h.kinds(t, head); !slices.Equal(got, []chain.Kind{"growth.measured/1"}) {
		t.Errorf("a full visit: %v", got)
	}
	if got := h.plan(t); len(got) != visit.StopsMax-1 {
		t.Errorf("%d stops to come", len(got))
	}
}

// The last stop that a visit can have is measured at as the first.
func TestLastStop(t *testing.T) {
	h := open(t)
	h.visit = h.floor.Serve("C", "s-00")
	for i := range visit.StopsMax - 2 {
		desktest.Refused(t, "add a stop", h.Floor.AddStop(t.Context(), "C", id.Service(fmt.Sprintf("s-%02d", i+1)), false), "")
	}
	desktest.Refused(t, "add the last", h.Floor.AddStop(t.Context(), "C", "measuring", false), "")
	for range visit.StopsMax - 2 {
		desktest.Refused(t, "finish", h.Floor.Finish(t.Context(), "C", "done", false), "")
		h.floor.Take("C")
	}
	desktest.Refused(t, "finish", h.Floor.Finish(t.Context(), "C", "done", false), "")
	h.floor.Take("B")
	h.register(t)
	h.weigh(t, "scale", 10200, 10200)
	if kept := h.save(t, h.girl, well()); int(kept.Measured.Stop) != visit.StopsMax-1 {
		t.Errorf("measured at stop %d", kept.Measured.Stop)
	}
}
