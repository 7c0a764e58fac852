package box

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"markaz.example/devices/port"
	"markaz.example/devices/printer"
	"markaz.example/devices/rack"
	"markaz.example/devices/slip"
	"markaz.example/edge/anthropometry"
	"markaz.example/edge/book/paper"
	"markaz.example/edge/desk"
	"markaz.example/edge/health"
	"markaz.example/edge/id"
	"markaz.example/edge/spool"
)

// slipPrinter prints the spool's jobs on one device.
type slipPrinter struct {
	driver    *printer.Driver
	composer  *slip.Composer
	layout    layout
	floor     *desk.Floor
	measuring *anthropometry.Hall
}

// Print composes a job and prints it; nil means that the printer confirmed the paper.
func (p *slipPrinter) Print(ctx context.Context, job paper.Job) error {
	ctx, cancel := context.WithTimeout(ctx, printWait)
	defer cancel()
	doc, err := p.doc(ctx, job)
	if err != nil {
		return notSent(&spool.Trouble{Reason: paper.ReasonFault, Cause: err})
	}
	picture, err := p.composer.Compose(doc, p.layout.width)
	if err != nil {
		return notSent(&spool.Trouble{Reason: paper.ReasonFault, Cause: err})
	}
	err = p.driver.Print(ctx, picture)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, printer.ErrNotSent):
		return notSent(trouble(err))
	}
	return trouble(err)
}

// errForm is reported for a job that a newer version queued.
var errForm = errors.New("this version does not know how to print it; update the box, then print it from the floor page")

// doc is the paper that a job asks for.
func (p *slipPrinter) doc(ctx context.Context, job paper.Job) (slip.Doc, error) {
	switch job.Form {
	case desk.FormToken:
		s, err := p.floor.Slip(ctx, id.Visit(job.Subject))
		if err != nil {
			return slip.Doc{}, err
		}
		s.Reprint = job.Reprint
		return p.layout.ticket(s), nil
	case desk.FormReceipt:
		r, err := p.floor.Receipt(ctx, job)
		if err != nil {
			return slip.Doc{}, err
		}
		return p.layout.receipt(r), nil
	case desk.FormResult:
		r, err := p.floor.Result(ctx, job)
		if err != nil {
			return slip.Doc{}, err
		}
		return p.layout.result(r), nil
	case desk.FormReport:
		r, at, err := p.floor.PrintedReport(ctx, job)
		if err != nil {
			return slip.Doc{}, err
		}
		return p.layout.report(r, p.floor.Catalogue.Services, job.Reprint, at), nil
	case desk.FormBooking:
		a, err := p.floor.BookingPaper(ctx, job)
		if err != nil {
			return slip.Doc{}, err
		}
		return p.layout.booking(a), nil
	case anthropometry.Form:
		s, err := p.measuring.Sheet(ctx, job)
		if err != nil {
			return slip.Doc{}, err
		}
		return p.layout.growthSheet(s, p.measuring.Settings.Figures)
	case desk.FormReferral:
		r, err := p.floor.Referral(ctx, job)
		if err != nil {
			return slip.Doc{}, err
		}
		return p.layout.referral(r), nil
	}
	return slip.Doc{}, fmt.Errorf("paper %q: %w", job.Form, errForm)
}

func notSent(t *spool.Trouble) error { return errors.Join(spool.ErrNotSent, t) }

// Ready is nil when the printer would take a slip now.
func (p *slipPrinter) Ready() error {
	if err := p.driver.State().Ready(); err != nil {
		return trouble(err)
	}
	return nil
}

// trouble names a printer's error as people see it.
func trouble(err error) *spool.Trouble {
	t := &spool.Trouble{Reason: paper.ReasonFault, Cause: err}
	switch {
	case errors.Is(err, printer.ErrPaperOut):
		t.Reason = paper.ReasonPaperOut
	case errors.Is(err, printer.ErrCoverOpen):
		t.Reason = paper.ReasonCoverOpen
	case errors.Is(err, printer.ErrRecovering), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		t.Reason, t.Passing = paper.ReasonBusy, true
	case errors.Is(err, printer.ErrOffline), errors.Is(err, printer.ErrSilent),
		errors.Is(err, printer.ErrNotRunning), errors.Is(err, port.ErrGone), errors.Is(err, port.ErrSilent),
		errors.Is(err, port.ErrBabble), errors.Is(err, port.ErrHalf):
		t.Reason = paper.ReasonOffline
	}
	return t
}

// reporter shows what the rack says of devices on the health board.
type reporter struct {
	board *health.Board

	mu   sync.Mutex
	held map[string][]condition // guarded by mu: what was last set, by device of the rack
}

// condition is what is set on the board, and of which device there.
type condition struct{ code, dev string }

// Report replaces what is known of a device, and of all that are behind it.
func (r *reporter) Report(dev string, now []rack.Condition) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var held []condition
	for _, c := range now {
		own := condition{c.Code, dev}
		if class, _, ok := strings.Cut(dev, "/"); ok && c.Part != "" {
			own.dev = class + "/" + c.Part
		}
		r.board.Set(own.code, own.dev, severity(c.Severity), c.Detail)
		held = append(held, own)
	}
	for _, c := range r.held[dev] {
		if !slices.Contains(held, c) {
			r.board.Clear(c.code, c.dev)
		}
	}
	r.held[dev] = held
}

func severity(s rack.Severity) health.Severity {
	if s == rack.Fault {
		return health.Critical
	}
	return health.Warning
}
