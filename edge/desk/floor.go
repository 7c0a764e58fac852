package desk

import (
	"context"
	"io"
	"log/slog"
	"time"

	"markaz.example/edge/book/check"
	"markaz.example/edge/book/diagnosis"
	"markaz.example/edge/book/identity"
	"markaz.example/edge/book/lease"
	"markaz.example/edge/book/pack"
	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/post"
	"markaz.example/edge/book/reading"
	"markaz.example/edge/book/staff"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/pin"
)

// Books is what a floor keeps, in the order the books were introduced.
func Books() []ledger.Book {
	return []ledger.Book{
		visit.Book(), paper.Book(), identity.Book(), reading.Book(),
		post.Book(), pack.Book(), lease.Book(), check.Book(), diagnosis.Book(),
		staff.Book(),
	}
}

// Floor is the hall of one centre. Any goroutine may call it.
type Floor struct {
	Ledger    *ledger.Ledger
	Catalogue Catalogue    // as Check accepts it
	Rand      io.Reader    // crypto/rand.Reader; must bear concurrent use
	Log       *slog.Logger // nil means none
	Patience  Patience     // zero means DefaultPatience()
	Pins      *pin.Keeper  // of the staff's PINs; nil means that nobody can sign in
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

func (f *Floor) patience() Patience {
	if f.Patience == (Patience{}) {
		return DefaultPatience()
	}
	return f.Patience
}

// decide takes a decision and turns what goes wrong into a refusal. What is done at a desk or on the floor is done by
// whoever sits there.
func (f *Floor) decide(ctx context.Context, actor string, decision func(*ledger.Tx) error) error {
	return f.refuse(f.Ledger.Update(ctx, signed(ctx, actor), func(tx *ledger.Tx) error {
		if err := f.admit(ctx, tx, actor); err != nil {
			return err
		}
		return decision(tx)
	}))
}

// look answers a question from one snapshot.
func (f *Floor) look(ctx context.Context, question func(ledger.Snapshot) error) error {
	return f.refuse(f.Ledger.View(ctx, question))
}
