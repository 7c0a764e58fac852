package staff

import (
	"fmt"
	"slices"
)

// Role is what somebody was taken on for. It says what they may do; nothing else does.
type Role string

// The roles.
const (
	Helper     Role = "helper" // at the kiosk and the door: sees who is old, with child, in a wheelchair
	Clerk      Role = "desk"
	Nurse      Role = "nurse"
	Teller     Role = "teller"
	Manager    Role = "manager"
	Technician Role = "technician"
)

// Roles are all of them, in the order in which they are offered.
func Roles() []Role { return []Role{Helper, Clerk, Nurse, Teller, Manager, Technician} }

// Act is something that not everybody may do.
type Act string

// The acts of one person.
const (
	Sit     Act = "sit"     // have a desk's console
	Serve   Act = "serve"   // call, confirm, finish: the flow of a desk
	Classes Act = "class"   // say what makes somebody come sooner
	Measure Act = "measure" // weigh, measure, look for oedema
	Pay     Act = "pay"     // hand out money
	Floor   Act = "floor"   // see and run the floor
	Devices Act = "devices" // see and set up machines
	People  Act = "staff"   // enrol, change, set PINs, open accounts
)

// The acts that need a second person besides whoever does them.
const (
	Reprint    Act = "reprint"     // a paper that is in hand already
	Correction Act = "correction"  // of what was recorded
	Favour     Act = "favour"      // somebody is called out of order for a reason that nobody can see
	LateUndo   Act = "undo"        // of an act that is more than a moment old
	Refund     Act = "refund"      // of money
	Reopen     Act = "reopen"      // a visit that is over
	AnyReason  Act = "hand-filled" // a reason in somebody's own words where codes are asked for
	Unlock     Act = "unlock"      // an account that failures locked
)

// may is who may do what. An act that is not here is nobody's.
var may = map[Act][]Role{
	Sit:     {Helper, Clerk, Nurse, Teller, Manager},
	Serve:   {Clerk, Nurse, Teller, Manager},
	Classes: {Helper, Clerk, Nurse, Manager},
	Measure: {Nurse, Clerk, Manager},
	Pay:     {Teller, Manager},
	Floor:   {Manager},
	Devices: {Manager, Technician},
	People:  {Manager},
}

// second is who may be the second person for an act. A colleague will do where the paper itself shows that it is a copy, and
// where they know whose account it is and that it was the owner who forgot.
var second = map[Act][]Role{
	Reprint:    {Clerk, Nurse, Teller, Manager},
	Correction: {Nurse, Manager},
	Favour:     {Manager},
	LateUndo:   {Manager},
	Refund:     {Manager},
	Reopen:     {Manager},
	AnyReason:  {Manager},
	Unlock:     {Clerk, Nurse, Teller, Manager},
}

// May says whether somebody of this role may do something by themselves.
func (r Role) May(a Act) bool { return slices.Contains(may[a], r) }

// MaySecond says whether somebody of this role may be the second person for an act.
func (r Role) MaySecond(a Act) bool { return slices.Contains(second[a], r) }

// NeedsSecond says whether an act is one of two people.
func (a Act) NeedsSecond() bool { return len(second[a]) > 0 }

// Check reports a role that is none.
func (r Role) Check() error {
	if slices.Contains(Roles(), r) {
		return nil
	}
	return fmt.Errorf("role %q: want one of %v", r, Roles())
}
