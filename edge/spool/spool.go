package spool

import (
	"context"
	"errors"
	"log/slog"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/health"
	"markaz.example/edge/ledger"
)

// Printer turns a job into paper. Print is called by one goroutine at a time, Ready by another.
type Printer interface {
	// Print returns nil once the printer has confirmed that the paper is out. An error that is ErrNotSent says that no
	// byte left the box; after any other the paper may be out. A *Trouble in the error says why. Print sets its own
	// limit of time and ends soon after the context does.
	Print(ctx context.Context, job paper.Job) error
	// Ready returns nil when a job would probably be printed now, else why not, with a *Trouble. It does not block.
	Ready() error
}

// ErrNotSent is in an error of Print when it is certain that no byte left.
var ErrNotSent = errors.New("nothing was sent to the printer")

// Trouble is why a printer does not print.
type Trouble struct {
	Reason  string // a code such as paper.ReasonPaperOut
	Passing bool   // it ends within seconds without anybody's help: busy, restarting
	Cause   error  // for the log; may be nil
}

func (t *Trouble) Error() string {
	if t.Cause == nil {
		return t.Reason
	}
	return t.Reason + ": " + t.Cause.Error()
}

// Unwrap is the cause.
func (t *Trouble) Unwrap() error { return t.Cause }

// Device is a printer under its name.
type Device struct {
	Name string // "printer/hall"
	Printer
}

// Spool prints the jobs of one ledger. Set its fields, then call Run once.
type Spool struct {
	Ledger *ledger.Ledger
	// Printers in order: the first that is ready takes the job, but not that of one before it that may still be starting.
	// With none, all are held as offline.
	Printers []Device
	// Printed is called inside the decision that records a confirmation. Its events are recorded with it or not at all.
	Printed func(*ledger.Tx, paper.Job) error
	Health  *health.Board // nil means none
	Log     *slog.Logger  // nil means none
}

// ConditionHeld is the health condition that jobs wait to be asked for. Its detail is how many.
const ConditionHeld = "paper.held"

// troubleOf is what an error says about a printer.
func troubleOf(err error) Trouble {
	var t *Trouble
	if !errors.As(err, &t) || paper.CheckReason(t.Reason) != nil {
		return Trouble{Reason: paper.ReasonFault, Cause: err}
	}
	return *t
}
