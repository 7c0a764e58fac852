package desk

import (
	"cmp"
	"context"
	"errors"
	"time"

	"markaz.example/edge/book/booking"
	"markaz.example/edge/book/diagnosis"
	"markaz.example/edge/book/lease"
	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/staff"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/ledger"
	"markaz.example/edge/pin"
)

// The codes of refusals. They key the translations and never change their meaning.
const (
	NoSuchService    = "service.unknown" // asked for something the centre does not offer
	NoService        = "service.none"    // asked for nothing, for too much, or for one thing twice
	NoSuchLanguage   = "language.unknown"
	NumbersUsedUp    = "token.used-up" // 999 numbers of this letter today
	NoSuchVisit      = "visit.unknown" // also a code that is on no slip
	VisitOver        = "visit.over"    // done or left
	PrintedAlready   = "paper.printed" // the paper is in hand; ask staff for a marked reprint
	NoSuchDesk       = "desk.unknown"
	NobodyWaiting    = "visit.nobody-waiting"
	StillServing     = "desk.serving"         // give the outcome first
	StillCalling     = "desk.calling"         // confirm, recall or give up the one who was called first
	NobodyCalled     = "desk.nobody-called"   // recall, confirm, no-show: needs somebody called and not yet here
	NobodyServed     = "desk.nobody-served"   // finish: needs somebody being served
	RecallSoon       = "desk.recall-soon"     // the last call is still being heard
	NoShowSoon       = "desk.no-show-soon"    // call a few times more first
	BadOutcome       = "desk.outcome"         // an outcome has to be chosen
	BadReason        = "desk.reason"          // a reason has to be chosen
	DeskNotOpen      = "desk.not-open"        // paused or closed
	DayOver          = "day.over"             // the manager closed the day
	NobodyLater      = "day.nobody-later"     // the day is closed, and whoever would wait is not called any more
	NoDay            = "day.none"             // no day was opened yet
	LineClosed       = "line.closed"          // the service takes nobody new today
	NotCallable      = "visit.not-callable"   // at another desk, on hold, or not in hand yet
	AtDesk           = "visit.at-desk"        // a desk has the visit in hand
	NotAside         = "visit.not-aside"      // neither on hold, parked nor missed, whichever was meant
	NotPlanned       = "visit.not-planned"    // the stop is being served, or over
	NothingToUndo    = "desk.nothing-to-undo" // too late, or somebody else went on with the visit
	NotItsService    = "desk.not-its-service" // a transfer to a desk that does not do it
	ComesAnyway      = "visit.comes-anyway"   // the stop is in the visit already
	TooManyStops     = "visit.too-many-stops"
	AnotherSlip      = "desk.another-slip" // the slip is not of whom the desk called
	NoSuchJourney    = "journey.unknown"
	BadClass         = "visit.class" // a class needs a fact
	BadNeeds         = "visit.needs"
	BadFamily        = "visit.family"         // more people than walk together, or nobody left
	BadAnnouncement  = "announcement.text"    // empty, or longer than a line
	BadEntry         = "entry.times"          // the paper book's times do not fit
	BookIsOpen       = "book.open"            // numbers are written by hand
	BadNumber        = "token.shape"          // not a letter and a number
	NumberHeld       = "token.held"           // somebody has this number today
	CheckSettled     = "identity.settled"     // the identity check of this stop is settled
	TooManyTries     = "identity.tries"       // more fingers were tried than a person has
	FileSoon         = "identity.file-soon"   // a case is filed after a finger failed
	NothingMeasured  = "reading.none"         // nothing was measured in this visit
	NotMeasuring     = "reading.no-session"   // nobody is being measured at this desk
	NoInstrument     = "desk.no-instrument"   // the desk has no such instrument
	NoneLeft         = "lease.none"           // nothing is left of what headquarters lent
	BadQuestion      = "check.question"       // a question needs something to ask about
	WishGone         = "diagnosis.gone"       // headquarters' wish was answered already
	TimeKnown        = "clock.known"          // headquarters told the box the time
	TimePast         = "clock.past"           // before what the box knows to be past
	BoxFull          = "box.full"             // the disk has no room
	BoxStopped       = "box.stopped"          // the box is starting or stopping
	BoxBusy          = "box.busy"             // nobody waited long enough for the answer
	BoxFault         = "box.fault"            // a mistake in the program or a failing disk
	NotRegistering   = "desk.not-registering" // the desk is not one that registers families
	NobodyKnown      = "person.unknown"       // no family of this centre has the number
	PersonKnown      = "person.known"         // the number is registered
	PersonDoubt      = "person.doubt"         // something is unusual: look again, then confirm
	EntryShort       = "person.short"         // a name, sex or birth date is missing
	FamilyFull       = "person.family-full"   // more members than a household has
	VaultClosed      = "vault.closed"         // names cannot be sealed or opened on this box now
	NumberLetters    = "person.number-letters"
	NumberLength     = "person.number-length"
	NameLength       = "person.name-length"
	NameLetters      = "person.name-letters"
	BirthDate        = "person.birth-date"
	BirthFuture      = "person.birth-future"
	BirthMonths      = "person.birth-months"
	NoSuchSlot       = "booking.no-slot"   // the centre has no such time
	SlotFull         = "booking.full"      // every place that this box may give is taken
	SlotPast         = "booking.past"      // the time is over, or further ahead than can be booked
	NoSuchBooking    = "booking.unknown"   // no booking of this centre has the pass
	BookingOver      = "booking.over"      // cancelled, released, or used
	BookingLater     = "booking.other-day" // it is for another day
	BadBooking       = "booking.form"      // how many come, or a series that cannot be
	NotMeasuringDesk = "growth.not-here"   // no child is measured at this desk
	NoChild          = "growth.no-child"   // the person is not a child of the family in hand
	NoWoman          = "growth.no-woman"   // nor a woman
	MeasureAgain     = "growth.again"      // two readings are missing, or do not agree
	GrowthDoubt      = "growth.doubt"      // not plausible: measure again, or say why it is kept
	NoMeasurement    = "growth.none"       // the measurement does not count any more
)

// Refusal is an answer that people can act upon. Every error of a Floor is a *Refusal.
type Refusal struct {
	Code   string // stable; keys the translations
	Remedy string // what the person here can do now, in English
	Cause  error  // for the log, never for the screen

	Wait   time.Duration // of SignInSoon: until the next try
	Wanted Wanted        // of NeedsSecond; nil when people did nothing wrong and nor did the box
}

// Error is for logs.
func (r *Refusal) Error() string {
	if r.Cause == nil {
		return r.Code
	}
	return r.Code + ": " + r.Cause.Error()
}

// Unwrap is the cause.
func (r *Refusal) Unwrap() error { return r.Cause }

// Is holds for a refusal of the same code, so that errors.Is(err, &Refusal{Code: NobodyWaiting}) can be asked.
func (r *Refusal) Is(target error) bool {
	t, ok := target.(*Refusal)
	return ok && t.Code == r.Code
}

// remedies is what the person here can do now.
var remedies = map[string]string{
	NoSuchService:    "Choose a service that this centre offers.",
	NoService:        "Choose at least one service, each once.",
	NoSuchLanguage:   "Choose a language.",
	NumbersUsedUp:    "All numbers of this service are given out for today. Ask at the information desk.",
	NoSuchVisit:      "This slip is not of this centre. Ask at the information desk.",
	VisitOver:        "This visit has ended. Take a new number.",
	PrintedAlready:   "Your number is printed already. If the paper is lost, ask at the information desk.",
	NoSuchDesk:       "This desk is not set up. Choose another, or ask the manager.",
	NobodyWaiting:    "Nobody is waiting. The next number appears here by itself.",
	StillServing:     "Give the outcome of the present visit first.",
	StillCalling:     "Say first whether the person you called is here.",
	NobodyCalled:     "Nobody is being called at this desk. Call the next number.",
	NobodyServed:     "Nobody is being served at this desk.",
	RecallSoon:       "The call is still being heard. Wait a few seconds.",
	NoShowSoon:       "Call again first: the person may be on the way.",
	BadOutcome:       "Choose an outcome.",
	BadReason:        "Choose a reason.",
	DeskNotOpen:      "Open the desk first.",
	DayOver:          "The day is closed. Come tomorrow, or ask the manager to open it again.",
	NobodyLater:      "The day is closed and nobody is called any more. Finish with them, or ask the manager to open the day again.",
	NoDay:            "Open the day first.",
	LineClosed:       "This service takes nobody new today. Ask at the information desk for another time.",
	NotCallable:      "This person cannot be called now. Look where they are.",
	AtDesk:           "Go to the desk that called you and say it there.",
	NotAside:         "This was done already. Look where the person is now.",
	NotPlanned:       "This part of the visit is under way or over.",
	NothingToUndo:    "It is too late to take this back. Correct it by hand, or ask the manager.",
	NotItsService:    "Choose a desk that does this, or leave the desk open.",
	ComesAnyway:      "The visit comes to this anyway.",
	TooManyStops:     "This visit has enough to do. Give a new number for the rest.",
	AnotherSlip:      "This is another slip. Look at the number that you called.",
	NoSuchJourney:    "Choose something that this centre offers.",
	BadClass:         "Choose what you saw that puts this person first.",
	BadNeeds:         "Choose again what this person needs.",
	BadFamily:        "Say how many come, or go; somebody has to stay.",
	BadAnnouncement:  "Write one short line.",
	TimeKnown:        "Nothing is to be done. If the time is wrong, tell headquarters.",
	TimePast:         "Compare date and time with a phone, and type them again.",
	BadEntry:         "Look at the times in the paper book: they have to be of today, one after the other.",
	BookIsOpen:       "The printer is out of order. Ask at the desk for a number written by hand.",
	BadNumber:        "Write the letter and the number as the paper book has them, for example B 905.",
	NumberHeld:       "Somebody has this number today. Look it up, or give this visit another number.",
	CheckSettled:     "The check is settled. Go on with the visit.",
	TooManyTries:     "Go on without a finger: choose a reason, or file a case.",
	FileSoon:         "Try a finger first.",
	NothingMeasured:  "Measure first, then print.",
	NotMeasuring:     "Begin to measure first.",
	NoInstrument:     "This desk has no such instrument. Ask the manager, or go on without.",
	NoneLeft:         "None is left here. Ask headquarters for more.",
	BadQuestion:      "Choose what to ask about, and go on meanwhile.",
	WishGone:         "This was answered already.",
	NotRegistering:   "Register families at a desk that is set up for it. Ask the manager.",
	NobodyKnown:      "No family here has this number. Compare it with the card, or register the family.",
	PersonKnown:      "This number is registered already. Compare the family shown with the card.",
	PersonDoubt:      "Look at the card again. Tick what is really so, then save again.",
	EntryShort:       "Give the name, the sex, and for a child the birth date.",
	FamilyFull:       "This household has as many members as can be kept. Form another.",
	VaultClosed:      "Go on with the visit without names. Tell the technician: the vault of this box is closed.",
	NumberLetters:    "Type the digits of the number only.",
	NumberLength:     "Type all 13 digits of the number.",
	NameLength:       "Type the name as the card has it, 2 to 100 letters.",
	NameLetters:      "Type the name in letters only, as the card has it.",
	BirthDate:        "Type day, month and year as the paper has them. Leave the day empty if it is not known.",
	BirthFuture:      "This date is still to come. Look at the paper again.",
	BirthMonths:      "Type the age in whole months, 0 to 120.",
	NoSuchSlot:       "Choose one of the times shown.",
	SlotFull:         "Choose another time: this one is booked up here.",
	SlotPast:         "Choose a time that is still to come.",
	NoSuchBooking:    "Type the eight digits on the appointment paper again, or take a number.",
	BookingOver:      "This appointment is over. Take a number.",
	BookingLater:     "This appointment is for another day. Look at the paper, or take a number.",
	BadBooking:       "Say how many come, and how often.",
	BoxFull:          "The box has no room left. Tell the technician; calls can wait, nothing is lost.",
	BoxStopped:       "The box is starting. Try again in a minute.",
	BoxBusy:          "The box took too long. Look whether it was done, then try again.",
	BoxFault:         "Something is wrong with the box. Try again, then tell the technician.",
	NotMeasuringDesk: "Measure children at a desk that is set up for it. Ask the manager.",
	NoChild:          "Choose a child of this family.",
	NoWoman:          "Choose a woman of this family.",
	MeasureAgain:     "Measure once more. Two readings that agree are needed.",
	GrowthDoubt:      "Measure again while the child is here, or say why the value is kept.",
	NoMeasurement:    "Look at the list again.",
}

// Refuse is a refusal that nothing but the state of things caused; for packages that decide beside a Floor.
func Refuse(code string) *Refusal { return refusal(code, nil) }

func refusal(code string, cause error) *Refusal {
	return &Refusal{Code: code, Remedy: cmp.Or(remedies[code], staffRemedies[code]), Cause: cause}
}

// Coded is an error, and the code of what people are told of it.
type Coded struct {
	Err  error
	Code string
}

// Told makes a refusal of what a table has, the first that fits. Refusals and other errors come back as they are; nil of
// none. A tool at a desk tells what its own books report, and the floor what is left.
func Told(err error, table []Coded) error {
	if r := (*Refusal)(nil); errors.As(err, &r) {
		return err
	}
	for _, c := range table {
		if errors.Is(err, c.Err) {
			return refusal(c.Code, err)
		}
	}
	return err
}

// codes is what the floor's books and the ledger report.
var codes = []Coded{
	{visit.ErrNumbersUsedUp, NumbersUsedUp},
	{visit.ErrNoVisit, NoSuchVisit},
	{visit.ErrDayClosed, DayOver},
	{visit.ErrNoDay, NoDay},
	{visit.ErrTwice, ComesAnyway},
	{visit.ErrFull, TooManyStops},
	{visit.ErrAlone, BadFamily},
	{visit.ErrMoved, NothingToUndo},
	{visit.ErrNumberHeld, NumberHeld},
	{paper.ErrNoJob, NoSuchVisit},
	{lease.ErrNone, NoneLeft},
	{booking.ErrTaken, SlotFull},
	{booking.ErrUnknown, NoSuchBooking},
	{booking.ErrState, BookingOver},
	{diagnosis.ErrNotAsked, WishGone},
	{staff.ErrNobody, NoSuchStaff},
	{staff.ErrFull, StaffFull},
	{pin.ErrShape, BadPin},
	{pin.ErrEasy, BadPin},
	{pin.ErrOther, PinOfOtherBox},
	{pin.ErrBusy, BoxBusy},
	{ledger.ErrFull, BoxFull},
	{ledger.ErrStopped, BoxStopped},
	{ledger.ErrUnknown, BoxStopped},
	{context.Canceled, BoxBusy},
	{context.DeadlineExceeded, BoxBusy},
}

// Refused makes a Refusal of any error; nil of none.
func (f *Floor) Refused(err error) error {
	err = Told(err, codes)
	if r := (*Refusal)(nil); err == nil || errors.As(err, &r) {
		return err
	}
	if f.Log != nil {
		f.Log.Error("a decision failed", "err", err)
	}
	return refusal(BoxFault, err)
}
