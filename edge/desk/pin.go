package desk

import (
	"context"
	"time"

	"markaz.example/edge/book/staff"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// What a PIN is typed for, as records of failures say it.
const (
	ofSignIn   = "sign-in"
	ofTakeOver = "take-over"
	ofHandOver = "hand-over"
	ofSecond   = "second"
	ofOwnPin   = "own-pin"
)

// withPin takes a decision of somebody who knows a code and its PIN. A PIN that does not fit is recorded, and lengthens
// the delay of the person and of the place; enough of them lock the account. Hashing takes long and so stands outside of
// the decision, which looks once more whether a try is allowed: of many at once, those after the first failures count for
// nothing, right or wrong.
func (f *Floor) withPin(ctx context.Context, s Seat, of, pin string, decision func(*ledger.Tx, staff.Person) error) error {
	who, fits, err := f.fits(ctx, s, pin)
	if err != nil {
		return f.Refused(err)
	}
	actor := string(s.Place)
	if fits {
		actor += "/" + string(s.Staff)
	}
	var wrong error
	err = f.Ledger.Update(ctx, actor, func(tx *ledger.Tx) error {
		if err := f.mayTry(tx, s); err != nil {
			return err
		}
		now, _ := staff.Present(tx, s.Staff)
		switch {
		case now.Verifier != who.Verifier:
			return refusal(WrongPin, nil)
		case !fits:
			wrong = refusal(WrongPin, nil)
			return failed(tx, s, of, now)
		}
		return decision(tx, now)
	})
	if err == nil {
		return wrong
	}
	return f.Refused(err)
}

// fits looks a person up and hashes what was typed, for nobody too.
func (f *Floor) fits(ctx context.Context, s Seat, pin string) (who staff.Person, fits bool, err error) {
	if f.Pins == nil {
		return who, false, refusal(NoPins, nil)
	}
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		who, _ = staff.Present(snap, s.Staff) // nobody has no verifier
		return f.mayTry(snap, s)
	})
	switch {
	case err != nil:
		return who, false, err
	case who.Verifier == "":
		return who, false, f.Pins.Waste(ctx, string(s.Staff), pin)
	}
	fits, err = f.Pins.Fits(ctx, who.Verifier, string(s.Staff), pin)
	return who, fits, err
}

// mayTry refuses a try while a person or a place waits after failures. Refusals: AccountLocked, SignInSoon.
func (f *Floor) mayTry(src ledger.Source, s Seat) error {
	who, _ := staff.Present(src, s.Staff)
	if who.Locked != "" {
		return refusal(AccountLocked, nil)
	}
	left := max(f.delayed(who.Failures, personDelay), f.delayed(staff.FailuresAt(src, s.Place), placeDelay))
	if left <= 0 {
		return nil
	}
	r := refusal(SignInSoon, nil)
	r.Wait = left
	return r
}

// delay is how long the next try waits after failures: nothing after the first free ones, then twice as long each time.
type delay struct {
	free           int
	floor, ceiling time.Duration
}

func (d delay) after(failures int) time.Duration {
	if failures < d.free {
		return 0
	}
	return min(d.floor<<min(failures-d.free, 16), d.ceiling)
}

// delayed is how much of a delay is left. After a restart it begins anew: nobody gains by pulling the plug.
func (f *Floor) delayed(failures staff.Failures, d delay) time.Duration {
	return d.after(failures.Count) - since(f.Ledger.Clock().Now(), failures.Last.Stamp())
}

// failed records a try that did not fit, and locks an account after too many.
func failed(tx *ledger.Tx, s Seat, of string, who staff.Person) error {
	if err := tx.Append(string(who.Code), staff.Failed{Place: s.Place, Of: of}); err != nil || who.Code == "" {
		return err
	}
	if who.Failures.Count+1 < lockAfter {
		return nil
	}
	return tx.Append(string(who.Code), staff.Locked{Reason: ReasonFailures})
}

// ReasonFailures locks an account after too many failures.
const ReasonFailures = "failures"

// known says that two stamps can be compared by their wall time.
func known(a, b clock.Stamp) bool { return a.Grade > clock.Unset && b.Grade > clock.Unset }

// OwnPin changes the PIN of the context's seat: a PIN that a manager chose is known to two.
// Refusals: WrongPin, SignInSoon, AccountLocked, BadPin, SignInFirst, TakenOver.
func (f *Floor) OwnPin(ctx context.Context, old, fresh string) error {
	if f.Pins == nil {
		return refusal(NoPins, nil)
	}
	own := SeatOf(ctx)
	verifier, err := f.Pins.Make(ctx, f.Rand, string(own.Staff), fresh)
	if err != nil {
		return f.Refused(err)
	}
	return f.withPin(ctx, own, ofOwnPin, old, func(tx *ledger.Tx, who staff.Person) error {
		if _, _, err := f.seated(tx, own, own.Place); err != nil {
			return err
		}
		return tx.Append(string(who.Code), staff.PinSet{Verifier: verifier})
	})
}

// SetPin gives somebody a PIN. It opens an account that is locked, and is then an act of two people as Unlock is.
// Refusals: NoSuchStaff, BadPin, NeedsSecond, NotSecond, and those of admit.
func (f *Floor) SetPin(ctx context.Context, actor string, s id.Staff, pin string) error {
	if f.Pins == nil {
		return refusal(NoPins, nil)
	}
	verifier, err := f.Pins.Make(ctx, f.Rand, string(s), pin)
	if err != nil {
		return f.Refused(err)
	}
	return f.Decide(doing(ctx, staff.People), actor, func(tx *ledger.Tx) error {
		who, err := staff.Present(tx, s)
		if err != nil {
			return err
		}
		reason, err := f.mayUnlock(ctx, tx, actor, who)
		if err != nil {
			return err
		}
		if reason == ReasonAlone {
			if err := tx.Append(string(s), staff.Unlocked{Reason: reason}); err != nil {
				return err
			}
		}
		return tx.Append(string(s), staff.PinSet{Verifier: verifier})
	})
}

// Why an account was opened.
const (
	ReasonAsked = "asked"
	ReasonAlone = "alone" // by one person, for there was no second
)

// Unlock opens an account that failures locked, with a second person's approval; nobody opens their own. One that is open is
// left as it is, but for the delay that failures make. Refusals: NoSuchStaff, NeedsSecond, NotSecond, and those of admit.
func (f *Floor) Unlock(ctx context.Context, actor string, s id.Staff) error {
	if SeatOf(ctx).Staff == s {
		return refusal(NotSecond, nil)
	}
	return f.Decide(doing(ctx, staff.People), actor, func(tx *ledger.Tx) error {
		who, err := staff.Present(tx, s)
		if err != nil || who.Locked == "" && who.Failures.Count == 0 {
			return err
		}
		reason, err := f.mayUnlock(ctx, tx, actor, who)
		if err != nil {
			return err
		}
		return tx.Append(string(s), staff.Unlocked{Reason: reason})
	})
}

// mayUnlock says why an account is opened, once a second person approved it if it is locked. A centre where nobody but
// whoever opens it could approve does not stand still: one person opens it, and the record says so. So does whoever has
// the box's own machine, where nobody signs in: that is the way out when the manager is locked out too.
func (f *Floor) mayUnlock(ctx context.Context, tx *ledger.Tx, actor string, who staff.Person) (reason string, err error) {
	switch {
	case who.Locked == "" || staff.Place(actor).Check() != nil:
		return ReasonAsked, nil
	case !couldApprove(tx, staff.Unlock, who.Code, SeatOf(ctx).Staff):
		return ReasonAlone, nil
	}
	return ReasonAsked, f.Approved(ctx, tx, Wanted{Act: staff.Unlock, About: string(who.Code)})
}
