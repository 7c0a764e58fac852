package desk

import (
	"context"

	"markaz.example/edge/book/staff"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// AtMachine is the actor of what somebody does at the box's own machine, where the first manager is enrolled.
const AtMachine = "machine"

// Enrol takes somebody on, with a first PIN, and gives a code. The first is a manager and is enrolled at the machine:
// pages ask nobody who they are until then. Refusals: StaffForm, BadPin, StaffFull, LastManager, and those of admit.
func (f *Floor) Enrol(ctx context.Context, actor string, e staff.Enrolled, pin string) (code id.Staff, err error) {
	if err := e.Check(); err != nil {
		return "", refusal(StaffForm, err)
	}
	if f.Pins == nil {
		return "", refusal(NoPins, nil)
	}
	for code == "" { // a verifier is tied to a code, which somebody else may be given meanwhile
		if code, err = f.enrol(ctx, actor, e, pin); err != nil {
			return "", f.Refused(err)
		}
	}
	return code, nil
}

// enrol gives no code when the one it made a verifier for was given to somebody else.
func (f *Floor) enrol(ctx context.Context, actor string, e staff.Enrolled, pin string) (code id.Staff, err error) {
	next, err := f.nextCode(ctx)
	if err != nil {
		return "", err
	}
	verifier, err := f.Pins.Make(ctx, f.Rand, string(next), pin)
	if err != nil {
		return "", err
	}
	return code, f.Decide(doing(ctx, staff.People), actor, func(tx *ledger.Tx) error {
		if !staff.Known(tx) && (actor != AtMachine || e.Role != staff.Manager) {
			return refusal(LastManager, nil)
		}
		if now, err := staff.NextCode(tx); err != nil || now != next {
			return err
		}
		code = next
		if err := tx.Append(string(next), e); err != nil {
			return err
		}
		return tx.Append(string(next), staff.PinSet{Verifier: verifier})
	})
}

func (f *Floor) nextCode(ctx context.Context) (next id.Staff, err error) {
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		next, err = staff.NextCode(snap)
		return err
	})
	return next, err
}

// Change says anew who somebody is. Refusals: NoSuchStaff, StaffForm, LastManager, and those of admit.
func (f *Floor) Change(ctx context.Context, actor string, s id.Staff, e staff.Changed) error {
	if err := e.Check(); err != nil {
		return refusal(StaffForm, err)
	}
	return f.Decide(doing(ctx, staff.People), actor, func(tx *ledger.Tx) error {
		if _, err := staff.Present(tx, s); err != nil {
			return err
		}
		if e.Role != staff.Manager && last(tx, s) {
			return refusal(LastManager, nil)
		}
		return tx.Append(string(s), e)
	})
}

// End is for somebody who left the staff. Refusals: NoSuchStaff, BadReason, LastManager, and those of admit.
func (f *Floor) End(ctx context.Context, actor string, s id.Staff, reason string) error {
	if err := staff.CheckWord("reason", reason); err != nil {
		return refusal(BadReason, err)
	}
	return f.Decide(doing(ctx, staff.People), actor, func(tx *ledger.Tx) error {
		if _, err := staff.Present(tx, s); err != nil {
			return err
		}
		if last(tx, s) {
			return refusal(LastManager, nil)
		}
		return tx.Append(string(s), staff.Ended{Reason: reason})
	})
}

// last says that nobody but s is a manager.
func last(src ledger.Source, s id.Staff) bool {
	for _, p := range staff.All(src) {
		if p.Role == staff.Manager && !p.Ended && p.Code != s {
			return false
		}
	}
	return true
}

// People is the staff as a manager sees it.
type People struct {
	Seq   uint64
	All   []staff.Person     // by their codes, those who left too
	Seats []staff.Seat       // who is where now
	Pause map[id.Desk]string // why a desk of them calls nobody; absent for one that does
	Notes []staff.Noted      // what needs a look, newest first
}

// People is the staff, with what needs a look; of one person, if one is named.
func (f *Floor) People(ctx context.Context, about id.Staff) (p People, err error) {
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		p = People{Seq: snap.Seq(), All: staff.All(snap), Notes: staff.Notes(snap, about), Pause: map[id.Desk]string{}}
		for _, s := range staff.Seats(snap) {
			if !f.longAgo(s) {
				p.Seats = append(p.Seats, s)
				p.pause(snap, s)
			}
		}
		return nil
	})
	return p, err
}

func (p *People) pause(src ledger.Source, s staff.Seat) {
	d, ok := s.Place.Desk()
	if status := visit.StatusOf(src, d); ok && status.State == visit.DeskPaused {
		p.Pause[d] = status.Reason
	}
}

// Colleague is who sits at a desk now.
type Colleague struct {
	Desk  id.Desk
	Staff id.Staff
	Name  string
}

// Colleagues are who sits at desks now, in the order of the catalogue's desks.
func (f *Floor) Colleagues(ctx context.Context) (out []Colleague, err error) {
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		for _, d := range f.Catalogue.Desks {
			seat, ok := staff.At(snap, d.Code)
			if !ok || f.longAgo(seat) {
				continue
			}
			who, err := staff.Get(snap, seat.Staff)
			if err != nil {
				return err
			}
			out = append(out, Colleague{d.Code, seat.Staff, who.Name})
		}
		return nil
	})
	return out, err
}

// Standing is how a console stands at a place.
type Standing struct {
	Open   bool             // the centre has no staff: nobody has to sign in
	Mine   bool             // this console has the place
	Seat   Seat             // of this console, when it is; goes into From
	Person staff.Person     // who has the place; zero when nobody has, and on the floor when it is not this console
	There  staff.Seat       // their seat
	Desk   visit.DeskStatus // whether the desk calls people; zero on the floor
}

// Standing is how a console stands at a place. A console that is none has no seat.
func (f *Floor) Standing(ctx context.Context, place staff.Place, c staff.Console) (st Standing, err error) {
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		if !staff.Known(snap) {
			st.Open = true
			return nil
		}
		there, mine := staff.SeatOf(snap, place, c)
		if there.Staff == "" || f.longAgo(there) {
			return nil
		}
		st.There, st.Mine = there, mine
		if d, ok := place.Desk(); ok {
			st.Desk = visit.StatusOf(snap, d)
		}
		if st.Person, err = staff.Get(snap, there.Staff); err != nil {
			return err
		}
		st.Seat = Seat{Place: place, Staff: there.Staff, Console: c, Name: st.Person.Name}
		return nil
	})
	return st, err
}
