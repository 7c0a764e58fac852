package desk

import (
	"context"
	"slices"

	"markaz.example/edge/book/staff"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Seat is who acts at a place, and from which console. Pages put it into a request's context; decisions look whether it
// still holds.
type Seat struct {
	Place   staff.Place
	Staff   id.Staff
	Console staff.Console
	Name    string // what colleagues call them, to be shown

	second second // that stands by; zero for none
}

type seatKey struct{}

type doingKey struct{}

// From says in a context who acts.
func From(ctx context.Context, s Seat) context.Context { return context.WithValue(ctx, seatKey{}, s) }

// SeatOf is who acts in a context; zero when nobody has to sign in.
func SeatOf(ctx context.Context) Seat {
	s, _ := ctx.Value(seatKey{}).(Seat)
	return s
}

// doing says which act the role of whoever acts has to have. Unless it is said, it is staff.Serve at a desk, and
// staff.Floor on the floor, and staff.Classes at the door.
func doing(ctx context.Context, a staff.Act) context.Context {
	return context.WithValue(ctx, doingKey{}, a)
}

func actOf(ctx context.Context, place staff.Place) staff.Act {
	if a, ok := ctx.Value(doingKey{}).(staff.Act); ok {
		return a
	}
	switch place {
	case staff.TheFloor:
		return staff.Floor
	case staff.TheDoor:
		return staff.Classes
	}
	return staff.Serve
}

// signed is an actor with the person who has the place: "desk/A/S007".
func signed(ctx context.Context, actor string) string {
	if s := SeatOf(ctx); s.Staff != "" && string(s.Place) == actor {
		return actor + "/" + string(s.Staff)
	}
	return actor
}

// admit refuses an act at a desk, on the floor or at the door, once the centre has a staff, from a console that does not have the
// place, or by somebody whose role has no such act. Refusals: SignInFirst, TakenOver, NotAllowed.
func (f *Floor) admit(ctx context.Context, src ledger.Source, actor string) error {
	place := staff.Place(actor)
	if place.Check() != nil || !staff.Known(src) {
		return nil
	}
	_, who, err := f.seated(src, SeatOf(ctx), place)
	if err != nil {
		return err
	}
	if a := actOf(ctx, place); !who.Role.May(a) && !f.took(src, SeatOf(ctx), Right{Act: a}) {
		return refusal(NotAllowed, nil)
	}
	return nil
}

// seated is who has a place, if it is from the console that claims it. Refusals: SignInFirst, TakenOver.
func (f *Floor) seated(src ledger.Source, claimed Seat, place staff.Place) (staff.Seat, staff.Person, error) {
	if claimed.Place != place || claimed.Console == "" {
		return staff.Seat{}, staff.Person{}, refusal(SignInFirst, nil)
	}
	seat, ok := staff.SeatOf(src, place, claimed.Console)
	switch {
	case ok && f.longAgo(seat):
		return seat, staff.Person{}, refusal(SignInFirst, nil)
	case !ok && seat.Staff == "":
		return seat, staff.Person{}, refusal(SignInFirst, nil)
	case !ok || seat.Staff != claimed.Staff:
		return seat, staff.Person{}, refusal(TakenOver, nil)
	}
	who, err := staff.Present(src, seat.Staff)
	return seat, who, err
}

// longAgo says that somebody signed in before this day's work began: by the clock that nobody sets. Over a restart, which
// that clock does not count, the wall where it is known counts too, so that a box that was off over night remembers nobody.
func (f *Floor) longAgo(s staff.Seat) bool {
	now, then := f.Ledger.Clock().Now(), s.Since.Stamp()
	return since(now, then) > seatMax ||
		now.Boot != then.Boot && known(now, then) && now.Wall-then.Wall > seatMax.Milliseconds()
}

// SignIn gives a desk, the floor or the door to whoever knows a code and its PIN. A desk that somebody else has is taken over only
// when that is asked for, and the record says from whom. Whoever signs in at a desk leaves the one they had, and the
// door.
// Refusals: NoSuchDesk, WrongPin, SignInSoon, AccountLocked, PinOfOtherBox, NotAllowed, SomebodyThere, NoPins, BoxBusy.
func (f *Floor) SignIn(ctx context.Context, s Seat, pin string, takeOver bool) error {
	if d, ok := s.Place.Desk(); ok {
		if _, ok := f.Catalogue.Desk(d); !ok {
			return refusal(NoSuchDesk, nil)
		}
	}
	of := ofSignIn
	if takeOver {
		of = ofTakeOver
	}
	return f.withPin(ctx, s, of, pin, func(tx *ledger.Tx, who staff.Person) error {
		switch s.Place {
		case staff.TheFloor:
			return f.enterFloor(tx, s, who)
		case staff.TheDoor:
			return f.standAtDoor(tx, s, who)
		}
		return f.sitDown(tx, s, who, takeOver)
	})
}

func (f *Floor) enterFloor(tx *ledger.Tx, s Seat, who staff.Person) error {
	if !who.Role.May(staff.Floor) && !who.Role.May(staff.Devices) {
		return refusal(NotAllowed, nil)
	}
	return tx.Append(string(s.Staff), staff.SignedIn{Place: s.Place, Console: s.Console})
}

func (f *Floor) standAtDoor(tx *ledger.Tx, s Seat, who staff.Person) error {
	if !who.Role.May(staff.Classes) {
		return refusal(NotAllowed, nil)
	}
	if err := leaveOthers(tx, s); err != nil {
		return err
	}
	return tx.Append(string(s.Staff), staff.SignedIn{Place: s.Place, Console: s.Console})
}

func (f *Floor) sitDown(tx *ledger.Tx, s Seat, who staff.Person, takeOver bool) error {
	if !who.Role.May(staff.Sit) {
		return refusal(NotAllowed, nil)
	}
	d, _ := s.Place.Desk()
	there, busy := staff.At(tx, d)
	switch {
	case busy && f.longAgo(there):
		if err := leave(tx, there, ReasonLongAgo); err != nil {
			return err
		}
		busy = false
	case busy && !takeOver && there.Staff != s.Staff:
		return refusal(SomebodyThere, nil)
	}
	if err := leaveOthers(tx, s); err != nil {
		return err
	}
	if busy {
		return tx.Append(string(s.Staff), staff.TookOver{Place: s.Place, Console: s.Console, From: there.Staff})
	}
	return tx.Append(string(s.Staff), staff.SignedIn{Place: s.Place, Console: s.Console})
}

// leaveOthers ends what somebody who sits down has at other desks and at the door: one person, one place of work.
func leaveOthers(tx *ledger.Tx, s Seat) error {
	for _, own := range staff.Seats(tx) {
		if own.Staff != s.Staff || own.Place == s.Place || own.Place == staff.TheFloor {
			continue
		}
		if err := leave(tx, own, ReasonElsewhere); err != nil {
			return err
		}
	}
	return nil
}

// Why somebody left a place.
const (
	ReasonLeft      = "left"
	ReasonElsewhere = "elsewhere" // signed in at another desk
	ReasonLongAgo   = "long-ago"  // was forgotten the day before
	ReasonManager   = "manager"   // a manager signed them out
)

func leave(tx *ledger.Tx, s staff.Seat, reason string) error {
	return tx.Append(string(s.Staff), staff.SignedOut{Place: s.Place, Console: s.Console, Reason: reason})
}

// SignOut leaves the place of the context's seat. Refusals: SignInFirst, TakenOver.
func (f *Floor) SignOut(ctx context.Context) error {
	s := SeatOf(ctx)
	return f.Refused(f.Ledger.Update(ctx, signed(ctx, string(s.Place)), func(tx *ledger.Tx) error {
		own, _, err := f.seated(tx, s, s.Place)
		if err != nil {
			return err
		}
		return leave(tx, own, ReasonLeft)
	}))
}

// Dismiss ends what somebody has at a desk, for a manager. Refusals: NoSuchStaff when nobody is there, and those of admit.
func (f *Floor) Dismiss(ctx context.Context, actor string, d id.Desk) error {
	return f.Decide(ctx, actor, func(tx *ledger.Tx) error {
		there, ok := staff.At(tx, d)
		if !ok {
			return refusal(NoSuchStaff, nil)
		}
		return leave(tx, there, ReasonManager)
	})
}

// Pauses are the reasons why a desk calls nobody for a while, as texts know them.
func Pauses() []string { return []string{"prayer", "meal", "break", "meeting", "machine"} }

// Pause makes a desk call nobody until Resume. Whoever it serves is served to the end.
// Refusals: NoSuchDesk, BadReason, SignInFirst when nobody sits there, and those of admit.
func (f *Floor) Pause(ctx context.Context, d id.Desk, reason string) error {
	if !slices.Contains(Pauses(), reason) {
		return refusal(BadReason, nil)
	}
	return f.atDesk(doing(ctx, staff.Sit), d, func(tx *ledger.Tx, _ Desk) error {
		return visit.SetDesk(tx, d, visit.DeskPaused, reason)
	})
}

// Resume makes a desk go on. One that is open is left as it is. Refusals: NoSuchDesk, SignInFirst, and those of admit.
func (f *Floor) Resume(ctx context.Context, d id.Desk) error {
	return f.atDesk(doing(ctx, staff.Sit), d, func(tx *ledger.Tx, _ Desk) error {
		if visit.StatusOf(tx, d).State == visit.DeskOpen {
			return nil
		}
		return visit.SetDesk(tx, d, visit.DeskOpen, "")
	})
}

// HandOver gives the desk of the context's seat to a colleague, who types code and PIN at the same console. The console
// stays; its seat is the colleague's from then on. Refusals: those of SignIn, SignInFirst, TakenOver.
func (f *Floor) HandOver(ctx context.Context, to id.Staff, pin string) error {
	own := SeatOf(ctx)
	next := Seat{Place: own.Place, Staff: to, Console: own.Console}
	return f.withPin(ctx, next, ofHandOver, pin, func(tx *ledger.Tx, who staff.Person) error {
		if _, _, err := f.seated(tx, own, own.Place); err != nil {
			return err
		}
		if !who.Role.May(staff.Sit) {
			return refusal(NotAllowed, nil)
		}
		if err := leaveOthers(tx, next); err != nil {
			return err
		}
		return tx.Append(string(to), staff.HandedOver{Place: own.Place, Console: own.Console, From: own.Staff})
	})
}
