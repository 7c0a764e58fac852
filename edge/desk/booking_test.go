package desk_test

import (
	"errors"
	"testing"
	"time"

	"markaz.example/edge/book/booking"
	"markaz.example/edge/book/lease"
	"markaz.example/edge/book/paper"
	"markaz.example/edge/clock"
	"markaz.example/edge/desk"
	"markaz.example/edge/ledger"
	"markaz.example/edge/letter"
)

// everyDay is a plan of two places an hour from nine to twelve, and one more for walk-ins. The test's clock starts at nine.
func everyDay() booking.Plan {
	return booking.Plan{
		Code: "nash", Service: "nashonuma", Days: []time.Weekday{0, 1, 2, 3, 4, 5, 6}, From: 9 * 60, To: 12 * 60, Every: 60,
		Places: 3, WalkIns: 1,
	}
}

func bookingHall(t *testing.T, p booking.Plan) *hall {
	t.Helper()
	h := openHall(t)
	h.Catalogue.Slots = []booking.Plan{p}
	if err := h.Catalogue.Check(); err != nil {
		t.Fatal(err)
	}
	return h
}

const bookedDay = "2026-11-22"

func at(day string, hour uint16) desk.Reservation {
	return desk.Reservation{Plan: "nash", Day: day, Minute: hour * 60, Lang: "ur", Channel: "door"}
}

func (h *hall) reserve(t *testing.T, r desk.Reservation) desk.Appointment {
	t.Helper()
	a, err := h.Book(t.Context(), "door/1", r)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func wantRefusal(t *testing.T, err error, code string) {
	t.Helper()
	if !errors.Is(err, desk.Refuse(code)) {
		t.Errorf("got %v, want %s", err, code)
	}
}

// What is not kept for walk-ins can be booked, and no more; what is cancelled can be booked again.
func TestBookUntilFull(t *testing.T) {
	h := bookingHall(t, everyDay())
	first := h.reserve(t, at(bookedDay, 10))
	h.reserve(t, at(bookedDay, 10))
	_, err := h.Book(t.Context(), "door/1", at(bookedDay, 10))
	wantRefusal(t, err, desk.SlotFull)
	if err := h.CancelBooking(t.Context(), "door/1", first.ID, "asked"); err != nil {
		t.Fatal(err)
	}
	again := h.reserve(t, at(bookedDay, 10))
	if again.Place != first.Place {
		t.Errorf("place %d, want the one that was given up, %d", again.Place, first.Place)
	}
	slots, err := h.Slots(t.Context(), "nashonuma", bookedDay)
	if err != nil || len(slots) != 3 || slots[1].Free != 0 || slots[1].Taken != 2 || slots[2].Free != 2 {
		t.Errorf("slots %+v, %v", slots, err)
	}
	list, err := h.Bookings(t.Context(), bookedDay)
	if err != nil || len(list) != 3 {
		t.Errorf("%d bookings of the day, %v: want 3, the cancelled one too", len(list), err)
	}
}

func TestBookRefuses(t *testing.T) {
	h := bookingHall(t, everyDay())
	if _, err := h.Book(t.Context(), "door/1", at("2026-11-21", 10)); err != nil {
		t.Errorf("by a clock that nobody vouches for, yesterday is past: %v", err)
	}
	tell(t, h, h.file.Clock.Wall())
	for code, r := range map[string]desk.Reservation{
		desk.NoSuchSlot:     {Plan: "nash", Day: bookedDay, Minute: 10*60 + 1, Lang: "ur", Channel: "door"},
		desk.SlotPast:       at("2026-11-21", 10),
		desk.NoSuchLanguage: {Plan: "nash", Day: bookedDay, Minute: 600, Lang: "xx", Channel: "door"},
		desk.BadBooking:     {Plan: "nash", Day: bookedDay, Minute: 600, Lang: "ur", Channel: "door", Persons: 99},
	} {
		_, err := h.Book(t.Context(), "door/1", r)
		wantRefusal(t, err, code)
	}
	_, err := h.Book(t.Context(), "door/1", at("2028-01-01", 10))
	wantRefusal(t, err, desk.SlotPast)
	_, err = h.CheckIn(t.Context(), "kiosk/1", "10000001")
	wantRefusal(t, err, desk.NoSuchBooking)
	tomorrow := h.reserve(t, at("2026-11-23", 9))
	_, err = h.CheckIn(t.Context(), "kiosk/1", tomorrow.Pass)
	wantRefusal(t, err, desk.BookingLater)
}

// A pass gives one number, however often it is shown; and its time goes before walk-ins while the window is open.
func TestCheckInGoesFirst(t *testing.T) {
	h := bookingHall(t, everyDay())
	own := h.reserve(t, at(bookedDay, 10))
	h.file.Clock.Pass(56 * time.Minute)
	h.admit(t, "nashonuma")
	booked, err := h.CheckIn(t.Context(), "kiosk/1", own.Pass)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := h.CheckIn(t.Context(), "kiosk/2", own.Pass); err != nil || again != booked {
		t.Errorf("shown again: %s, %v, want %s", again, err, booked)
	}
	h.start(t, booked)
	h.confirm(t, booked)
	called, err := h.CallNext(t.Context(), "C")
	if err != nil || called.Visit != booked {
		t.Errorf("called %+v, %v, want the appointment before the walk-in", called, err)
	}
	wantRefusal(t, h.CancelBooking(t.Context(), "door/1", own.ID, "asked"), desk.BookingOver)
}

// A booking moves to another time, keeps its pass, and leaves its place to others.
func TestMoveBooking(t *testing.T) {
	h := bookingHall(t, everyDay())
	own := h.reserve(t, at(bookedDay, 10))
	h.reserve(t, at(bookedDay, 10))
	if err := h.MoveBooking(t.Context(), "door/1", own.ID, booking.Slot{Plan: "nash", Day: "2026-11-23", Minute: 11 * 60}); err != nil {
		t.Fatal(err)
	}
	moved, err := h.ByPass(t.Context(), own.Pass)
	if err != nil || moved.Day != "2026-11-23" || moved.Clock() != "11:00" {
		t.Errorf("moved to %+v, %v", moved, err)
	}
	h.reserve(t, at(bookedDay, 10))
	job, err := h.BookingPaper(t.Context(), paper.Job{Subject: "booking/" + string(own.ID) + "/1"})
	if err != nil || job.Day != "2026-11-23" {
		t.Errorf("paper %+v, %v", job, err)
	}
	wantRefusal(t, h.MoveBooking(t.Context(), "door/1", own.ID, booking.Slot{Plan: "nash", Day: "2026-11-23", Minute: 1}), desk.NoSuchSlot)
}

// Nobody is released by a clock that nobody set; then whoever did not come until the late window is over.
func TestReleased(t *testing.T) {
	h := bookingHall(t, everyDay())
	own := h.reserve(t, at(bookedDay, 10))
	state := func() booking.State {
		t.Helper()
		if err := h.ReleaseBookings(t.Context()); err != nil {
			t.Fatal(err)
		}
		a, err := h.ByPass(t.Context(), own.Pass)
		if err != nil {
			t.Fatal(err)
		}
		return a.State
	}
	h.file.Clock.Pass(2 * time.Hour)
	if got := state(); got != booking.StateBooked {
		t.Errorf("%s by a clock that nobody set", got)
	}
	start := time.UnixMilli(own.Slot().Start())
	h.tell(t, start.Add(10*time.Minute))
	if got := state(); got != booking.StateBooked {
		t.Errorf("%s within the late window", got)
	}
	h.file.Clock.Pass(time.Second)
	if got := state(); got != booking.StateReleased {
		t.Errorf("%s after the late window", got)
	}
	_, err := h.CheckIn(t.Context(), "kiosk/1", own.Pass)
	wantRefusal(t, err, desk.BookingOver)
}

func (h *hall) tell(t *testing.T, now time.Time) {
	t.Helper()
	if err := h.Ledger.Tell(t.Context(), "headquarters", now, clock.Network); err != nil {
		t.Fatal(err)
	}
}

// Each visit of a series books the next, thirteen weeks on and at the same time, until the series ends.
func TestSeries(t *testing.T) {
	h := bookingHall(t, everyDay())
	r := at(bookedDay, 10)
	r.Weeks, r.Times = 13, 1
	own := h.reserve(t, r)
	if _, err := h.CheckIn(t.Context(), "kiosk/1", own.Pass); err != nil {
		t.Fatal(err)
	}
	came, _ := h.ByPass(t.Context(), own.Pass)
	next, err := h.Appointment(t.Context(), came.Next)
	if err != nil || next.Day != "2027-02-21" || next.Clock() != "10:00" || next.Left != 0 || next.After != own.ID {
		t.Errorf("the next is %+v, %v", next, err)
	}
}

// What headquarters lends is sold besides the box's own share, and nothing of what it keeps.
func TestLentPlaces(t *testing.T) {
	p := everyDay()
	p.Places, p.Lent = 4, 2
	h := bookingHall(t, p)
	slot := booking.Slot{Plan: "nash", Day: bookedDay, Minute: 600}
	h.reserve(t, at(bookedDay, 10))
	_, err := h.Book(t.Context(), "door/1", at(bookedDay, 10))
	wantRefusal(t, err, desk.SlotFull)
	h.update(t, func(tx *ledger.Tx) error {
		return lease.Grant(tx, letter.LeaseGranted{
			ID: "K5QXG43UOVZGKZDT", What: slot.Pool(), From: 2, Count: 5, Until: slot.Start() + 1, Nonce: make([]byte, 16),
		})
	})
	lent := h.reserve(t, at(bookedDay, 10))
	if !lent.Lent || lent.Place != 2 {
		t.Errorf("place %d, lent %v: want headquarters' second", lent.Place, lent.Lent)
	}
	_, err = h.Book(t.Context(), "door/1", at(bookedDay, 10)) // 3 is lent, and no place that headquarters may lend
	wantRefusal(t, err, desk.SlotFull)
	if err := h.CancelBooking(t.Context(), "door/1", lent.ID, "asked"); err != nil {
		t.Fatal(err)
	}
	if again := h.reserve(t, at(bookedDay, 10)); again.Place != 2 || !again.Lent {
		t.Errorf("place %d, lent %v: want the number that was drawn before", again.Place, again.Lent)
	}
}
