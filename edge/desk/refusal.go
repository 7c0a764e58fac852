package desk

// The codes of refusals. They key the translations and never change their meaning.
const (
	NoSuchService  = "service.unknown"      // asked for something the centre does not offer
	NoService      = "service.none"         // asked for nothing, for too much, or for one thing twice
	NoSuchLanguage = "language.unknown"     //
	NumbersUsedUp  = "token.used-up"        // 999 numbers of this letter today
	NoSuchVisit    = "visit.unknown"        // also a code that is on no slip
	VisitOver      = "visit.over"           // done or left
	PrintedAlready = "paper.printed"        // the paper is in hand; ask staff for a marked reprint
	NoSuchDesk     = "desk.unknown"         //
	NobodyWaiting  = "visit.nobody-waiting" //
	StillServing   = "desk.serving"         // give the outcome first
	StillCalling   = "desk.calling"         // confirm, recall or give up the one who was called first
	NobodyCalled   = "desk.nobody-called"   // recall, confirm, no-show: needs somebody called and not yet here
	NobodyServed   = "desk.nobody-served"   // finish: needs somebody being served
	RecallSoon     = "desk.recall-soon"     // the last call is still being heard
	NoShowSoon     = "desk.no-show-soon"    // call a few times more first
	BadOutcome     = "desk.outcome"         // an outcome has to be chosen
	BadReason      = "desk.reason"          // a reason has to be chosen
	BoxFull        = "box.full"             // the disk has no room
	BoxStopped     = "box.stopped"          // the box is starting or stopping
	BoxFault       = "box.fault"            // a mistake in the program or a failing disk
)

// Refusal is an answer that people can act upon. Every error of a Floor is a *Refusal.
type Refusal struct {
	Code   string // stable; keys the translations
	Remedy string // what the person here can do now, in English
	Cause  error  // for the log, never for the screen; nil when people did nothing wrong and nor did the box
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
