package booking

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"markaz.example/edge/book/lease"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
	"markaz.example/edge/letter"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var week = []time.Weekday{0, 1, 2, 3, 4, 5, 6}

// plan has eight places: two for walk-ins, two for headquarters to lend, and two for each of two boxes.
func plan(box int) Plan {
	return Plan{
		Code: "nash", Service: "nashonuma", Days: week, From: 540, To: 600, Every: 30, Places: 8, WalkIns: 2, Lent: 2,
		OwnFrom: 3 + 2*box, OwnTo: 4 + 2*box,
	}
}

func TestPlanChecks(t *testing.T) {
	for box := range 2 {
		if err := plan(box).Check(); err != nil {
			t.Error(err)
		}
	}
	for name, change := range map[string]func(*Plan){
		"every minute":           func(p *Plan) { p.Every = 1 },
		"no day":                 func(p *Plan) { p.Days = nil },
		"backwards":              func(p *Plan) { p.From, p.To = 600, 540 },
		"all for walk-ins":       func(p *Plan) { p.WalkIns = 8 },
		"more lent than places":  func(p *Plan) { p.Lent = 7 },
		"own what is lent":       func(p *Plan) { p.OwnFrom = 2 },
		"own what walk-ins have": func(p *Plan) { p.OwnTo = 7 },
		"no such staff":          func(p *Plan) { p.Sex = "x" },
	} {
		p := plan(0)
		if change(&p); p.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestSlots(t *testing.T) {
	slots := plan(0).On("2026-12-01")
	if len(slots) != 2 || slots[1].Clock() != "09:30" || slots[1].Pool() != "slot-nash-20261201-0930" {
		t.Errorf("slots %v", slots)
	}
	if got := time.UnixMilli(slots[1].Start()).UTC().Format(time.DateTime); got != "2026-12-01 04:30:00" {
		t.Errorf("it begins at %s UTC, want 04:30", got)
	}
	p := plan(0)
	p.Days = []time.Weekday{time.Monday}
	if got := p.On("2026-12-01"); got != nil { // a Tuesday
		t.Errorf("slots %v on a day that has none", got)
	}
	longest := Slot{"abcdefghijkl", "2026-12-01", 1439}
	if err := letter.CheckWhat(longest.Pool()); err != nil {
		t.Errorf("a pool that headquarters cannot name: %v", err)
	}
}

// centre is two boxes that do not hear of each other, and the numbers that headquarters has left to lend.
type centre struct {
	boxes  [2]*ledgertest.File
	next   uint64 // of the pool that is lent next
	names  int
	booked [2][]id.Booking
	slot   Slot
}

func (c *centre) update(t *rapid.T, box int, decide func(*ledger.Tx) error) error {
	return c.boxes[box].Update(t.Context(), "door/1", decide)
}

// lend lends one number of the pool to a box, as headquarters' office does: no number twice.
func (c *centre) lend(t *rapid.T, box int) {
	if c.next > uint64(plan(box).Lent) {
		return
	}
	c.names++
	g := letter.LeaseGranted{
		ID:   id.Errand(fmt.Sprintf("LEASE%c%c%c%cAAAAAAA", 'A'+c.names/17576%26, 'A'+c.names/676%26, 'A'+c.names/26%26, 'A'+c.names%26)),
		What: c.slot.Pool(), From: c.next, Count: 1, Until: c.slot.Start(), Nonce: make([]byte, 16),
	}
	c.next++
	if err := c.update(t, box, func(tx *ledger.Tx) error { return lease.Grant(tx, g) }); err != nil {
		t.Fatal(err)
	}
}

func (c *centre) name() (id.Booking, id.Pass) {
	c.names++
	n := c.names
	return id.Booking(fmt.Sprintf("BOOK%c%c%c%cAAAAAAAA", 'A'+n/17576%26, 'A'+n/676%26, 'A'+n/26%26, 'A'+n%26)), id.Pass(fmt.Sprint(10_000_000 + n))
}

// book does what a floor does: a place of its own, else one that was lent.
func (c *centre) book(t *rapid.T, box int) {
	p := plan(box)
	b, pass := c.name()
	e := booked()
	e.Pass, e.After, e.Day, e.Minute = pass, "", c.slot.Day, c.slot.Minute
	err := c.update(t, box, func(tx *ledger.Tx) error {
		place, lent, ok := At(tx, p, c.slot).Place()
		if !ok {
			number, left := lease.Next(tx, c.slot.Pool(), tx.Now())
			if !left || !Lendable(tx, p, c.slot, number) {
				return ErrTaken
			}
			if _, err := lease.Draw(tx, c.slot.Pool(), string(b)); err != nil {
				return err
			}
			place, lent = uint16(number), true
		}
		e.Place, e.Lent = place, lent
		return Make(tx, b, p, e)
	})
	if err == nil {
		c.booked[box] = append(c.booked[box], b)
	} else if !errors.Is(err, ErrTaken) {
		t.Fatal(err)
	}
}

// steal tries a place that may be another's.
func (c *centre) steal(t *rapid.T, box int) {
	b, pass := c.name()
	e := booked()
	e.Pass, e.After, e.Day, e.Minute = pass, "", c.slot.Day, c.slot.Minute
	e.Place, e.Lent = uint16(rapid.IntRange(5-2*box, 6-2*box).Draw(t, "place")), rapid.Bool().Draw(t, "lent")
	if err := c.update(t, box, func(tx *ledger.Tx) error { return Make(tx, b, plan(box), e) }); !errors.Is(err, ErrTaken) {
		t.Fatalf("box %d booked place %d of the other: %v", box, e.Place, err)
	}
}

// drop ends one of a box's bookings.
func (c *centre) drop(t *rapid.T, box int) {
	if len(c.booked[box]) == 0 {
		return
	}
	i := rapid.IntRange(0, len(c.booked[box])-1).Draw(t, "which")
	b := c.booked[box][i]
	c.booked[box] = append(c.booked[box][:i:i], c.booked[box][i+1:]...)
	end := Cancel
	if rapid.Bool().Draw(t, "released") {
		end = func(tx *ledger.Tx, b id.Booking, _ string) error { return Release(tx, b, 10) }
	}
	if err := c.update(t, box, func(tx *ledger.Tx) error { return end(tx, b, "asked") }); err != nil {
		t.Fatal(err)
	}
}

// hold compares both boxes with what was booked and is not over.
func (c *centre) hold(t *rapid.T) {
	sold := map[uint16]id.Booking{}
	for box, f := range c.boxes {
		_ = f.View(t.Context(), func(s ledger.Snapshot) error {
			if got := At(s, plan(box), c.slot).Taken; got != len(c.booked[box]) {
				t.Fatalf("box %d: %d places taken, want %d", box, got, len(c.booked[box]))
			}
			for _, b := range On(s, c.slot.Day) {
				if b.State != StateBooked {
					continue
				}
				if other, twice := sold[b.Place]; twice {
					t.Fatalf("place %d was sold to %s and to %s", b.Place, other, b.ID)
				}
				sold[b.Place] = b.ID
			}
			return nil
		})
	}
	if p := plan(0); len(sold) > p.Places-p.WalkIns {
		t.Fatalf("%d places sold of %d, %d of them for walk-ins", len(sold), p.Places, p.WalkIns)
	}
}

// Two boxes that are cut off from each other and from headquarters never sell a place twice, nor one of the walk-ins'.
func TestNoPlaceIsSoldTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &centre{next: 1, slot: Slot{"nash", "2026-12-01", 540}}
		for i := range c.boxes {
			c.boxes[i] = ledgertest.Create(t, Book(), lease.Book())
			defer c.boxes[i].Close(t)
		}
		steps := []func(*rapid.T, int){c.book, c.book, c.book, c.lend, c.drop, c.steal}
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			step, box := rapid.IntRange(0, len(steps)-1).Draw(t, "step"), rapid.IntRange(0, 1).Draw(t, "box")
			steps[step](t, box)
			c.hold(t)
		}
	})
}

// Whatever ended a booking, nothing ends it again.
func TestEndsOnce(t *testing.T) {
	f := ledgertest.Create(t, Book())
	defer f.Close(t)
	do := func(decide func(*ledger.Tx) error) error { return f.Update(t.Context(), "door/1", decide) }
	e := booked()
	e.Lent, e.After = false, ""
	if err := do(func(tx *ledger.Tx) error { return Make(tx, name, plan(0), e) }); err != nil {
		t.Fatal(err)
	}
	if err := do(func(tx *ledger.Tx) error { return Make(tx, name, plan(0), e) }); !errors.Is(err, ErrTwice) {
		t.Errorf("the same name again: %v", err)
	}
	if err := do(func(tx *ledger.Tx) error { return CheckIn(tx, name, "VVVVVVVVVVVVVVVV") }); err != nil {
		t.Fatal(err)
	}
	for what, decide := range map[string]func(*ledger.Tx) error{
		"cancelled": func(tx *ledger.Tx) error { return Cancel(tx, name, "asked") },
		"released":  func(tx *ledger.Tx) error { return Release(tx, name, 10) },
		"came":      func(tx *ledger.Tx) error { return CheckIn(tx, name, "VVVVVVVVVVVVVVVV") },
		"moved":     func(tx *ledger.Tx) error { return Move(tx, name, plan(0), Moved{"nash", "2026-12-01", 540, 3, false}) },
	} {
		if err := do(decide); !errors.Is(err, ErrState) {
			t.Errorf("%s after they came: %v", what, err)
		}
	}
	_ = f.View(t.Context(), func(s ledger.Snapshot) error {
		if b, ok := Of(s, "VVVVVVVVVVVVVVVV"); !ok || b.State != StateCheckedIn || len(Due(s, 1<<62, 9)) != 0 {
			t.Errorf("they came with %+v", b)
		}
		return nil
	})
}
