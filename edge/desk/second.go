package desk

import (
	"context"
	"slices"

	"markaz.example/edge/book/staff"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Wanted is what a second person is asked to approve.
type Wanted struct {
	Act   staff.Act
	About string // the subject of the act's record
}

// second is a person who proved a PIN and stands by one act.
type second struct {
	Wanted
	staff id.Staff
}

// Second is who stands by an act of two people; empty for nobody.
func (s Seat) Second() id.Staff { return s.second.staff }

// Approve is a context in which the act that was refused with NeedsSecond passes, because a second person typed code and
// PIN. It is for one request: nothing is recorded before the act itself is, in the same decision.
// Refusals: WrongPin, SignInSoon, AccountLocked, PinOfOtherBox, NotSecond, SignInFirst.
func (f *Floor) Approve(ctx context.Context, w Wanted, by id.Staff, pin string) (context.Context, error) {
	own := SeatOf(ctx)
	if by == own.Staff {
		return ctx, refusal(NotSecond, nil)
	}
	err := f.withPin(ctx, Seat{Place: own.Place, Staff: by}, ofSecond, pin, func(_ *ledger.Tx, who staff.Person) error {
		if !who.Role.MaySecond(w.Act) {
			return refusal(NotSecond, nil)
		}
		return nil
	})
	own.second = second{w, by}
	return From(ctx, own), err
}

// Approved lets an act of two people pass if a second person stands by it, and records who. Until the centre has a staff
// there is nobody to ask. Whoever decides such an act calls it before appending the act's own events.
// Refusals: NeedsSecond, which says what is wanted; NotSecond.
func (f *Floor) Approved(ctx context.Context, tx *ledger.Tx, w Wanted) error {
	if !staff.Known(tx) || !w.Act.NeedsSecond() {
		return nil
	}
	own := SeatOf(ctx)
	if own.second.Wanted != w {
		r := refusal(NeedsSecond, nil)
		r.Wanted = w
		return r
	}
	who, err := staff.Present(tx, own.second.staff)
	if err != nil || who.Locked != "" || !who.Role.MaySecond(w.Act) || who.Code == own.Staff {
		return refusal(NotSecond, err)
	}
	return tx.Append(string(who.Code), staff.Approved{Act: w.Act, About: w.About, Place: own.Place, Asked: own.Staff})
}

// couldApprove says whether there is anybody who could be the second person for an act, besides those whom it concerns: with
// the role, a PIN, and an account that is not locked.
func couldApprove(src ledger.Source, a staff.Act, besides ...id.Staff) bool {
	return slices.ContainsFunc(staff.All(src), func(p staff.Person) bool {
		return p.Role.MaySecond(a) && !p.Ended && p.Locked == "" && p.Verifier != "" && !slices.Contains(besides, p.Code)
	})
}
