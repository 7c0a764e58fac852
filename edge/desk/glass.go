package desk

import (
	"context"
	"slices"
	"time"

	"markaz.example/edge/book/staff"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// GlassReasons are why somebody takes a right that is not their role's, as texts know them.
func GlassReasons() []string { return []string{"nobody-here", "urgent", "told-to"} }

// Right is what one person may be given for some minutes: to see a field, or to do an act. One of the two is empty.
type Right struct {
	Field staff.Field
	Act   staff.Act
}

func (r Right) of(role staff.Role) bool {
	return r.Field != "" && role.Sees(r.Field) || r.Act != "" && role.May(r.Act)
}

func (r Right) breakable() bool {
	return (r.Field == "") != (r.Act == "") && (r.Field.Breakable() || r.Act.Breakable())
}

// BreakGlass gives the context's seat, for some minutes, a right that its role has not and nobody who is signed in has. The
// manager is told, and until somebody looks only so many may be taken. About is the visit in hand; empty for none.
// Refusals: GlassNever, BadReason, GlassNotNeeded, GlassFull, SignInFirst, TakenOver.
func (f *Floor) BreakGlass(ctx context.Context, r Right, about id.Visit, reason string) error {
	switch {
	case !r.breakable():
		return refusal(GlassNever, nil)
	case !slices.Contains(GlassReasons(), reason):
		return refusal(BadReason, nil)
	}
	own := SeatOf(ctx)
	return f.Refused(f.Ledger.Update(ctx, signed(ctx, string(own.Place)), func(tx *ledger.Tx) error {
		if !staff.Known(tx) {
			return refusal(GlassNotNeeded, nil) // nobody's role is asked
		}
		_, who, err := f.seated(tx, own, own.Place)
		if err != nil {
			return err
		}
		if err := f.mayBreak(tx, own, who, r); err != nil {
			return err
		}
		return tx.Append(string(who.Code), staff.BrokeGlass{
			Place: own.Place, Field: r.Field, Act: r.Act, About: string(about), Reason: reason, Seconds: uint16(glassTime / time.Second),
		})
	}))
}

// mayBreak refuses while somebody with the right is at a desk, and while too many such acts wait for a manager's look. A
// manager's page that is open somewhere is nobody at the desk, and is told.
func (f *Floor) mayBreak(tx *ledger.Tx, own Seat, who staff.Person, r Right) error {
	if r.of(who.Role) || f.took(tx, own, r) {
		return refusal(GlassNotNeeded, nil)
	}
	for _, s := range staff.Seats(tx) {
		there, err := staff.Present(tx, s.Staff)
		if _, atDesk := s.Place.Desk(); err == nil && atDesk && !f.longAgo(s) && r.of(there.Role) {
			return refusal(GlassNotNeeded, nil)
		}
	}
	unseen := 0
	for _, g := range staff.Glasses(tx) {
		if !g.Seen && g.Staff == who.Code {
			unseen++
		}
	}
	if unseen >= glassUnseenMax {
		return refusal(GlassFull, nil)
	}
	return nil
}

// took says that a seat has taken a right that still runs, by the clock that nobody sets; a restart ends it.
func (f *Floor) took(src ledger.Source, own Seat, r Right) bool {
	now := f.Ledger.Clock().Now()
	return slices.ContainsFunc(staff.Glasses(src), func(g staff.Glass) bool {
		then := g.At.Stamp()
		return g.Staff == own.Staff && g.Place == own.Place && g.Field == r.Field && g.Act == r.Act &&
			now.Boot == then.Boot && since(now, then) < time.Duration(g.Seconds)*time.Second
	})
}

// Sees says whether whoever acts in a context may see a field now: by their role, or by a right that they took. Everybody may
// where the centre has no staff, or nobody signs in.
func (f *Floor) Sees(ctx context.Context, src ledger.Source, field staff.Field) bool {
	own := SeatOf(ctx)
	if !staff.Known(src) {
		return true
	}
	_, who, err := f.seated(src, own, own.Place)
	return err == nil && (who.Role.Sees(field) || f.took(src, own, Right{Field: field}))
}

// Glasses are the rights that were taken and that no manager has seen, oldest first.
func (f *Floor) Glasses(ctx context.Context) (out []GlassTaken, err error) {
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		for _, g := range staff.Glasses(snap) {
			who, err := staff.Get(snap, g.Staff)
			if err != nil {
				return err
			}
			if !g.Seen {
				out = append(out, GlassTaken{g, who.Name})
			}
		}
		return nil
	})
	return out, err
}

// GlassTaken is a right that was taken, and what colleagues call whoever did.
type GlassTaken struct {
	staff.Glass
	Name string
}

// SawGlass records that a manager has seen a right that somebody took; not their own. Seen already, it is left as it is.
// Refusals: NoSuchStaff, NotAllowed, and those of admit.
func (f *Floor) SawGlass(ctx context.Context, actor string, seq uint64) error {
	return f.Decide(doing(ctx, staff.Floor), actor, func(tx *ledger.Tx) error {
		all := staff.Glasses(tx)
		i := slices.IndexFunc(all, func(g staff.Glass) bool { return g.Seq == seq })
		switch {
		case i < 0:
			return refusal(NoSuchStaff, nil)
		case all[i].Seen:
			return nil
		case all[i].Staff == SeatOf(ctx).Staff:
			return refusal(NotAllowed, nil)
		}
		return tx.Append(string(all[i].Staff), staff.SawGlass{Broke: seq})
	})
}

// GlassAt is what a right can be taken for at the context's place: what the role has not, and whether it runs.
func (f *Floor) GlassAt(ctx context.Context) (out []GlassChoice, err error) {
	own := SeatOf(ctx)
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		if !staff.Known(snap) {
			return nil
		}
		_, who, err := f.seated(snap, own, own.Place)
		if err != nil {
			return err
		}
		for _, r := range rights() {
			if !r.of(who.Role) {
				out = append(out, GlassChoice{r, f.took(snap, own, r)})
			}
		}
		return nil
	})
	return out, err
}

// GlassChoice is a right that can be taken, and whether it was.
type GlassChoice struct {
	Right
	Taken bool
}

// rights are all that can be taken at a desk.
func rights() (out []Right) {
	for _, field := range staff.Fields() {
		if field.Breakable() && field != staff.SeePhone { // no phone is kept yet
			out = append(out, Right{Field: field})
		}
	}
	for _, a := range []staff.Act{staff.Serve, staff.Classes, staff.Measure} {
		out = append(out, Right{Act: a})
	}
	return out
}
