package desk

// The codes of refusals about staff. As those of refusal.go, they key the translations and never change their meaning.
const (
	SignInFirst    = "staff.sign-in"    // the centre has a staff, and nobody of it has this console
	TakenOver      = "staff.taken-over" // somebody else has the desk now
	SomebodyThere  = "staff.there"      // somebody sits at the desk: take it over
	WrongPin       = "staff.wrong"      // code and PIN do not fit
	SignInSoon     = "staff.soon"       // after failures, for a while
	AccountLocked  = "staff.locked"     // after more failures; a second person opens it
	PinOfOtherBox  = "staff.other-box"  // the PIN was set before the box was made anew
	NotAllowed     = "staff.not-yours"  // the role does not have this act
	FieldHidden    = "field.hidden"     // the role may not see this
	GlassNever     = "glass.never"      // this right is nobody's to take
	GlassNotNeeded = "glass.not-needed" // the role has it, or somebody is there who has
	GlassFull      = "glass.full"       // a manager has to look at those before
	NeedsSecond    = "staff.second"     // a second person has to approve
	NotSecond      = "staff.not-second" // it has to be somebody else, whose role may approve this
	NoSuchStaff    = "staff.unknown"    // nobody has that code, or they left
	StaffForm      = "staff.form"       // a name, a role or a code is missing or is none
	BadPin         = "staff.pin"        // not six digits, or those that everybody tries
	StaffFull      = "staff.full"       // every code is given
	LastManager    = "staff.last"       // the centre would be without a manager
	NoPins         = "staff.no-pins"    // the box has no secret to check PINs with
)

var staffRemedies = map[string]string{
	SignInFirst:    "Sign in at this desk with your code and PIN.",
	TakenOver:      "Somebody else has this desk now. Load the page to see who, or sign in again.",
	SomebodyThere:  "Somebody sits at this desk. Take it over with your code and PIN.",
	WrongPin:       "Type your code and PIN again.",
	SignInSoon:     "Wait a little after the failures, then try again.",
	AccountLocked:  "Ask the manager to open your account.",
	PinOfOtherBox:  "Ask the manager for a new PIN: the box was made anew.",
	NotAllowed:     "This is not among your tasks. Ask the manager.",
	FieldHidden:    "Ask a colleague who may see this. When nobody is there, open it with a reason: the manager is told.",
	GlassNever:     "Ask the manager: this is never opened by one person alone.",
	GlassNotNeeded: "Ask the colleague who is signed in and may do this.",
	GlassFull:      "Ask the manager to look at what you opened before.",
	NeedsSecond:    "Ask a colleague to approve this with their code and PIN.",
	NotSecond:      "This needs somebody else, who may approve it.",
	NoSuchStaff:    "Nobody on the staff has this code.",
	StaffForm:      "Fill in a name and choose a role.",
	BadPin:         "Choose six digits that are not in a row and do not repeat.",
	StaffFull:      "All 999 codes are given. Tell the technician.",
	LastManager:    "Enrol another manager first.",
	NoPins:         "The box cannot check PINs. Tell the technician.",
}
