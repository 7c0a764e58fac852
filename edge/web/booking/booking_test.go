package booking

import (
	"context"
	"flag"
	"html"
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
	taken := day // a day whose every place is taken, and what the box said to somebody who tried
	taken.Services, taken.Service, taken.Slots = []page.Service{service}, "nashonuma", []slot{{Value: "nash/2026-12-01/570", Clock: "09:30"}}
	taken.Refusal = refusal(kit, desk.SlotFull)
	for name, p := range map[string]dayPage{"day-empty": day, "day-full": full, "day-moving": moving, "day-taken": taken} {
		pagetest.Golden(t, *update, kit, b.list, name, page.Frame{Title: "booking.title", Data: p})
	}
	none := nextPage{Desk: "B", Token: "B042", Service: service, Weeks: []int{4, 13}, Day: "2026-12-01", Before: "2026-11-30", After: "2026-12-02"}
	refused := none
	refused.Slots, refused.Refusal = slots, refusal(kit, desk.SlotFull)
	for name, p := range map[string]nextPage{
		"next-nobody":  {Desk: "B", Done: &own},
		"next-none":    none,
		"next-refused": refused,
		"next-slots":   {Desk: "B", Token: "B042", Service: service, Weeks: []int{4, 13}, Day: "2026-12-01", Before: "2026-11-30", After: "2026-12-02", Slots: slots},
	} {
		pagetest.Golden(t, *update, kit, b.next, name, page.Frame{Title: "booking.next", Data: p})
	}
}

// refusal is what a page says of a code; in a golden file always in English, for the file's own language is the page's.
func refusal(kit *page.Kit, code string) *page.Refusal {
	shown, _ := kit.Refusal(page.English, desk.Refuse(code))
	return shown
}

// What a floor refuses is answered on the page that was pressed, in words and with what to do; the form stays.
func TestRefusals(t *testing.T) {
	kit := pagetest.Kit(t)
	b, err := New(kit, strict{t}, desk.Catalogue{Services: []desk.Service{{Code: "nashonuma", Letter: "B", NameEn: "Nashonuma"}}})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	b.Routes(mux)
	for _, tt := range []struct {
		path, code string
		form       url.Values
	}{
		{"/floor/bookings", desk.SlotFull, url.Values{"act": {"book"}, "slot": {"nash/2026-12-01/570"}, "service": {"nashonuma"}}},
		{"/floor/bookings", desk.NoSuchBooking, url.Values{"act": {"check-in"}, "booking": {"BBBBBBBBBBBBBBBB"}}},
		{"/floor/bookings", desk.NoSuchSlot, url.Values{"act": {"move"}, "booking": {"BBBBBBBBBBBBBBBB"}, "slot": {"x/2026-12-01/1"}}},
		{"/desk/B/booking", desk.SlotFull, url.Values{"token": {"B042"}, "slot": {"nash/2026-12-01/570"}}},
		{"/desk/B/booking", desk.NobodyServed, url.Values{"token": {"B041"}, "slot": {"nash/2026-12-01/570"}}},
	} {
		for _, lang := range []page.Lang{page.Urdu, page.English} {
			tt.form.Set("lang", string(lang))
			r := httptest.NewRequest(http.MethodPost, tt.path, strings.NewReader(tt.form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, r)
			want, status := kit.Refusal(lang, desk.Refuse(tt.code))
			if text := html.UnescapeString(w.Body.String()); w.Code != status || !strings.Contains(text, want.What) || !strings.Contains(text, want.Remedy) {
				t.Errorf("%s %v: %d, want %d with %q", tt.path, tt.form, w.Code, status, want.What)
			}
		}
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
