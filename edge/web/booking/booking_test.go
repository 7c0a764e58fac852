package booking

import (
	"context"
	"flag"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	book "markaz.example/edge/book/booking"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/page"
	"markaz.example/edge/web/page/pagetest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestGolden(t *testing.T) {
	kit := pagetest.Kit(t)
	b, err := New(kit, nil, desk.Catalogue{})
	if err != nil {
		t.Fatal(err)
	}
	service := page.Service{Code: "nashonuma", Letter: "B", Pictogram: "nashonuma", Name: page.Name{Ur: "نشوونما", En: "Nashonuma"}, Chosen: true}
	own := line{ID: "BBBBBBBBBBBBBBBB", Pass: "4071 8852", Day: "2026-12-01", Clock: "09:30", Service: service, Persons: 3, State: "booked", Channel: "phone", Left: 2}
	came := own
	came.State, came.Unplaced = "checked-in", true
	slots := []slot{{Value: "nash/2026-12-01/570", Clock: "09:30", Sex: "f", Free: 2}, {Value: "nash/2026-12-01/600", Clock: "10:00"}}
	day := dayPage{Day: "2026-12-01", Before: "2026-11-30", After: "2026-12-02", Lang: page.Urdu, PersonsMax: personsMax, TimesMax: timesMax}
	full := day
	full.Services, full.Service, full.Slots, full.List, full.Done = []page.Service{service}, "nashonuma", slots, []line{own, came}, &own
	full.Refusal = &page.Refusal{What: "What", Remedy: "Do this"}
	moving := full
	moving.Moving = &own
	for name, p := range map[string]dayPage{"day-empty": day, "day-full": full, "day-moving": moving} {
		pagetest.Golden(t, *update, kit, b.list, name, page.Frame{Title: "booking.title", Data: p})
	}
	for name, p := range map[string]nextPage{
		"next-nobody": {Desk: "B", Done: &own},
		"next-slots":  {Desk: "B", Token: "B042", Service: service, Weeks: []int{4, 13}, Day: "2026-12-01", Before: "2026-11-30", After: "2026-12-02", Slots: slots},
	} {
		pagetest.Golden(t, *update, kit, b.next, name, page.Frame{Title: "booking.next", Data: p})
	}
}

// strict is a floor that fails the test when it is asked for something that has not its shape.
type strict struct{ t *testing.T }

func (strict) Today() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) }

func (s strict) Slots(_ context.Context, _ id.Service, day string) ([]desk.OpenSlot, error) {
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		s.t.Error(err)
	}
	return []desk.OpenSlot{{Slot: book.Slot{Plan: "nash", Day: day, Minute: 570}, Free: 1}}, nil
}

func (s strict) Bookings(context.Context, string) ([]desk.Appointment, error) { return nil, nil }

func (s strict) Appointment(_ context.Context, b id.Booking) (desk.Appointment, error) {
	if err := b.Check(); err != nil {
		s.t.Error(err)
	}
	return desk.Appointment{}, desk.Refuse(desk.NoSuchBooking)
}

func (strict) ServedHere(context.Context, id.Desk) (desk.Reservation, desk.Service, id.Token, error) {
	return desk.Reservation{Lang: "ur", Channel: "desk"}, desk.Service{Code: "nashonuma"}, "B042", nil
}

func (s strict) Book(_ context.Context, _ string, r desk.Reservation) (desk.Appointment, error) {
	if !page.Lang(r.Lang).Known() || r.Channel != "door" && r.Channel != "phone" && r.Channel != "desk" {
		s.t.Errorf("booked %+v", r)
	}
	return desk.Appointment{}, desk.Refuse(desk.SlotFull)
}

func (strict) MoveBooking(context.Context, string, id.Booking, book.Slot) error {
	return desk.Refuse(desk.NoSuchSlot)
}

func (strict) CancelBooking(context.Context, string, id.Booking, string) error { return nil }
func (strict) PrintBooking(context.Context, string, id.Booking) error          { return nil }

func (strict) CheckIn(context.Context, string, id.Pass) (id.Visit, error) {
	return "", desk.Refuse(desk.NoSuchBooking)
}

// FuzzForm sends what strangers may. The answer is always a clear one.
func FuzzForm(f *testing.F) {
	f.Add("book", "nash/2026-12-01/570", "", "2026-12-01", "3", "phone")
	f.Add("move", "nash/2026-12-01/99999", "BBBBBBBBBBBBBBBB", "tomorrow", "-1", "")
	f.Add("cancel", "//", "B", "9999-99-99", "٣", "\x00")
	f.Add("check-in", "", "BBBBBBBBBBBBBBBB", "", "999999999999999999999", "<b>")
	pages, err := New(pagetest.Kit(f), nil, desk.Catalogue{Slots: []book.Plan{{Code: "nash", Service: "nashonuma"}}, Services: []desk.Service{{Code: "nashonuma", Letter: "B"}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, act, slot, booking, day, number, other string) {
		b := *pages
		b.floor = strict{t}
		mux := http.NewServeMux()
		b.Routes(mux)
		form := url.Values{
			"act": {act}, "slot": {slot}, "booking": {booking}, "move": {booking}, "day": {day}, "persons": {number}, "times": {number},
			"channel": {other}, "visitor": {other}, "service": {other}, "token": {other, "B042"}, "weeks": {number}, "done": {booking},
		}.Encode()
		for _, path := range []string{"/floor/bookings", "/desk/A/booking"} {
			for _, method := range []string{"GET", "POST"} {
				r := httptest.NewRequest(method, path+"?"+form, strings.NewReader(form))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				w := httptest.NewRecorder()
				mux.ServeHTTP(w, r)
				if w.Code >= 500 {
					t.Errorf("%s %s with %q: %d", method, path, form, w.Code)
				}
			}
		}
	})
}
