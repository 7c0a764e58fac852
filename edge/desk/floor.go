package desk

import (
	"context"
	"io"
	"log/slog"
	"time"

	"markaz.example/edge/book/booking"
	"markaz.example/edge/book/check"
	"markaz.example/edge/book/diagnosis"
	"markaz.example/edge/book/household"
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
	"markaz.example/edge/queue"
)

// Books is what a floor keeps, in the order the books were introduced. Tools at its desks keep their own besides.
func Books() []ledger.Book {
	return []ledger.Book{
		visit.Book(), paper.Book(), identity.Book(), reading.Book(),
		post.Book(), pack.Book(), lease.Book(), check.Book(), diagnosis.Book(),
		household.Book(), // an appointment can be a household's
		staff.Book(),
		booking.Book(),
	}
}

// Floor is the hall of one centre. Any goroutine may call it.
type Floor struct {
	Ledger    *ledger.Ledger
	Catalogue Catalogue    // as Check accepts it
	Rand      io.Reader    // crypto/rand.Reader; must bear concurrent use
	Log       *slog.Logger // nil means none
	Patience  Patience     // zero means DefaultPatience()
	Rules     queue.Rules  // who is next; zero means queue.DefaultRules()
	Languages []string     // that visitors can choose; none means Urdu and English
	Pins      *pin.Keeper  // of the staff's PINs; nil means that nobody can sign in

	// Machines is which machines work at a desk at this moment ("scale"); nil means that all do. It is called inside
	// decisions, so it must answer at once.
	Machines func(id.Desk) []string

	// Estimate is the wait that is promised when a stop begins to wait, in whole minutes; ok is false when there is too
	// little to go by. It is called inside the decision, and sees what was decided before. Nil promises nothing; a box sets
	// it to Expect.
	Estimate func(src ledger.Source, w queue.Waiter, nowMs int64) (lowMin, highMin int, ok bool)

	// VisitorSex is the sex of who came with a visit, "female" or "male", for the report; empty where it is not known. Nil
	// knows nobody's; a box that registers families sets it to what registration knows.
	VisitorSex func(src ledger.Source, v id.Visit) string

	lines lineCache
}

// Sitting is who sits at a desk, as far as it decides whom the desk can serve. Empty when nobody does.
type Sitting struct {
	Staff     string // code
	Skills    []string
	Languages []string
	Sex       string // "f", "m"
}

// Patience is how people are called.
type Patience struct {
	RecallEvery   time.Duration // the least time between two calls of one person
	NoShowRecalls int           // recalls before somebody counts as not here
	NoShowAfter   time.Duration // and the least time since the first call
	ReturnAfter   int           // how many go before somebody who comes back after a no-show; the second time all do
	UndoWithin    time.Duration // how long the last press at a desk can be taken back
	UndoLate      time.Duration // and with a second person's approval
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
	Persons int
	Class   string   // empty is normal
	From    id.Visit // that it was split from; empty for none
}

// Stop is one service of a visit and where it stands.
type Stop struct {
	Service Service
	State   visit.State
	Desk    id.Desk // that called last; empty before
	Index   int     // of the stop in the ledger: what events, readings and papers name it by
	Outcome string  // once done, failed or cancelled
	Note    string  // code that the desk before sent along with a transfer; empty for none
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
	State visit.State // of the present stop; done, left, cancelled or failed when the visit is over
	Stops []Stop      // in the order walked
	Stop  int         // index in Stops of the present stop; of the last when the visit is over
	Ahead int         // people who would be called before this visit; meaningful while waiting
	Desk  id.Desk     // to go to while called or serving
	Room  string      // of that desk, or of the present stop's service

	Visit       id.Visit
	Persons     int
	LowMin      int    // the wait promised when this stop began to wait, in minutes: not called before
	HighMin     int    // and called by then; 0 when nothing was promised
	WaitedMin   int    // of this stop so far
	Closed      bool   // no desk that is open serves the present stop: no wait can be told
	Message     string // what to tell the person: "wait", "soon", "go", "inside", "hold", "parked", "missed", "printing", "over"
	MayCancel   bool   // planned or waiting: the person may cancel from the phone page
	Announced   []Announcement
	Appointment int64 // wall milliseconds of the booked time; 0 for none
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

	Index    int         // of the present stop in the ledger
	Served   clock.Stamp // when serving began, the last time; zero before
	ServedMs int64       // serving so far before that, holds and parks taken out
	WaitedMs int64       // of this stop, holds taken out
	TargetMs int64       // the service's target time; 0 for none
	Persons  int
	Class    string
	Fact     string // why the class
	Needs    visit.Needs
	Journey  string
	Marks    []string // codes that other parts set: "sam"
	Note     string   // code that came with a transfer
	From     id.Visit // that this one was split from
	Carried  string   // business day that it was carried over from; empty for none
	Outcomes []string // that this stop may end with, the usual one first
	LowMin   int      // the wait that was promised for this stop, in minutes
	HighMin  int      // 0 when nothing was promised

	// While called: wall milliseconds since 1970 UTC from which the call may be repeated and given up, and how many more
	// recalls come before that. The floor decides by the clock that nobody sets; these are for a count-down.
	RecallFrom  int64
	NoShowFrom  int64
	NoShowCalls int
}

// DeskBoard is a desk's screen.
type DeskBoard struct {
	Seq     uint64
	Desk    Desk
	Current *Call  // nil when nobody is in hand
	Lines   []Line // of the services of this desk, in its order of preference

	State  visit.DeskState // open, paused, closed
	Reason string          // why it is paused or closed
	Since  clock.Stamp     // of State; zero when it was never set
	Staff  string          // who is signed in; empty for nobody

	Next    []Waiting // whom it would call if it pressed now, in order; a few
	Held    []Waiting // on hold from this desk
	Parked  []Waiting // parked by this desk, or in the pool of its services
	Missed  []Waiting // did not come when called for a service of this desk, newest first
	MayUndo bool      // the last press can be taken back
	Undo    string    // what that press was: "called", "finished", "no-show"
	UndoBy  int64     // until when it can, wall milliseconds since 1970 UTC, for a count-down
	DayOver bool      // the day is closed
}

// Waiting is somebody who is not at a desk.
type Waiting struct {
	Visit    id.Visit
	Token    id.Token
	Service  Service
	Class    string
	Persons  int
	State    visit.State // waiting, hold, parked, no-show
	WaitedMs int64       // in that state
	Since    clock.Stamp // when it came to it
	Reason   string      // of a hold or park
	Desk     id.Desk     // that held, parked or called; that a transfer is meant for while waiting
	Pool     bool        // parked for any desk of the service
	Rule     queue.Rule  // why it would be next; empty outside DeskBoard.Next
	Carried  string      // business day that it was carried over from; empty for none
}

// Line is how many wait for a service.
type Line struct {
	Service Service
	Waiting int
	Next    []id.Token // the first few, in the order in which they would be called

	Closed    bool   // takes no new visitors
	Reason    string // why
	Desks     int    // open ones that serve it
	LongestMs int64  // wait of whoever waits longest; 0 for nobody
	Missed    int    // did not come when called
}

// HallBoard is the hall screen.
type HallBoard struct {
	Seq   uint64
	Day   string
	Calls []HallCall // newest first, six at most; a recall makes a call the newest
	Lines []Line     // of every service of the catalogue, in its order

	Rooms     []HallRoom // in the order of the catalogue
	Announced []Announcement
	DayOver   bool // the day is closed
}

// HallRoom is what one room's screen shows of the calls: those into it.
type HallRoom struct {
	Room    string
	Calls   []HallCall // newest first, six at most
	Waiting int        // for services whose desks are in this room
}

// Announcement is what somebody says to the hall.
type Announcement struct {
	Seq   uint64
	Text  string      // as typed
	Room  string      // empty for all
	Until clock.Stamp // the moment it ends, by the clock of the moment it was made
	Actor string
}

// HallCall is a number and where it has to go.
type HallCall struct {
	Seq     uint64 // record of the call or recall: rises with every one that has to be seen and heard anew
	Token   id.Token
	Desk    id.Desk
	Room    string
	Recalls int

	Visit   id.Visit
	Lang    string // of the visit: what its call is said in
	Service id.Service
	At      clock.Stamp
	State   visit.State // of the call by now: called while it is still awaited
}

// Figures counts the visits of a business day. Asked is the sum of NotInHand, Waiting, Called, Serving, Hold, Parked,
// NoShow, Done, Left, Cancelled, Failed and Carried.
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
	Hold      int
	Parked    int
	Cancelled int
	Failed    int
	Carried   int // went over into the next day
	Printing  int // print jobs queued or printing
	Held      int // print jobs that certainly have no ink and wait to be asked for
	Uncertain int // print jobs that may or may not be out
}

// Changed is closed when anything a screen shows may have changed.
func (f *Floor) Changed() <-chan struct{} { return f.Ledger.Changed() }

// karachi is the zone of the centre's days.
var karachi = time.FixedZone("PKT", 5*60*60)

// Today is the present time in the centre's zone, as far as the box knows.
func (f *Floor) Today() time.Time { return f.Ledger.Clock().Now().Time().In(karachi) }

func (f *Floor) patience() Patience {
	if f.Patience == (Patience{}) {
		return DefaultPatience()
	}
	return f.Patience
}

// Decide takes a decision and turns what goes wrong into a refusal. What is done at a desk or on the floor is done by
// whoever sits there.
func (f *Floor) Decide(ctx context.Context, actor string, decision func(*ledger.Tx) error) error {
	return f.Refused(f.Ledger.Update(ctx, signed(ctx, actor), func(tx *ledger.Tx) error {
		if err := f.admit(ctx, tx, actor); err != nil {
			return err
		}
		return decision(tx)
	}))
}

// Look answers a question from one snapshot.
func (f *Floor) Look(ctx context.Context, question func(ledger.Snapshot) error) error {
	return f.Refused(f.Ledger.View(ctx, question))
}
