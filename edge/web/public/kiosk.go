package public

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/live"
	"markaz.example/edge/web/page"
)

// kioskPage is the struct of kiosk.tmpl.
type kioskPage struct {
	View       view
	Press      string // of this page; the same press sent twice gives one number
	Services   []page.Service
	Situations []situation // what happened; none when the centre lists none
	Ground     bool        // no stairs: chosen
	Woman      bool        // at the desk: chosen
	Booked     bool        // some come with an appointment
	Refusal    *page.Refusal
}

// situation is what happened to somebody, as a tile.
type situation struct {
	Code      string
	Letter    string // of the first service it leads to, and so its colour
	Pictogram string
}

func (p *Public) showKiosk(w http.ResponseWriter, r *http.Request) {
	v, ok := viewOf(r)
	if !ok {
		p.kit.Sorry(w, r, http.StatusNotFound, "sorry.not-found", "/kiosk")
		return
	}
	p.writeKiosk(w, r, http.StatusOK, kioskPage{View: v})
}

func (p *Public) writeKiosk(w http.ResponseWriter, r *http.Request, status int, k kioskPage) {
	k.Press = rand.Text()
	k.Ground, k.Woman = r.Form.Get("ground") == "1", r.Form.Get("woman") == "1"
	k.Booked = len(p.catalogue.Slots) > 0
	k.Services, k.Situations = p.tiles(r.Form["service"]), p.situations()
	k.View.Life = k.View.Life && len(k.Situations) > 0
	p.kiosk.Write(w, status, page.Frame{
		Lang: k.View.Lang, Title: "kiosk.title", Live: "/kiosk/live", Script: "kiosk.js", Theme: "light", Data: k,
	})
}

// tiles are the services, with those marked that were chosen before.
func (p *Public) tiles(chosen []string) []page.Service {
	out := make([]page.Service, 0, len(p.catalogue.Services))
	for _, s := range p.catalogue.Services {
		shown := page.ServiceOf(s)
		shown.Chosen = slices.Contains(chosen, shown.Code)
		out = append(out, shown)
	}
	return out
}

func (p *Public) situations() []situation {
	out := make([]situation, 0, len(p.catalogue.Situations))
	for _, s := range p.catalogue.Situations {
		out = append(out, situation{Code: s.Code, Pictogram: s.Pictogram, Letter: p.letter(s.Services[0])})
	}
	return out
}

func (p *Public) letter(code id.Service) string {
	i := slices.IndexFunc(p.catalogue.Services, func(s desk.Service) bool { return s.Code == code })
	if i < 0 {
		return ""
	}
	return p.catalogue.Services[i].Letter
}

// ask gives a number: for what happened, for the one service whose picture was pressed, or for all that were chosen.
func (p *Public) ask(w http.ResponseWriter, r *http.Request) {
	if !p.kit.Form(w, r) {
		return
	}
	v, ok := viewOf(r)
	services := p.chosen(r)
	if !ok || len(services) > chosenMax {
		p.kit.Sorry(w, r, http.StatusBadRequest, "sorry.form", "/kiosk")
		return
	}
	asking := desk.Asking{Actor: kioskName(v.Kiosk), Services: services, Lang: string(v.Lang), Needs: needs(r)}
	to, err := p.give(r, asking)
	p.kit.Done(w, r, err, slipURL(atKiosk, to, v.Kiosk, v.Lang), func(refused *page.Refusal, status int) {
		p.writeKiosk(w, r, status, kioskPage{View: v, Refusal: refused})
	})
}

// give asks the floor once for a press, however often it is sent.
func (p *Public) give(r *http.Request, a desk.Asking) (id.Visit, error) {
	ctx := context.WithoutCancel(r.Context()) // a second hit makes the browser give up the first, which others wait for
	return p.presses.once(r.PostForm.Get("press"), func() (id.Visit, error) { return p.floor.Ask(ctx, a) })
}

// needs are what people may say of themselves. What makes a class is seen by somebody at the door.
func needs(r *http.Request) visit.Needs {
	n := visit.Needs{Ground: r.PostForm.Get("ground") == "1"}
	if r.PostForm.Get("woman") == "1" {
		n.Sex = "f"
	}
	return n
}

func (p *Public) chosen(r *http.Request) []id.Service {
	codes := r.PostForm["service"]
	if only := r.PostForm.Get("only"); only != "" {
		codes = []string{only}
	}
	if happened := r.PostForm.Get("situation"); happened != "" {
		i := slices.IndexFunc(p.catalogue.Situations, func(s desk.Situation) bool { return s.Code == happened })
		if i < 0 {
			return nil
		}
		return p.catalogue.Situations[i].Services
	}
	out := make([]id.Service, 0, len(codes))
	for _, c := range codes {
		out = append(out, id.Service(c))
	}
	return out
}

// watchKiosk keeps the clock right and says when the box is away. The page itself stands still under the finger.
func (p *Public) watchKiosk(w http.ResponseWriter, r *http.Request) {
	still := func(context.Context) (live.Parts, error) { return nil, nil }
	p.hub.Serve(w, r, live.Topic{Key: "kiosk", Render: still, Pace: live.Phone})
}
