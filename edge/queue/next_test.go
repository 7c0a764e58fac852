package queue

import (
	"testing"

	"markaz.example/edge/id"
)

const (
	cash  id.Service = "kafaalat"
	child id.Service = "nashonuma"
)

// since is a waiter who came so many minutes before the time of the tables.
func since(minutes int64, c Class, change ...func(*Waiter)) Waiter {
	w := Waiter{Service: cash, Class: c, SinceMs: noonMs - minutes*minuteMs, SeniorityMs: noonMs - minutes*minuteMs}
	for _, f := range change {
		f(&w)
	}
	return w
}

const noonMs = 12 * 60 * minuteMs

func booked(inMinutes int64) func(*Waiter) {
	return func(w *Waiter) { w.ApptMs = noonMs + inMinutes*minuteMs }
}

func needs(n Needs) func(*Waiter) { return func(w *Waiter) { w.Needs = n } }
func at(s id.Service) func(*Waiter) {
	return func(w *Waiter) { w.Service = s }
}

func TestNext(t *testing.T) {
	one := Desk{Open: true, Serves: []id.Service{cash}}
	both := Desk{Open: true, Serves: []id.Service{cash, child}}
	tests := []struct {
		name    string
		desk    Desk
		waiting []Waiter
		want    int // -1: nobody
		why     Why
	}{
		{"nobody", one, nil, -1, Why{}},
		{"closed", Desk{Serves: one.Serves}, []Waiter{since(1, Normal)}, -1, Why{}},
		{"the first", one, []Waiter{since(5, Normal), since(6, Normal)}, 1, Why{ByOrder, 0}},
		{"the lower number", one, []Waiter{
			since(5, Normal, func(w *Waiter) { w.Number = 8 }), since(5, Normal, func(w *Waiter) { w.Number = 7 }),
		}, 1, Why{ByOrder, 0}},
		{"seniority, not arrival", one, []Waiter{
			since(5, Normal), since(1, Normal, func(w *Waiter) { w.SeniorityMs -= 10 * minuteMs }),
		}, 1, Why{ByOrder, 0}},
		{"behind whose seniority it was given", one, []Waiter{
			since(1, Normal, func(w *Waiter) { w.SeniorityMs -= 9 * minuteMs }), since(10, Normal, func(w *Waiter) { w.Number = 9 }),
		}, 1, Why{ByOrder, 0}},
		{"an infant within the boost", one, []Waiter{since(10, Normal), since(0, Infant, func(w *Waiter) { w.SeniorityMs-- })}, 1, Why{ByClass, 1}},
		{"an infant beyond the boost", one, []Waiter{since(12, Normal), since(0, Infant)}, 0, Why{ByOrder, 0}},
		{"an infant whose weight tells", one, []Waiter{since(30, Normal), since(11, Infant)}, 1, Why{ByClass, 1}},
		{"an elder before an infant who just came", one, []Waiter{since(20, Elder), since(0, Infant)}, 0, Why{ByOrder, 0}},
		{"the brake", one, []Waiter{since(45, Normal), since(40, Infant)}, 0, Why{ByCeiling, 0}},
		{"just below the brake", one, []Waiter{since(44, Normal), since(40, Infant)}, 1, Why{ByClass, 1}},
		{"beyond the ceiling classes count", one, []Waiter{since(47, Infant), since(101, Normal)}, 0, Why{ByClass, 1}},
		{"beyond the ceiling the clock runs the same for all", one, []Waiter{since(147, Infant), since(203, Normal)}, 1, Why{ByCeiling, 0}},
		{"an emergency before the brake", one, []Waiter{since(300, Normal), since(0, Emergency)}, 1, Why{ByEmergency, 1}},
		{"the elder emergency", one, []Waiter{since(1, Emergency), since(2, Emergency)}, 1, Why{ByOrder, 0}},
		{"an appointment that opens", one, []Waiter{since(40, Infant), since(1, Appointment, booked(5))}, 1, Why{ByAppointment, 1}},
		{"an appointment not yet", one, []Waiter{since(40, Infant), since(1, Appointment, booked(6))}, 0, Why{ByOrder, 0}},
		{"an appointment that came late", one, []Waiter{since(40, Infant), since(1, Appointment, booked(-12))}, 0, Why{ByOrder, 0}},
		{"an appointment in time that waits for the centre", one, []Waiter{since(40, Infant), since(30, Appointment, booked(-30))}, 1, Why{ByAppointment, 1}},
		{"an appointment behind the brake", one, []Waiter{since(62, Normal), since(1, Appointment, booked(0))}, 0, Why{ByCeiling, 0}},
		{"an appointment within what it counts", one, []Waiter{since(60, Normal), since(1, Appointment, booked(0))}, 1, Why{ByAppointment, 1}},
		{"another service", one, []Waiter{since(30, Normal, at(child))}, -1, Why{}},
		{"the preferred line is long", both, []Waiter{
			since(30, Normal, at(child)), since(3, Normal), since(2, Normal), since(1, Normal),
		}, 1, Why{ByPreference, 0}},
		{"the preferred line is old", both, []Waiter{since(30, Normal, at(child)), since(6, Normal)}, 1, Why{ByPreference, 0}},
		{"the preferred line is short", both, []Waiter{since(30, Normal, at(child)), since(5, Normal), since(1, Normal)}, 0, Why{ByOrder, 0}},
		{"the preferred line is empty", both, []Waiter{since(0, Normal, at(child))}, 0, Why{ByOrder, 0}},
		{"the brake in the other line", both, []Waiter{
			since(45, Normal, at(child)), since(30, Normal), since(20, Infant), since(10, Normal),
		}, 0, Why{ByCeiling, 0}},
		{"the brake in the other line lets its first go", both, []Waiter{
			since(45, Normal, at(child)), since(44, Infant, at(child)), since(1, Appointment, at(child), booked(0)), since(3, Infant), since(10, Normal),
		}, 2, Why{ByAppointment, 2}},
		{"an emergency in the other line", both, []Waiter{since(30, Normal), since(0, Emergency, at(child))}, 1, Why{ByEmergency, 0}},
		{"an appointment in the other line waits", both, []Waiter{since(30, Normal), since(1, Appointment, at(child), booked(0))}, 0, Why{ByOrder, 0}},
		{"whom the desk cannot serve does not make its line long", both, []Waiter{
			since(30, Normal, at(child)), since(9, Normal, needs(Needs{Language: "ps"})), since(8, Normal, needs(Needs{Ground: true})),
			since(7, Normal, needs(Needs{Sex: "f"})),
		}, 0, Why{ByOrder, 0}},
	}
	for _, tt := range tests {
		got, why, ok := Next(DefaultRules(), tt.desk, tt.waiting, noonMs)
		if !ok {
			got = -1
		}
		if got != tt.want || why != tt.why {
			t.Errorf("%s: got %d by %v, want %d by %v", tt.name, got, why, tt.want, tt.why)
		}
	}
}

func TestNeeds(t *testing.T) {
	able := Desk{
		Open: true, Serves: []id.Service{cash}, Languages: []string{"ur", "ps"}, Sex: "f", Ground: true,
		Skills: []string{"grievance"}, Machines: []string{"scale"},
	}
	tests := []struct {
		needs Needs
		plain bool // whether a desk without anything can
		able  bool
	}{
		{Needs{}, true, true},
		{Needs{Language: "ps"}, false, true},
		{Needs{Language: "sd"}, false, false},
		{Needs{Sex: "f"}, false, true},
		{Needs{Sex: "m"}, false, false},
		{Needs{Ground: true}, false, true},
		{Needs{Skill: "grievance"}, false, true},
		{Needs{Skill: "nadra"}, false, false},
		{Needs{Machine: "scale"}, false, true},
		{Needs{Machine: "finger"}, false, false},
		{Needs{"ps", "f", true, "grievance", "scale"}, false, true},
	}
	for _, tt := range tests {
		waiting := []Waiter{since(5, Normal, needs(tt.needs))}
		if _, _, got := Next(DefaultRules(), able, waiting, noonMs); got != tt.able {
			t.Errorf("%+v at an able desk: %v", tt.needs, got)
		}
		if _, _, got := Next(DefaultRules(), Desk{Open: true, Serves: able.Serves}, waiting, noonMs); got != tt.plain {
			t.Errorf("%+v at a plain desk: %v", tt.needs, got)
		}
	}
}

func TestRules(t *testing.T) {
	if err := DefaultRules().Check(); err != nil {
		t.Errorf("the default: %v", err)
	}
	tests := []struct {
		name   string
		change func(*Rules)
	}{
		{"no brake", func(r *Rules) { r.CeilingMs = 0 }},
		{"a brake of days", func(r *Rules) { r.CeilingMs = 1e9 }},
		{"a class nobody knows", func(r *Rules) { r.Ranks["minister"] = Rank{100, 0} }},
		{"a weight of nothing", func(r *Rules) { r.Ranks[Elder] = Rank{0, 0} }},
		{"a huge weight", func(r *Rules) { r.Ranks[Elder] = Rank{percentMax + 1, 0} }},
		{"a boost backwards", func(r *Rules) { r.Ranks[Elder] = Rank{100, -1} }},
		{"booked backwards", func(r *Rules) { r.BookedMs = -1 }},
		{"early backwards", func(r *Rules) { r.EarlyMs = -1 }},
		{"late for ever", func(r *Rules) { r.LateMs = 1e15 }},
		{"a short line of minus one", func(r *Rules) { r.ShortPeople = -1 }},
		{"a short line of all", func(r *Rules) { r.ShortPeople = shortPeopleMax + 1 }},
	}
	for _, tt := range tests {
		r := DefaultRules()
		if tt.change(&r); r.Check() == nil {
			t.Errorf("%s: accepted", tt.name)
		}
	}
}

func TestOrderAndAhead(t *testing.T) {
	waiting := []Waiter{since(5, Normal), since(20, Normal), since(1, Emergency), since(6, Infant), since(2, Normal, at(child))}
	d := Desk{Open: true, Serves: []id.Service{cash}}
	want := []int{2, 3, 1, 0}
	got := Order(DefaultRules(), d, waiting, noonMs, 9)
	if len(got) != len(want) {
		t.Fatalf("order %v, want %v", got, want)
	}
	for ahead, i := range want {
		if got[ahead] != i || Ahead(DefaultRules(), waiting, i, noonMs) != ahead {
			t.Errorf("order %v, want %v; ahead of %d: %d", got, want, i, Ahead(DefaultRules(), waiting, i, noonMs))
		}
	}
	if n := Ahead(DefaultRules(), waiting, 4, noonMs); n != 0 {
		t.Errorf("%d before the only one of a line", n)
	}
	if got := Order(DefaultRules(), d, waiting, noonMs, 2); len(got) != 2 {
		t.Errorf("limited to 2: %v", got)
	}
}
