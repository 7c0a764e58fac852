package booking

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	book "markaz.example/edge/book/booking"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/page"
)

// actor is who acts on the list of a day.
const actor = "floor"

// dayPage is the struct of bookings.tmpl.
type dayPage struct {
	Day, Before, After string
	Services           []page.Service // that can be booked; the chosen one is marked
	Service            string         // whose times are shown; empty before one is chosen
	Slots              []slot
	Moving             *line // what gets another time; nil for a new booking
	List               []line
	Done               *line // what was booked last
	Lang               page.Lang
	PersonsMax         int
	TimesMax           int
	Refusal            *page.Refusal
}

// line is one booking of the list.
type line struct {
	ID       string
	Pass     string // as printed
	Day      string
	Clock    string
	Service  page.Service
	Persons  int
	State    string
	Channel  string
	Left     int
	Unplaced bool // they came, and the series could not go on by itself
}

// Open says that somebody may still come.
func (l line) Open() bool { return l.State == string(book.StateBooked) }

func lineOf(a desk.Appointment) line {
	return line{
		ID: string(a.ID), Pass: a.Pass.Spaced(), Day: a.Day, Clock: a.Clock(), Service: page.ServiceOf(a.Name),
		Persons: int(a.Persons), State: string(a.State), Channel: a.Channel, Left: int(a.Left),
		Unplaced: a.Left > 0 && a.State == book.StateCheckedIn && a.Next == "",
	}
}

func (b *Booking) showDay(w http.ResponseWriter, r *http.Request) {
	b.writeDay(w, r, http.StatusOK, nil)
}

func (b *Booking) writeDay(w http.ResponseWriter, r *http.Request, status int, refused *page.Refusal) {
	p, err := b.dayPage(r.Context(), r.Form, r.URL.Query())
	if err != nil {
		b.sorry(w, r, err, "/floor")
		return
	}
	p.Refusal = refused
	self := url.URL{Path: r.URL.Path, RawQuery: url.Values{"day": {p.Day}, "service": {p.Service}}.Encode()}
	b.list.Write(w, status, page.Frame{Lang: page.LangOf(r), Title: "booking.title", Self: &self, Data: p})
}

// dayPage is what a form or a link asks for.
func (b *Booking) dayPage(ctx context.Context, form, query url.Values) (p dayPage, err error) {
	if form == nil {
		form = query
	}
	p = dayPage{
		Day: dayOf(form.Get("day"), b.floor.Today().Format(time.DateOnly)), Service: form.Get("service"), Lang: page.Urdu,
		PersonsMax: personsMax, TimesMax: timesMax,
	}
	p.Before, p.After = book.Later(p.Day, -1), book.Later(p.Day, 1)
	if p.Moving, err = b.line(ctx, form.Get("move")); err != nil {
		return p, err
	}
	if p.Done, err = b.line(ctx, query.Get("done")); err != nil {
		return p, err
	}
	if p.Moving != nil {
		p.Service = p.Moving.Service.Code
	}
	p.Services = b.services(p.Service)
	if p.Service, err = "", nil; len(p.Services) > 0 {
		p.Service = p.chosen()
	}
	return p, b.fill(ctx, &p)
}

// fill adds the times and the list.
func (b *Booking) fill(ctx context.Context, p *dayPage) error {
	if p.Service != "" {
		open, err := b.floor.Slots(ctx, id.Service(p.Service), p.Day)
		if err != nil {
			return err
		}
		p.Slots = slotsOf(open)
	}
	booked, err := b.floor.Bookings(ctx, p.Day)
	for _, a := range booked {
		p.List = append(p.List, lineOf(a))
	}
	return err
}

// chosen is the service whose times are shown: the first when none was chosen.
func (p dayPage) chosen() string {
	i := max(slices.IndexFunc(p.Services, func(s page.Service) bool { return s.Chosen }), 0)
	p.Services[i].Chosen = true
	return p.Services[i].Code
}

// services are those that can be booked.
func (b *Booking) services(chosen string) (out []page.Service) {
	for _, s := range b.catalogue.Services {
		if slices.ContainsFunc(b.catalogue.Slots, func(p book.Plan) bool { return p.Service == s.Code }) {
			shown := page.ServiceOf(s)
			shown.Chosen = shown.Code == chosen
			out = append(out, shown)
		}
	}
	return out
}

// line is one booking; nil for none, and for a name that is none.
func (b *Booking) line(ctx context.Context, name string) (*line, error) {
	if id.Booking(name).Check() != nil {
		return nil, nil
	}
	a, err := b.floor.Appointment(ctx, id.Booking(name))
	if err != nil {
		return nil, err
	}
	own := lineOf(a)
	return &own, nil
}

// act is one press on the list of a day.
func (b *Booking) act(w http.ResponseWriter, r *http.Request) {
	if !b.kit.Form(w, r) {
		return
	}
	back := url.Values{"lang": {string(page.LangOf(r))}, "day": {dayOf(r.PostForm.Get("day"), "")}, "service": {r.PostForm.Get("service")}}
	known, err := b.take(r.Context(), r.PostForm, back)
	if !known {
		b.kit.Sorry(w, r, http.StatusBadRequest, "sorry.form", "/floor/bookings")
		return
	}
	b.kit.Done(w, r, err, "/floor/bookings?"+back.Encode(), func(refused *page.Refusal, status int) {
		b.writeDay(w, r, status, refused)
	})
}

// take does what was pressed, and says in back which day and booking to show. It reports false for a press that is none.
func (b *Booking) take(ctx context.Context, form, back url.Values) (known bool, err error) {
	own := id.Booking(form.Get("booking"))
	if form.Get("act") == "book" {
		a, err := b.floor.Book(ctx, actor, reservationOf(form))
		back.Set("done", string(a.ID))
		return true, err
	}
	if own.Check() != nil {
		return false, nil
	}
	switch form.Get("act") {
	case "move":
		to := slotOf(form.Get("slot"))
		back.Set("day", dayOf(to.Day, ""))
		back.Set("done", string(own))
		return true, b.floor.MoveBooking(ctx, actor, own, to)
	case "cancel":
		return true, b.floor.CancelBooking(ctx, actor, own, "asked")
	case "print":
		return true, b.floor.PrintBooking(ctx, actor, own)
	case "check-in":
		a, err := b.floor.Appointment(ctx, own)
		if err == nil {
			_, err = b.floor.CheckIn(ctx, actor, a.Pass)
		}
		return true, err
	}
	return false, nil
}
