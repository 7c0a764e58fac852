package desk_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"markaz.example/edge/book/staff"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/queue"
)

// fair reports somebody whom a desk passes over against the bound of package queue: who came more than the ceiling, or
// the lead of a class, after them never goes before them, emergencies excepted. It stands for all whom the desk could call
// instead, but for those who did not come when called and now let others go first; of these as many go first as they were told.
func (m *model) fair(d desk.Desk, called *modelled) error {
	ready, gated := m.reach(d)
	place, mine := m.place(d), m.waiter(called)
	for _, v := range ready {
		w := m.waiter(v)
		late := mine.SeniorityMs-w.SeniorityMs > max(queue.DefaultRules().CeilingMs, queue.DefaultRules().LeadMs())
		if v != called && late && place.Can(w) && senior(w, mine) && mine.Class != queue.Emergency {
			return fmt.Errorf("%s has waited %d s and desk %s passes over them for %s, class %s",
				v.token, (m.axis-w.SeniorityMs)/1000, d.Code, called.token, mine.Class)
		}
	}
	if slices.Contains(gated, called) && slices.ContainsFunc(ready, func(v *modelled) bool { return place.Can(m.waiter(v)) }) {
		return fmt.Errorf("%s is called before those who were to go first", called.token)
	}
	return nil
}

func senior(a, b queue.Waiter) bool {
	switch {
	case a.SeniorityMs != b.SeniorityMs:
		return a.SeniorityMs < b.SeniorityMs
	case a.SinceMs != b.SinceMs:
		return a.SinceMs < b.SinceMs
	}
	return a.Number < b.Number
}

// ordeal is a hall with one desk's line where somebody has waited the ceiling and others keep coming whose class grows
// faster: it reports the first who is passed over against the bound.
func ordeal(t *rapid.T, rules queue.Rules) error {
	m := newModel(t)
	defer m.file.Close(t)
	m.Rules = rules
	d := m.desk("C")
	for range rapid.IntRange(10, 20).Draw(t, "people") {
		m.comes(t, rapid.SampledFrom([]string{"", "infant", "elder", "disability"}).Draw(t, "class"))
		m.file.Clock.Pass(time.Duration(rapid.IntRange(0, 30).Draw(t, "gap")) * time.Minute)
		m.tick()
		if rapid.IntRange(0, 2).Draw(t, "call") > 0 {
			continue
		}
		if err := m.serves(t, d); err != nil {
			return err
		}
	}
	return nil
}

// comes is somebody new in line for the desk's service.
func (m *model) comes(t *rapid.T, class string) {
	m.tick()
	a := desk.Asking{Actor: "kiosk/1", Lang: "ur", Services: []id.Service{"nashonuma"}, Class: class}
	if class != "" {
		a.Fact = "seen"
	}
	v, err := m.Ask(context.Background(), a)
	want(t, err, "")
	m.openDay()
	made := m.asked(v, a.Services)
	made.class = class
	m.start(t, v)
	m.unqueue(made)
	m.confirm(t, v)
	m.printed(made)
}

// serves calls and finishes with whoever is next.
func (m *model) serves(t *rapid.T, d desk.Desk) error {
	call, err := m.CallNext(context.Background(), d.Code)
	want(t, err, "")
	v := m.visits[slices.IndexFunc(m.visits, func(v *modelled) bool { return v.id == call.Visit })]
	if err := m.fair(d, v); err != nil {
		return err
	}
	want(t, m.Confirm(context.Background(), d.Code), "")
	want(t, m.Finish(context.Background(), d.Code, "done", false), "")
	m.press(d.Code, "finished", func(p *press) { m.call(p, d.Code, v); m.finish(v, "done", "done") }, v)
	return nil
}

// TestWomanAtTheDesk: whoever needs a woman is called once one signed in, though the books have different words.
func TestWomanAtTheDesk(t *testing.T) {
	h, ctx := staffed(t), t.Context()
	v, err := h.Ask(ctx, desk.Asking{Actor: "kiosk/1", Lang: "ur", Services: []id.Service{"nashonuma"}, Needs: visit.Needs{Sex: "f"}})
	refused(t, "ask", err, "")
	h.start(t, v)
	h.confirm(t, v)
	for _, c := range [][2]string{{"male", desk.NobodyWaiting}, {"female", ""}} {
		sex, code := c[0], c[1]
		h.update(t, func(tx *ledger.Tx) error {
			return tx.Append("S003", staff.Changed{Name: "Colleague 3", Role: staff.Nurse, Sex: sex})
		})
		at := h.in(t, sign("desk/C", "S003", 1))
		_, err := h.CallNext(at, "C")
		refused(t, "call by "+sex, err, code)
	}
}

func TestNobodyIsPassedOver(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		if err := ordeal(t, queue.DefaultRules()); err != nil {
			t.Fatal(err)
		}
	})
}

// Control: on a floor whose rules have no brake the same check finds people who are passed over.
func TestNobodyIsPassedOverControl(t *testing.T) {
	rules := queue.DefaultRules()
	rules.CeilingMs = 0
	caught := 0
	draw := rapid.Custom(func(t *rapid.T) bool { return ordeal(t, rules) != nil })
	for seed := range 20 {
		if draw.Example(seed) {
			caught++
		}
	}
	if caught == 0 {
		t.Error("20 floors without a brake, and nobody was passed over: the check sees nothing")
	}
	t.Logf("%d of 20 floors without a brake were found out", caught)
}
