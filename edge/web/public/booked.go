package public

import (
	"net/http"
	"strings"

	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/page"
)

// bookedPage is the struct of booked.tmpl: an appointment's pass, typed or scanned.
type bookedPage struct {
	View    view
	Refusal *page.Refusal
}

func (p *Public) showBooked(w http.ResponseWriter, r *http.Request) {
	v, ok := viewOf(r)
	if !ok {
		p.kit.Sorry(w, r, http.StatusNotFound, "sorry.not-found", "/kiosk")
		return
	}
	p.writeBooked(w, http.StatusOK, bookedPage{View: v})
}

func (p *Public) writeBooked(w http.ResponseWriter, status int, s bookedPage) {
	p.booked.Write(w, status, page.Frame{
		Lang: s.View.Lang, Title: "booked.title", Live: "/kiosk/live", Script: "kiosk.js", Theme: "light", Data: s,
	})
}

// checkIn gives a number to whoever shows a pass. The pass comes to stand in no address.
func (p *Public) checkIn(w http.ResponseWriter, r *http.Request) {
	if !p.kit.Form(w, r) {
		return
	}
	v, ok := viewOf(r)
	if !ok {
		p.kit.Sorry(w, r, http.StatusBadRequest, "sorry.form", "/kiosk")
		return
	}
	to, err := p.arrive(r, kioskName(v.Kiosk), passOf(r.PostForm.Get("slip")))
	p.kit.Done(w, r, err, slipURL(atKiosk, to, v.Kiosk, v.Lang), func(refused *page.Refusal, status int) {
		p.writeBooked(w, status, bookedPage{View: v, Refusal: refused})
	})
}

func (p *Public) arrive(r *http.Request, actor string, pass id.Pass) (id.Visit, error) {
	if pass.Check() != nil {
		return "", desk.Refuse(desk.NoSuchBooking)
	}
	return p.floor.CheckIn(r.Context(), actor, pass)
}

// passOf is a pass as people type it, with blanks or without. Check it.
func passOf(typed string) id.Pass { return id.Pass(strings.Join(strings.Fields(typed), "")) }
