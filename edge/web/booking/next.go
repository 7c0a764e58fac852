package booking

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	book "markaz.example/edge/book/booking"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/page"
)

// nextPage is the struct of nextvisit.tmpl.
type nextPage struct {
	Desk               string
	Token              string // empty when nobody is served
	Service            page.Service
	Weeks              []int
	Day, Before, After string
	Slots              []slot
	Done               *line
	Refusal            *page.Refusal
}

func (b *Booking) showNext(w http.ResponseWriter, r *http.Request) {
	b.writeNext(w, r, http.StatusOK, nil)
}

func (b *Booking) writeNext(w http.ResponseWriter, r *http.Request, status int, refused *page.Refusal) {
	p, err := b.nextPage(r.Context(), id.Desk(r.PathValue("desk")), r.URL.Query())
	if err != nil {
		b.sorry(w, r, err, "/desk")
		return
	}
	p.Refusal = refused
	b.next.Write(w, status, page.Frame{Lang: page.LangOf(r), Title: "booking.next", Self: &url.URL{Path: r.URL.Path}, Data: p})
}

func (b *Booking) nextPage(ctx context.Context, at id.Desk, query url.Values) (p nextPage, err error) {
	p = nextPage{Desk: string(at), Weeks: []int{2, 4, quarter, 2 * quarter}}
	if p.Done, err = b.line(ctx, query.Get("done")); err != nil {
		return p, err
	}
	_, service, token, err := b.floor.ServedHere(ctx, at)
	if errors.Is(err, desk.Refuse(desk.NobodyServed)) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	p.Token, p.Service = string(token), page.ServiceOf(service)
	return p, b.openDay(ctx, &p, query)
}

// openDay shows the day that was asked for; else the first with a place, a quarter on or as many weeks as were asked.
func (b *Booking) openDay(ctx context.Context, p *nextPage, query url.Values) error {
	weeks, err := strconv.ParseUint(query.Get("weeks"), 10, 8)
	if err != nil || weeks > book.WeeksMax {
		weeks = quarter
	}
	first := book.Later(b.floor.Today().Format(time.DateOnly), 7*int(weeks))
	days := lookAhead
	if asked := dayOf(query.Get("day"), ""); asked != "" {
		first, days = asked, 1
	}
	for i := range days {
		p.Day = book.Later(first, i)
		open, err := b.floor.Slots(ctx, id.Service(p.Service.Code), p.Day)
		if err != nil {
			return err
		}
		if p.Slots = slotsOf(open); anyFree(p.Slots) {
			break
		}
	}
	p.Before, p.After = book.Later(p.Day, -1), book.Later(p.Day, 1)
	return nil
}

func anyFree(all []slot) bool {
	for _, s := range all {
		if s.Free > 0 {
			return true
		}
	}
	return false
}

// bookNext books for whoever the page was for: when the desk serves somebody else by now, for nobody.
func (b *Booking) bookNext(w http.ResponseWriter, r *http.Request) {
	if !b.kit.Form(w, r) {
		return
	}
	at := id.Desk(r.PathValue("desk"))
	reservation, _, token, err := b.floor.ServedHere(r.Context(), at)
	if err == nil && string(token) != r.PostForm.Get("token") {
		err = desk.Refuse(desk.NobodyServed)
	}
	back := url.Values{"lang": {string(page.LangOf(r))}}
	if err == nil {
		s := slotOf(r.PostForm.Get("slot"))
		reservation.Plan, reservation.Day, reservation.Minute = s.Plan, s.Day, s.Minute
		err = b.bookFor(r.Context(), at, reservation, back)
	}
	b.kit.Done(w, r, err, "/desk/"+string(at)+"/booking?"+back.Encode(), func(refused *page.Refusal, status int) {
		b.writeNext(w, r, status, refused)
	})
}

func (b *Booking) bookFor(ctx context.Context, at id.Desk, r desk.Reservation, back url.Values) error {
	a, err := b.floor.Book(ctx, "desk/"+string(at), r)
	back.Set("done", string(a.ID))
	back.Set("day", a.Day)
	return err
}
