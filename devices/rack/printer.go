package rack

import (
	"context"
	"errors"
	"time"

	"markaz.example/devices/printer"
)

// Printer lets a rack run a printer and see what it says of itself.
type Printer struct{ *printer.Driver }

// Watch reports until the context ends. Silence is believed a little later than anything else: a printer that has just
// been started had no time to answer, and one whose driver is about to end will be reported as disconnected.
func (p Printer) Watch(ctx context.Context, tell func([]Condition)) {
	changes := p.Changes()
	silent := time.NewTimer(heardWithin)
	defer silent.Stop()
	for {
		select {
		case s := <-changes:
			if !s.Known {
				silent.Reset(silenceBelieved)
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
	if !s.Known {
		return []Condition{{Code: "printer.silent", Severity: Fault, Remedy: "printer.switch-on"}}
	}
	var now []Condition
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
