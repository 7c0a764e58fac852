package rack

import (
	"context"
	"errors"
	"time"

	"markaz.example/devices/port"
	"markaz.example/devices/printer"
)

// Printer lets a rack run a printer and see what it says of itself.
type Printer struct{ *printer.Driver }

// Watch reports until the context ends. A state of which nothing is known is told only once the driver has judged the
// line: a printer that has just been started had no time to answer, and one whose driver is about to end will be
// reported as disconnected. A driver that does not even get its port open tells nothing; its printer is silent too.
func (p Printer) Watch(ctx context.Context, tell func([]Condition)) {
	changes := p.Changes()
	silent := time.NewTimer(heardWithin)
	defer silent.Stop()
	for {
		select {
		case s := <-changes:
			if !s.Known && s.Line == nil {
				continue
			}
			silent.Stop()
			tell(printerConditions(s))
		case <-silent.C:
			tell(printerConditions(printer.State{}))
		case <-ctx.Done():
			return
		}
	}
}

// printerConditions names every trouble at once: who closes the cover should know that paper is needed too.
func printerConditions(s printer.State) []Condition {
	now := printerLine(s)
	if !s.Known {
		return now
	}
	for _, c := range []struct {
		holds bool
		Condition
	}{
		{s.CoverOpen, Condition{Code: "printer.cover-open", Severity: Fault, Remedy: "printer.close-cover"}},
		{s.PaperOut, Condition{Code: "printer.paper-out", Severity: Fault, Remedy: "printer.change-roll"}},
		{s.Cutter, Condition{Code: "printer.cutter-jam", Severity: Fault, Remedy: "printer.free-cutter"}},
		{s.Fault, Condition{Code: "printer.fault", Severity: Fault, Remedy: "printer.switch-off-and-on"}},
		{errors.Is(s.Ready(), printer.ErrOffline), Condition{Code: "printer.off-line", Severity: Fault, Remedy: "printer.press-online"}},
		{s.NearEnd && !s.PaperOut, Condition{Code: "printer.paper-low", Severity: Warning, Remedy: "printer.fetch-roll"}},
	} {
		if c.holds {
			now = append(now, c.Condition)
		}
	}
	return now
}

// printerLine is what is wrong with the line. Silence of a printer has a remedy of its own.
func printerLine(s printer.State) []Condition {
	if !s.Known && s.Line == nil || errors.Is(s.Line, port.ErrSilent) {
		return []Condition{{Code: "printer.silent", Severity: Fault, Remedy: "printer.switch-on"}}
	}
	return lineConditions(s.Line)
}
