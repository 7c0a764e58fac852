package browsertest

import (
	"fmt"
	"testing"
	"time"

	"github.com/go-rod/rod/lib/input"

	"markaz.example/edge/desk"
	"markaz.example/edge/web/webtest"
)

// A time is booked at the floor's page, checked in at the kiosk, and called before a walk-in who came earlier; the desk
// books the next visit.
func TestAppointment(t *testing.T) {
	t.Parallel()
	c := webtest.StartWith(t, fonts())
	w := open(t, Browse(t), c.Desks+"/floor?lang=en", 1366, 768)
	w.visit(c.Desks + "/floor/bookings?lang=en&service=payment")
	w.press(fmt.Sprintf(`label:has([value="pay/%s/%d"])`, c.Floor.Today().Format(time.DateOnly), soonest(c.Floor.Today())))
	w.press("#book")
	w.sees(".booking-done", "Booked")
	list, err := c.Floor.Bookings(t.Context(), c.Floor.Today().Format(time.DateOnly))
	if err != nil || len(list) != 1 {
		t.Fatalf("%d bookings, %v", len(list), err)
	}
	w.sees(".booking-list", list[0].Pass.Spaced())
	walkIn := c.Visitor("payment")

	w.visit(c.URL + "/kiosk?k=1")
	w.press("#booked")
	w.sees("h1", "وقت کی پرچی")
	w.fill("#slip", "4071 8852")
	w.key(input.Enter)
	w.sees(".refusal", "یہ وقت نہیں ملا")
	w.fill("#slip", string(list[0].Pass))
	w.key(input.Enter)
	w.sees(".slip-printed", "پرچی")
	token := w.read(".slip-token")
	called, err := c.Floor.CallNext(t.Context(), "D")
	if err != nil || string(called.Token) != token || called.Token == walkIn.Token {
		t.Fatalf("called %+v, %v, want %s before %s", called, err, token, walkIn.Token)
	}

	if err := c.Floor.Confirm(t.Context(), "D"); err != nil {
		t.Fatal(err)
	}
	w.visit(c.Desks + "/desk/D?lang=en")
	w.press(".tool-booking")
	w.sees("h1", "Come again")
	w.press(".booking-slot")
	w.press("#book")
	w.sees(".booking-done", "Booked")
	showAppointments(t, w, c)
}

// soonest is the time of the plan "pay" that is within its window now, in minutes after midnight.
func soonest(now time.Time) int { return (now.Hour()*60 + now.Minute() + 5) / 10 * 10 }

// showAppointments takes pictures of a day that is partly booked.
func showAppointments(t *testing.T, w window, c *webtest.Centre) {
	t.Helper()
	for i, r := range []desk.Reservation{{Minute: 540}, {Minute: 540, Persons: 3, Channel: "phone"}, {Minute: 540}, {Minute: 540}, {Minute: 600, Weeks: 13, Times: 3}} {
		r.Plan, r.Day, r.Lang = "nash", "2027-03-01", "ur"
		if r.Channel == "" {
			r.Channel = "door"
		}
		a, err := c.Floor.Book(t.Context(), "door/1", r)
		if err == nil && i == 2 {
			err = c.Floor.CancelBooking(t.Context(), "door/1", a.ID, "asked")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, size := range [][2]int{{1366, 768}, {1920, 1080}, {390, 844}} {
		shot{"bookings", "/floor/bookings?day=2027-03-01", size[0], size[1]}.take(t, w, c.URL)
		w.accessible("bookings")
		shot{"next-visit", "/desk/D/booking?weeks=4", size[0], size[1]}.take(t, w, c.URL)
		w.accessible("next-visit")
		shot{"booked", "/kiosk/booked?k=1", size[0], size[1]}.take(t, w, c.URL)
		w.accessible("booked")
	}
}
