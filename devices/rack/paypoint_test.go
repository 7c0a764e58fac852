package rack

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"markaz.example/devices/paypoint"
	"markaz.example/devices/paypoint/terminal"
)

var atm = terminal.Terminal{ID: terminal.ID{Bank: "hbl", Name: "047"}, Kind: terminal.ATM}

// withAxis is an ATM of which all is well but one thing.
func withAxis(a terminal.Axis, v terminal.Value) terminal.Status {
	s := terminal.Status{Terminal: atm, Can: terminal.Verdict{Can: terminal.Yes}}
	for i := range s.Told {
		s.Told[i] = terminal.OK
	}
	s.Told[terminal.Link], s.Told[terminal.Service] = terminal.Online, terminal.InService
	s.Told[a] = v
	return s
}

func codesOf(all []Condition) (out []string) {
	for _, c := range all {
		out = append(out, c.Code)
	}
	return out
}

func TestPaypointConditions(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		axis terminal.Axis
		v    terminal.Value
		want string
	}{
		{terminal.Link, terminal.Offline, "paypoint.offline"},
		{terminal.Service, terminal.OutOfService, "paypoint.out-of-service"},
		{terminal.Service, terminal.Closed, "paypoint.out-of-service"},
		{terminal.Service, terminal.Supervisor, ""},
		{terminal.Cash, terminal.Out, "paypoint.cash-out"},
		{terminal.Cash, terminal.Fault, "paypoint.cash-out"},
		{terminal.Cash, terminal.Low, "paypoint.cash-low"},
		{terminal.CardReader, terminal.Fault, "paypoint.card-reader"},
		{terminal.Receipt, terminal.Out, "paypoint.paper-out"},
		{terminal.Journal, terminal.Out, ""},
		{terminal.Receipt, terminal.OK, ""},
	} {
		s := withAxis(c.axis, c.v)
		got := paypointConditions(paypoint.State{Terminals: []terminal.Status{s}}, now, false)
		if len(got) != min(len(c.want), 1) || len(got) == 1 && (got[0].Code != c.want || got[0].Part != "hbl/047" || got[0].Remedy == "") {
			t.Errorf("%s %s: %+v, want %q", c.axis, c.v, got, c.want)
		}
		s.Silent = true
		if got := codesOf(paypointConditions(paypoint.State{Terminals: []terminal.Status{s}}, now, false)); !slices.Equal(got, []string{"paypoint.silent"}) {
			t.Errorf("%s %s, and then silence: %v", c.axis, c.v, got)
		}
		if got := paypointConditions(paypoint.State{Terminals: []terminal.Status{s}}, now, true); len(got) != 0 {
			t.Errorf("before it could speak: %v", got)
		}
	}
	two := paypoint.State{
		Terminals: []terminal.Status{withAxis(terminal.Cash, terminal.Out), withAxis(terminal.Cash, terminal.Out)},
		Troubles: []paypoint.Trouble{
			{Line: "hbl-atm", Why: "wrong-length", Count: 3, Last: now.Add(-time.Minute)}, {Line: "hbl-atm", Why: "signature", Count: 1, Last: now.Add(-time.Hour)},
			{Line: "bafl-push", Why: "seq", Count: 1, Last: now},
		},
	}
	two.Terminals[1].ID.Name = "048"
	got := paypointConditions(two, now, false)
	want := []Condition{
		{Code: "paypoint.cash-out", Severity: Fault, Remedy: "paypoint.ask-for-cash", Part: "hbl/047"},
		{Code: "paypoint.cash-out", Severity: Fault, Remedy: "paypoint.ask-for-cash", Part: "hbl/048"},
		{Code: "paypoint.garbled", Severity: Warning, Remedy: "paypoint.check-profile", Detail: "hbl-atm wrong-length"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A listener in a rack: silent terminals are named when they had time to speak, and well again when they do.
func TestPaypointsTellTheirTroubles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &paypoint.Listener{Terminals: []paypoint.Terminal{{Terminal: atm}}}
		out := &reports{}
		say := func(says map[terminal.Axis]terminal.Value, level terminal.Value) {
			board, err := l.Board()
			if err != nil {
				t.Fatal(err)
			}
			r := terminal.Report{ID: atm.ID, By: terminal.Push, Received: time.Now(), Says: says}
			r.Cassettes = []terminal.Cassette{{Number: 1, Level: level, Count: -1}}
			if err := board.Hear(r); err != nil {
				t.Fatal(err)
			}
		}
		during(t, 10*time.Minute, &Rack{Devices: []Device{{"paypoints", Paypoints{l}}}, Reporter: out}, func() {
			well := map[terminal.Axis]terminal.Value{terminal.Link: terminal.Online, terminal.Service: terminal.InService}
			for _, level := range []terminal.Value{terminal.OK, terminal.Low, terminal.Out} {
				say(well, level)
				time.Sleep(2 * time.Minute)
			}
			time.Sleep(20 * time.Minute)
		})
		want := []string{
			"paypoints:", "paypoints: paypoint.silent", "paypoints:", "paypoints: paypoint.cash-low", "paypoints: paypoint.cash-out",
			"paypoints: paypoint.silent",
		}
		if diff := cmp.Diff(want, out.codes()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestPaypointsWatchEnds(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	Paypoints{&paypoint.Listener{}}.Watch(ctx, func([]Condition) {})
}
