package desk_test

import (
	"context"
	"slices"

	"pgregory.net/rapid"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/ledger"
)

func (m *model) printerStarts(t *rapid.T) {
	if len(m.queue) == 0 {
		t.Skip("nothing to print")
	}
	v := m.queue[0]
	err := m.Ledger.View(context.Background(), func(s ledger.Snapshot) error {
		if got := paper.Waiting(s, 1); len(got) != 1 || got[0].Subject != string(v.id) {
			t.Errorf("the first to print is %+v, want the slip of %s", got, v.token)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	m.start(t, v.id)
	m.unqueue(v)
	if v.inks > 0 && !v.reprint {
		t.Errorf("%s: a second copy is on its way and does not say so", v.token)
	}
}

// unqueue takes a slip off the queue; it is printing, unless it is withdrawn.
func (m *model) unqueue(v *modelled) {
	m.queue = slices.DeleteFunc(m.queue, func(q *modelled) bool { return q == v })
	if v.paper == paper.StateQueued {
		v.paper = paper.StatePrinting
	}
	v.dirty = true
}

func printing(v *modelled) bool { return v.paper == paper.StatePrinting }

func (m *model) printerConfirms(t *rapid.T) {
	v := m.drawVisit(t, printing)
	m.confirm(t, v.id)
	m.printed(v)
}

func (m *model) printed(v *modelled) {
	v.paper, v.dirty = paper.StatePrinted, true
	v.inks++
	if v.over() || v.inHand {
		return
	}
	v.inHand = true
	seniority := m.axis
	if v.senior != 0 {
		seniority = v.senior
	}
	m.wait(v, seniority)
	v.change()
}

func (m *model) printerFails(t *rapid.T) {
	v := m.drawVisit(t, printing)
	certain := rapid.Bool().Draw(t, "certain")
	again := certain && rapid.Bool().Draw(t, "again")
	m.fail(t, v.id, paper.Failed{Reason: paper.ReasonPaperOut, Certain: certain, Again: again})
	v.dirty = true
	switch {
	case again:
		v.paper = paper.StateQueued
		m.requeue(t, v)
	case certain:
		v.paper = paper.StateHeld
	default:
		v.doubt()
	}
}

// requeue puts a slip back to its own place: before everything that was queued after it.
func (m *model) requeue(t *rapid.T, v *modelled) {
	place := m.job(t, v.id).Place
	i := slices.IndexFunc(m.queue, func(q *modelled) bool { return m.job(t, q.id).Place > place })
	if i < 0 {
		i = len(m.queue)
	}
	m.queue = slices.Insert(m.queue, i, v)
}

func (v *modelled) doubt() {
	v.paper, v.reprint, v.dirty = paper.StateUncertain, true, true
	v.inks++
}

func (m *model) printAgain(t *rapid.T) {
	v := m.drawVisit(t, anyVisit)
	err := m.PrintAgain(context.Background(), "kiosk/1", v.id)
	switch {
	case v.over():
		want(t, err, desk.VisitOver)
	case v.inHand:
		want(t, err, desk.PrintedAlready)
	default:
		want(t, err, "")
		m.requested(v)
	}
}

func (m *model) reprintOnPurpose(t *rapid.T) {
	v := m.drawVisit(t, anyVisit)
	err := m.Reprint(context.Background(), "desk/A", v.id)
	if v.over() {
		want(t, err, desk.VisitOver)
		return
	}
	want(t, err, "")
	m.requested(v)
}

// renewSlip gives somebody who lost the slip another, with a code of its own.
func (m *model) renewSlip(t *rapid.T) {
	v := m.drawVisit(t, anyVisit)
	before := m.slip(t, v.id).Code
	err := m.Renew(context.Background(), "desk/A", v.id)
	if v.over() {
		want(t, err, desk.VisitOver)
		return
	}
	want(t, err, "")
	m.requested(v)
	v.change()
	v.code = m.slip(t, v.id).Code
	_, err = m.ByCode(context.Background(), before)
	want(t, err, desk.NoSuchVisit)
}

// requested queues a slip unless it is on its way.
func (m *model) requested(v *modelled) {
	v.dirty = true
	if !v.noPaper && (v.paper == paper.StateQueued || v.paper == paper.StatePrinting) {
		return
	}
	if !v.noPaper && v.paper != paper.StateHeld {
		v.reprint = true
	}
	v.noPaper, v.paper, v.placed = false, paper.StateQueued, m.dayNo
	m.queue = append(m.queue, v)
}

// crash opens the ledger anew, as after a cut: what was kept is what the records make, and what a desk was calling is
// called again.
func (m *model) crash(t *rapid.T) {
	m.file.Cut(t)
	m.Ledger = m.file.Ledger
	m.tick()
	m.update(t, paper.Recover)
	for _, v := range m.visits {
		if printing(v) {
			v.doubt()
		}
	}
	want(t, m.Restarted(context.Background()), "")
	for _, d := range m.Catalogue.Desks {
		if v := m.at(d.Code); v != nil && v.state() == visit.StateCalled {
			m.recall(d.Code, v)
		}
	}
}
