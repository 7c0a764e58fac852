package fleet

import (
	"slices"
	"time"

	"markaz.example/sync/wire"
)

// State is one word for how a centre is, the most urgent that applies.
type State string

// The states, most urgent first.
const (
	Forked  State = "forked"  // a branch was set aside: a person must settle it
	Refused State = "refused" // the last thing headquarters said was no
	Silent  State = "silent"  // no link for longer than a person should leave it
	Away    State = "away"    // no link: an ordinary outage
	Behind  State = "behind"  // linked, and catching up
	Live    State = "live"    // linked, and all of it here
	Never   State = "never"   // on the list, never heard of
)

// States is all states, most urgent first.
func States() []State { return []State{Forked, Refused, Silent, Away, Behind, Live, Never} }

// Urgency is smaller the sooner a person should look.
func (s State) Urgency() int { return slices.Index(States(), s) }

// Mark is something about a centre that a person should see beside its state. A centre may have several.
type Mark string

// The marks, most urgent first.
const (
	CashOut    Mark = "cash-out"    // a cash machine has no notes left
	WrongClock Mark = "wrong-clock" // its box does not know the time, or has another than headquarters
	StalePacks Mark = "stale-packs" // a newer version of one of its packs is published
	OldUnsent  Mark = "old-unsent"  // its oldest unsent record has waited for longer than a link needs
	Trouble    Mark = "trouble"     // a device, or the box itself, says that something is wrong
	Unread     Mark = "unread"      // headquarters keeps records of it that it cannot read
)

// Marks is all marks, most urgent first.
func Marks() []Mark { return []Mark{CashOut, WrongClock, StalePacks, OldUnsent, Trouble, Unread} }

func state(c Centre, now time.Time) State {
	switch {
	case c.Forks > 0, c.Refusal != nil && c.Refusal.Code == wire.CodeFork:
		return Forked
	case c.Refusal != nil && !c.Refusal.At.Before(c.LastHeard) && !c.Linked:
		return Refused
	case c.Linked && c.Lag > lagShown:
		return Behind
	case c.Linked:
		return Live
	case c.LastHeard.IsZero() && c.Chains == 0:
		return Never
	case !c.LastHeard.IsZero() && now.Sub(c.LastHeard) > silentAfter:
		return Silent
	}
	return Away
}

// marks tells what holds of a centre. What a box said of its devices is believed for a while after it went; what it said
// of its clock only while it is there.
func marks(c Centre, now time.Time) (out []Mark) {
	recent := c.Linked || now.Sub(c.LastHeard) <= newsShown
	for _, m := range Marks() {
		if holds(m, c, now, recent) {
			out = append(out, m)
		}
	}
	return out
}

func holds(m Mark, c Centre, now time.Time, recent bool) bool {
	switch m {
	case CashOut:
		return recent && slices.Contains(c.Conditions, cashOut)
	case WrongClock:
		return c.Linked && !c.Told.IsZero() && (c.Grade == 0 || max(c.SkewMS, -c.SkewMS) > skewMax.Milliseconds())
	case StalePacks:
		return slices.ContainsFunc(c.Packs, Pack.Stale)
	case OldUnsent:
		return !c.Oldest.IsZero() && now.Sub(c.Oldest) > unsentMax
	case Trouble:
		return recent && slices.ContainsFunc(c.Conditions, isTrouble)
	case Unread:
		return c.Unread > 0
	}
	return false
}

// cashOut is the box's condition for a cash machine without notes. Source: devices/paypoint.
const cashOut = "paypoint.cash-out"

// ownWord are conditions that have a mark or a state of their own. Source: edge/box.
var ownWord = []string{cashOut, "clock.unset", "link.down", "link.forked", "link.refused"}

// isTrouble is whether a condition is only named under the mark of all others.
func isTrouble(condition string) bool { return !slices.Contains(ownWord, condition) }
