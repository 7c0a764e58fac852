package terminal

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

var atm = ID{"hbl", "047"}

type says = map[Axis]Value

func said(after time.Duration, s says) Report {
	return Report{ID: atm, By: NDC, Received: noon.Add(after), Says: s}
}

func notes(levels ...Value) (out []Cassette) {
	for i, l := range levels {
		out = append(out, Cassette{Number: i + 1, Level: l, Count: -1})
	}
	return out
}

// well is everything that paying takes.
func well(after time.Duration) Report {
	r := said(after, says{Link: Online, Service: InService, CardReader: OK, Dispenser: OK, Receipt: OK})
	r.Cassettes = notes(OK, OK)
	return r
}

func TestCanPay(t *testing.T) {
	for _, c := range []struct {
		name   string
		kind   Kind
		change func(*Report)
		at     time.Duration
		want   Verdict
	}{
		{"all is well", ATM, nil, time.Minute, Verdict{Yes, ""}},
		{"off-line before anything else", ATM, func(r *Report) { r.Says[Link] = Offline; r.Says[Service] = Closed }, 0, Verdict{No, "link"}},
		{"closed", ATM, func(r *Report) { r.Says[Service] = Closed }, 0, Verdict{No, "service"}},
		{"supervisor", ATM, func(r *Report) { r.Says[Service] = Supervisor }, 0, Verdict{No, "service"}},
		{"one cassette empty", ATM, func(r *Report) { r.Cassettes = notes(OK, Out) }, 0, Verdict{Yes, ""}},
		{"all empty", ATM, func(r *Report) { r.Cassettes = notes(Out, Out) }, 0, Verdict{No, "cash"}},
		{"card reader", ATM, func(r *Report) { r.Says[CardReader] = Fault }, 0, Verdict{No, "card-reader"}},
		{"dispenser", ATM, func(r *Report) { r.Says[Dispenser] = Fault }, 0, Verdict{No, "dispenser"}},
		{"dispenser not at its best", ATM, func(r *Report) { r.Says[Dispenser] = Degraded }, 0, Verdict{Yes, ""}},
		{"nothing of the dispenser", ATM, func(r *Report) { delete(r.Says, Dispenser) }, 0, Verdict{Yes, ""}},
		{"nothing of service: unknown, not fine", ATM, func(r *Report) { delete(r.Says, Service) }, 0, Verdict{Unknown, "service"}},
		{"what is known stands before what is not", ATM, func(r *Report) { delete(r.Says, Service); r.Says[CardReader] = Fault }, 0, Verdict{No, "card-reader"}},
		{"five minutes", ATM, nil, staleAfter, Verdict{No, Stale}},
		{"a moment before", ATM, nil, staleAfter - 1, Verdict{Yes, ""}},
		{"fifteen minutes", ATM, nil, silentATM, Verdict{Unknown, Silent}},
		{"a broken one too", ATM, func(r *Report) { r.Says[Link] = Offline }, silentATM, Verdict{Unknown, Silent}},
		{"a POS needs no cash", POS, func(r *Report) { r.Cassettes = nil; delete(r.Says, Dispenser) }, 0, Verdict{Yes, ""}},
		{"a POS after ten minutes", POS, nil, silentPOS, Verdict{Unknown, Silent}},
	} {
		r := well(0)
		if c.change != nil {
			c.change(&r)
		}
		if got := New(c.kind).After(r).CanPay(c.kind, noon.Add(c.at)); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
	if got := New(ATM).CanPay(ATM, noon); got != (Verdict{Unknown, NeverHeard}) {
		t.Errorf("after a restart: %+v", got)
	}
}

func TestCash(t *testing.T) {
	for _, c := range []struct {
		levels []Value
		disp   Value
		want   Value
	}{
		{[]Value{OK, OK, None, None}, OK, OK},
		{[]Value{OK, Low}, OK, Low},
		{[]Value{OK, Out}, OK, Low},
		{[]Value{OK, Fault}, OK, Low},
		{[]Value{Out, Fault}, OK, Fault},
		{[]Value{Out, Out, None}, OK, Out},
		{[]Value{Out, OK, OK}, Fault, Out},
		{[]Value{OK, OK}, Fault, OK},
		{[]Value{Unknown, None}, OK, Unknown},
	} {
		r := said(0, says{Dispenser: c.disp})
		r.Cassettes = notes(c.levels...)
		if got := New(ATM).After(r).Axes[Cash].Value; got != c.want {
			t.Errorf("%v, dispenser %s: %s, want %s", c.levels, c.disp, got, c.want)
		}
	}
}

func TestEachAxisHasItsOwnTimeAndSource(t *testing.T) {
	s := New(ATM).After(said(0, says{Link: Online, Service: InService}))
	s = s.After(Report{ID: atm, By: Push, Device: noon.Add(time.Minute), Received: noon.Add(2 * time.Minute), Says: says{Service: Closed}})
	link, service := s.Axes[Link], s.Axes[Service]
	if link.By != NDC || !link.At.Equal(noon) || service.By != Push || !service.At.Equal(noon.Add(time.Minute)) || s.By != Push {
		t.Errorf("link %+v, service %+v", link, service)
	}
}

func TestOlderChangesNothing(t *testing.T) {
	push := func(device, received time.Duration, v Value) Report {
		return Report{ID: atm, By: Push, Device: noon.Add(device), Received: noon.Add(received), Says: says{Service: v}}
	}
	for _, c := range []struct {
		name string
		in   []Report
		want Value
	}{
		{"in order", []Report{push(0, 0, Closed), push(1, 1, InService)}, InService},
		{"late", []Report{push(1, 1, InService), push(0, 2, Closed)}, InService},
		{"one time, the later arrival", []Report{push(0, 1, Closed), push(0, 2, InService)}, InService},
		{"one time, the earlier arrival", []Report{push(0, 2, InService), push(0, 1, Closed)}, InService},
		{"a fast clock is compared with itself", []Report{push(time.Hour, 0, Closed), push(time.Hour+1, 1, InService)}, InService},
		{"and with others by when it arrived", []Report{push(time.Hour, 0, Closed), said(1, says{Service: InService})}, InService},
	} {
		s := New(ATM)
		for _, r := range c.in {
			s = s.After(r)
		}
		if got := s.Axes[Service].Value; got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// Whatever the order in which they arrive, the newest message of a source wins on every axis.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []Report
		for i := range rapid.IntRange(1, 8).Draw(t, "messages") {
			s := says{}
			for _, a := range []Axis{Link, Service, Receipt} {
				if rapid.Bool().Draw(t, "says") {
					s[a] = Value(fmt.Sprint(i))
				}
			}
			all = append(all, Report{ID: atm, By: Push, Device: noon.Add(time.Duration(i) * time.Second), Received: noon.Add(time.Hour), Says: s})
		}
		ordered, mixed := New(ATM), New(ATM)
		for _, r := range all {
			ordered = ordered.After(r)
		}
		for _, r := range rapid.Permutation(all).Draw(t, "order") {
			mixed = mixed.After(r)
		}
		if diff := cmp.Diff(ordered.Axes, mixed.Axes, cmp.AllowUnexported(Reading{})); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestWholeMessageForgets(t *testing.T) {
	s := New(ATM).After(said(0, says{Journal: OK}))
	first := Report{ID: atm, By: Push, Received: noon.Add(1), Whole: true, Says: says{Receipt: OK, Service: InService}, Cassettes: notes(OK, OK)}
	s = s.After(first)
	second := Report{ID: atm, By: Push, Received: noon.Add(2), Whole: true, Says: says{Service: InService}}
	s = s.After(second)
	if s.Axes[Receipt].Value != Unknown || s.Axes[Cash].Value != Unknown || s.Axes[Service].Value != InService {
		t.Errorf("what a bank stops telling is unknown: %+v", s.Axes)
	}
	if s.Axes[Journal].Value != OK {
		t.Error("what another source tells is not this one's to forget")
	}
	late := first
	late.Received = noon
	if s = s.After(late); s.Axes[Receipt].Value != Unknown {
		t.Error("a late message brought back what was forgotten")
	}
}

func TestHeardAndMoney(t *testing.T) {
	s := New(ATM).After(Report{ID: atm, By: Push, Device: noon.Add(-time.Hour), Received: noon, Money: noon.Add(-2 * time.Hour)})
	if !s.Heard.Equal(noon.Add(-time.Hour)) || !s.Money.Equal(noon.Add(-2*time.Hour)) {
		t.Errorf("an old message is not fresh because it arrives now: %v, %v", s.Heard, s.Money)
	}
	s = s.After(Report{ID: atm, By: ISO, Received: noon, Money: noon.Add(time.Hour), Advices: 1})
	if !s.Money.Equal(noon) || s.Advices != 1 {
		t.Errorf("money is not paid out in the future: %v", s.Money)
	}
	s = s.After(Report{ID: atm, By: Probe, Received: noon.Add(time.Hour), Aside: true, Says: says{Link: Online}})
	if !s.Heard.Equal(noon) || s.Axes[Link].By != Probe {
		t.Errorf("an open port is no word of the terminal: %v", s.Heard)
	}
}

func TestIDs(t *testing.T) {
	for id, ok := range map[ID]bool{
		{"hbl", "047"}: true, {"hbl", ""}: false, {"", "047"}: false, {"h/l", "047"}: false, {"hbl", "4111 1111"}: false,
		{"hbl", "0123456789012345678901234567890123"}: false,
	} {
		if err := id.Check(); (err == nil) != ok {
			t.Errorf("%q: %v", id, err)
		}
	}
}
