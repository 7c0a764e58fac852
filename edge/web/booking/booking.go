package booking

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"time"

	book "markaz.example/edge/book/booking"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/page"
)

//go:embed *.tmpl
var templates embed.FS

// Floor is what the pages record and show.
type Floor interface {
	Today() time.Time
	Slots(ctx context.Context, s id.Service, day string) ([]desk.OpenSlot, error)
	Bookings(ctx context.Context, day string) ([]desk.Appointment, error)
	Appointment(context.Context, id.Booking) (desk.Appointment, error)
	ServedHere(context.Context, id.Desk) (desk.Reservation, desk.Service, id.Token, error)
	Book(ctx context.Context, actor string, r desk.Reservation) (desk.Appointment, error)
	MoveBooking(ctx context.Context, actor string, b id.Booking, to book.Slot) error
	CancelBooking(ctx context.Context, actor string, b id.Booking, reason string) error
	PrintBooking(ctx context.Context, actor string, b id.Booking) error
	CheckIn(ctx context.Context, actor string, p id.Pass) (id.Visit, error)
}

// Booking serves the pages. Any goroutine may call it.
type Booking struct {
	kit       *page.Kit
	floor     Floor
	catalogue desk.Catalogue
	list      *page.Screen
	next      *page.Screen
}

// New reads the templates.
func New(kit *page.Kit, floor Floor, catalogue desk.Catalogue) (*Booking, error) {
	list, err := kit.Screen(templates, "bookings", "slots")
	if err != nil {
		return nil, err
	}
	next, err := kit.Screen(templates, "nextvisit", "slots")
	return &Booking{kit: kit, floor: floor, catalogue: catalogue, list: list, next: next}, err
}

// Routes adds the pages.
func (b *Booking) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /floor/bookings", b.showDay)
	mux.HandleFunc("POST /floor/bookings", b.act)
	mux.HandleFunc("GET /desk/{desk}/booking", b.showNext)
	mux.HandleFunc("POST /desk/{desk}/booking", b.bookNext)
}

// slot is a time on a page.
type slot struct {
	Value string // of the form: "nash/2026-12-01/570"
	Clock string
	Sex   string
	Free  int
}

// slotsOf leaves out what is over.
func slotsOf(open []desk.OpenSlot) (out []slot) {
	for _, s := range open {
		if !s.Past {
			out = append(out, slot{valueOf(s.Slot), s.Clock(), s.Sex, s.Free})
		}
	}
	return out
}

// sorry answers with why the page cannot be shown.
func (b *Booking) sorry(w http.ResponseWriter, r *http.Request, err error, home string) {
	shown, status := b.kit.Refusal(page.LangOf(r), err)
	if errors.Is(err, desk.Refuse(desk.NoSuchDesk)) {
		b.kit.Sorry(w, r, status, "refusal.desk.unknown.what", "/desk")
		return
	}
	if status < http.StatusInternalServerError {
		b.kit.Sorry(w, r, status, "sorry.broken", home)
		return
	}
	b.kit.Wait(w, r, "sorry.broken", shown.What, waitSeconds)
}
