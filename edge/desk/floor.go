package desk

import (
	"context"
	"io"
	"log/slog"
	"time"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Floor is the hall of one centre. Any goroutine may call it.
type Floor struct {
	Ledger    *ledger.Ledger
	Catalogue Catalogue    // as Check accepts it
	Rand      io.Reader    // crypto/rand.Reader; must bear concurrent use
	Log       *slog.Logger // nil means none
	Patience  Patience     // zero means DefaultPatience()
}

// Patience is how people are called.
type Patience struct {
	RecallEvery   time.Duration // the least time between two calls of one person
	NoShowRecalls int           // recalls before somebody counts as not here
	NoShowAfter   time.Duration // and the least time since the first call
}

// Slip is a visit's paper: what the kiosk shows while it is printed, and what is composed for the printer.
type Slip struct {
	Seq     uint64
	Visit   id.Visit
	Token   id.Token
	Code    id.Code // of the phone page, for the QR
	Day     string  // business day, "2026-11-22"
	Lang    string
	Stops   []Stop      // in order
	State   SlipState   //
	Reason  string      // why the paper is held, uncertain or withdrawn: "paper-out"
	Reprint bool        // the paper must say that it is a reprint
	Ahead   int         // people waiting before this visit at its present stop
	Opened  clock.Stamp // when the number was given
}

// Stop is one service of a visit and where it stands.
type Stop struct {
	Service Service
	State   visit.State
	Desk    id.Desk // that called last; empty before
}

// SlipState is whether the paper is in hand.
type SlipState string

// The states of a slip.
const (
	SlipPrinting  SlipState = "printing"  // queued or being printed
	SlipInHand    SlipState = "in-hand"   // printed and confirmed, at least once
	SlipHeld      SlipState = "held"      // not printed; printed when somebody asks again, see Reason
	SlipUncertain SlipState = "uncertain" // may or may not be out; a marked reprint is offered
	SlipOver      SlipState = "over"      // the visit is done or left; nothing will be printed
)

// Place is what the phone page of a slip shows. It names nobody.
type Place struct {
	Seq   uint64
	Token id.Token
	Lang  string
	State visit.State // of the present stop; done or Left when the visit is over
	Stops []Stop
	Stop  int     // index of the present stop; of the last when the visit is over
	Ahead int     // people waiting before this visit; meaningful while waiting
	Desk  id.Desk // to go to while called or serving
	Room  string  // of that desk, or of the present stop's service
}

// Call is a visit in the hand of a desk.
type Call struct {
	Seq     uint64
	Visit   id.Visit
	Token   id.Token
	Lang    string
	Desk    id.Desk
	State   visit.State // called or serving
	Stops   []Stop
	Stop    int         // index of the stop that this desk is for
	Called  clock.Stamp // the first call of this stop
	Recalls int
}

// DeskBoard is a desk's screen.
type DeskBoard struct {
	Seq     uint64
	Desk    Desk
	Current *Call  // nil when nobody is in hand
	Lines   []Line // of the services of this desk, in its order of preference
}

// Line is how many wait for a service.
type Line struct {
	Service Service
	Waiting int
	Next    []id.Token // the first few, in order
}

// HallBoard is the hall screen.
type HallBoard struct {
	Seq   uint64
	Day   string
	Calls []HallCall // newest first, six at most; a recall makes a call the newest
	Lines []Line     // of every service of the catalogue, in its order
}

// HallCall is a number and where it has to go.
type HallCall struct {
	Seq     uint64 // record of the call or recall: rises with every one that has to be seen and heard anew
	Token   id.Token
	Desk    id.Desk
	Room    string
	Recalls int
}

// Figures counts the visits of a business day. Asked = NotInHand + Waiting + Called + Serving + Done + NoShow + Left.
type Figures struct {
	Seq       uint64
	Day       string
	Asked     int // numbers given
	Issued    int // of them, paper confirmed
	NotInHand int // made, paper not confirmed, not left
	Waiting   int
	Called    int
	Serving   int
	Done      int
	NoShow    int
	Left      int
	Printing  int // print jobs queued or printing
	Held      int // print jobs that certainly have no ink and wait to be asked for
	Uncertain int // print jobs that may or may not be out
}

// Changed is closed when anything a screen shows may have changed.
func (f *Floor) Changed() <-chan struct{} { return f.Ledger.Changed() }

// Ask gives a number to somebody at a kiosk ("kiosk/1") and queues its slip. Services are in the order wanted.
// Refusals: NoService, NoSuchService, NoSuchLanguage, NumbersUsedUp.
func (f *Floor) Ask(ctx context.Context, kiosk string, services []id.Service, lang string) (id.Visit, error) {
	panic("not yet")
}

// PrintAgain prints a slip that is not in hand: a held one as the first copy, an uncertain one as a marked reprint. One
// that is on its way is left alone, so however many press, one paper comes out.
// Refusals: NoSuchVisit, VisitOver, PrintedAlready.
func (f *Floor) PrintAgain(ctx context.Context, actor string, v id.Visit) error { panic("not yet") }

// Reprint prints a slip once more though it is in hand, marked as a reprint. Otherwise it is PrintAgain.
// Refusals: NoSuchVisit, VisitOver.
func (f *Floor) Reprint(ctx context.Context, actor string, v id.Visit) error { panic("not yet") }

// Slip is a visit's paper. Refusals: NoSuchVisit.
func (f *Floor) Slip(ctx context.Context, v id.Visit) (Slip, error) { panic("not yet") }

// ByCode is the place in line of the slip that carries the code. Refusals: NoSuchVisit.
func (f *Floor) ByCode(ctx context.Context, c id.Code) (Place, error) { panic("not yet") }

// CallNext calls whoever is next for a desk. Refusals: NoSuchDesk, StillServing, StillCalling, NobodyWaiting.
func (f *Floor) CallNext(ctx context.Context, d id.Desk) (*Call, error) { panic("not yet") }

// Recall calls the same person again. Refusals: NoSuchDesk, NobodyCalled, RecallSoon.
func (f *Floor) Recall(ctx context.Context, d id.Desk) error { panic("not yet") }

// Confirm says that the person called is here and being served. Refusals: NoSuchDesk, NobodyCalled.
func (f *Floor) Confirm(ctx context.Context, d id.Desk) error { panic("not yet") }

// Finish ends the stop with an outcome ("done", "papers-missing"); the next stop, if any, is then waiting.
// Refusals: NoSuchDesk, NobodyServed, BadOutcome.
func (f *Floor) Finish(ctx context.Context, d id.Desk, outcome string) error { panic("not yet") }

// NoShow gives up on the person called. Refusals: NoSuchDesk, NobodyCalled, NoShowSoon.
func (f *Floor) NoShow(ctx context.Context, d id.Desk) error { panic("not yet") }

// Leave ends a visit wherever it stands, with a reason ("went-home"). Refusals: NoSuchVisit, VisitOver, BadReason.
func (f *Floor) Leave(ctx context.Context, actor string, v id.Visit, reason string) error {
	panic("not yet")
}

// DeskBoard is a desk's screen. Refusals: NoSuchDesk.
func (f *Floor) DeskBoard(ctx context.Context, d id.Desk) (DeskBoard, error) { panic("not yet") }

// HallBoard is the hall screen.
func (f *Floor) HallBoard(ctx context.Context) (HallBoard, error) { panic("not yet") }

// Figures counts the present business day.
func (f *Floor) Figures(ctx context.Context) (Figures, error) { panic("not yet") }

// TicketPrinted puts a visit in line once its paper is confirmed. The spool calls it in the decision that records the
// confirmation; of a reprint, or when the person has left meanwhile, it records nothing.
func (f *Floor) TicketPrinted(tx *ledger.Tx, job paper.Job) error { panic("not yet") }
