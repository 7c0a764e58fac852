package box

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"markaz.example/devices/port"
	"markaz.example/devices/printer"
	"markaz.example/devices/rack"
	"markaz.example/edge/book/paper"
	"markaz.example/edge/clock"
	"markaz.example/edge/health"
	"markaz.example/edge/spool"
)

func TestTroubleSaysWhatAPersonCanPutRight(t *testing.T) {
	for _, c := range []struct {
		err     error
		reason  string
		passing bool
	}{
		{printer.ErrPaperOut, paper.ReasonPaperOut, false},
		{printer.ErrCoverOpen, paper.ReasonCoverOpen, false},
		{printer.ErrCutter, paper.ReasonFault, false},
		{printer.ErrFault, paper.ReasonFault, false},
		{printer.ErrWidth, paper.ReasonFault, false},
		{printer.ErrOffline, paper.ReasonOffline, false},
		{printer.ErrSilent, paper.ReasonOffline, false},
		{printer.ErrNotRunning, paper.ReasonOffline, false},
		{port.ErrGone, paper.ReasonOffline, false},
		{port.ErrBabble, paper.ReasonOffline, false},
		{port.ErrHalf, paper.ReasonOffline, false},
		{printer.ErrRecovering, paper.ReasonBusy, true},
		{context.DeadlineExceeded, paper.ReasonBusy, true},
		{context.Canceled, paper.ReasonBusy, true},
		{errors.New("something new"), paper.ReasonFault, false},
		{errors.Join(printer.ErrPaperOut, port.ErrStuck), paper.ReasonPaperOut, false},
	} {
		for _, err := range []error{c.err, &printer.NotSentError{Reason: c.err}, &printer.UncertainError{Reason: c.err}} {
			got := trouble(err)
			if got.Reason != c.reason || got.Passing != c.passing {
				t.Errorf("%v: got %s, passing %v, want %s, %v", err, got.Reason, got.Passing, c.reason, c.passing)
			}
			if paper.CheckReason(got.Reason) != nil || !errors.Is(got, c.err) {
				t.Errorf("%v: %#v", err, got)
			}
		}
	}
}

func TestOnlyWhatWasNotSentMayBeTriedAgain(t *testing.T) {
	err := notSent(trouble(printer.ErrPaperOut))
	var why *spool.Trouble
	if !errors.Is(err, spool.ErrNotSent) || !errors.As(err, &why) || why.Reason != paper.ReasonPaperOut {
		t.Errorf("got %v, want ErrNotSent with its trouble", err)
	}
	if uncertain := error(trouble(&printer.UncertainError{Reason: printer.ErrPaperOut})); errors.Is(uncertain, spool.ErrNotSent) {
		t.Errorf("%v counts as not sent", uncertain)
	}
}

// What the rack reports of a device replaces what it reported before, and nothing of other devices.
func TestReporterReplacesADevicesConditions(t *testing.T) {
	board := health.New(func() clock.Stamp { return clock.Stamp{} })
	r := &reporter{board: board, held: map[string][]condition{}}
	shown := func() (all []string) {
		for _, c := range board.List() {
			all = append(all, fmt.Sprint(c.Dev, " ", c.Code, " ", c.Severity))
		}
		return all
	}
	for _, step := range []struct {
		dev  string
		now  []rack.Condition
		want []string
	}{
		{"printer/a", []rack.Condition{{Code: "printer.paper-low"}}, []string{"printer/a printer.paper-low warning"}},
		{"printer/b", []rack.Condition{{Code: "printer.silent", Severity: rack.Fault}},
			[]string{"printer/b printer.silent critical", "printer/a printer.paper-low warning"}},
		{"printer/a", []rack.Condition{{Code: "printer.paper-out", Severity: rack.Fault}},
			[]string{"printer/a printer.paper-out critical", "printer/b printer.silent critical"}},
		{"printer/a", nil, []string{"printer/b printer.silent critical"}},
		{"printer/b", nil, nil},
		{paypointName, []rack.Condition{{Code: "paypoint.cash-out", Part: "hbl/1"}, {Code: "paypoint.cash-out", Part: "hbl/2"}},
			[]string{"paypoint/hbl/1 paypoint.cash-out warning", "paypoint/hbl/2 paypoint.cash-out warning"}},
		{paypointName, []rack.Condition{{Code: "paypoint.cash-out", Part: "hbl/2"}}, []string{"paypoint/hbl/2 paypoint.cash-out warning"}},
		{paypointName, nil, nil},
	} {
		r.Report(step.dev, step.now)
		if got := shown(); !same(got, step.want) {
			t.Errorf("after %v of %s: got %q, want %q", step.now, step.dev, got, step.want)
		}
	}
}

// same compares without order: conditions of one severity are sorted by time.
func same(a, b []string) bool {
	count := map[string]int{}
	for _, s := range a {
		count[s]++
	}
	for _, s := range b {
		count[s]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}
