package public

import (
	"context"
	"net/http"
	"strings"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/live"
	"markaz.example/edge/web/page"
)

// phonePage is the struct of phone.tmpl. It names nobody.
type phonePage struct {
	Code      string // of the slip; the address has it already
	Token     string
	State     string // of the present stop, as visit.State
	Ahead     int    // while waiting
	Low, High int    // the wait that was promised, in minutes; 0 when none was
	Closed    bool   // no desk serves the stop at present
	Soon      bool   // few are ahead: come near
	Desk      string // to go to, while called or served, or to come back to
	Room      string // of that desk, or of the service; empty when the centre has one room
	Way       page.Name
	Papers    page.Name // to have ready for the present stop
	MayCancel bool
	Said      []string // to the hall, newest first
	Services  []page.Service
}

// Waiting says whether there is a place in line to tell.
func (p phonePage) Waiting() bool { return p.State == string(visit.StateWaiting) && !p.Closed }

func (p *Public) phonePage(ctx context.Context, c id.Code) (phonePage, error) {
	at, err := p.floor.ByCode(ctx, c)
	if err != nil {
		return phonePage{}, err
	}
	shown := placeOf(at)
	shown.Code = string(c)
	return shown, nil
}

// placeOf shows a place in line.
func placeOf(at desk.Place) phonePage {
	shown := phonePage{
		Token: string(at.Token), State: string(at.State), Ahead: at.Ahead, Low: at.LowMin, High: at.HighMin,
		Closed: at.Closed, Soon: at.Message == "soon", MayCancel: at.MayCancel, Services: page.StopsOf(at.Stops),
	}
	if at.Stop < len(at.Stops) {
		now := page.ServiceOf(at.Stops[at.Stop].Service)
		shown.Way, shown.Papers = now.Way, now.Papers
	}
	switch at.State {
	case visit.StateCalled, visit.StateServing:
		shown.Desk, shown.Room = string(at.Desk), at.Room
	case visit.StateHold:
		shown.Desk = string(at.Stops[at.Stop].Desk)
	case visit.StateWaiting:
		shown.Room = at.Room
	}
	for _, a := range at.Announced {
		if a.Room == "" || a.Room == at.Room {
			shown.Said = append(shown.Said, a.Text)
		}
	}
	return shown
}

// codeOf reads the code of a request, in capitals or not, or answers and reports false.
func (p *Public) codeOf(w http.ResponseWriter, r *http.Request) (id.Code, bool) {
	c := id.Code(strings.ToUpper(r.PathValue("code")))
	if c.Check() != nil {
		p.kit.Sorry(w, r, http.StatusNotFound, "refusal.visit.unknown.what", "")
		return c, false
	}
	return c, true
}

func (p *Public) showPhone(w http.ResponseWriter, r *http.Request) {
	c, ok := p.codeOf(w, r)
	if !ok {
		return
	}
	at, err := p.floor.ByCode(r.Context(), c)
	if err != nil {
		p.sorry(w, r, err)
		return
	}
	lang := phoneLang(r, at)
	shown := placeOf(at)
	shown.Code = string(c)
	p.phone.Write(w, http.StatusOK, page.Frame{
		Lang: lang, Title: "phone.title", Data: shown, Script: "phone.js", Poll: pollSeconds,
		Live: "/t/" + string(c) + "/live?lang=" + string(lang),
	})
}

// phoneLang is what the page was asked for in, else what the visitor chose at the kiosk.
func phoneLang(r *http.Request, at desk.Place) page.Lang {
	if own := page.Lang(at.Lang); r.FormValue("lang") == "" && own.Known() {
		return own
	}
	return page.LangOf(r)
}

func (p *Public) watchPhone(w http.ResponseWriter, r *http.Request) {
	c, ok := p.codeOf(w, r)
	if !ok {
		return
	}
	if _, err := p.floor.ByCode(r.Context(), c); err != nil {
		p.sorry(w, r, err)
		return
	}
	lang := page.LangOf(r)
	key := "phone/" + string(c) + "/" + string(lang)
	p.hub.Serve(w, r, live.Topic{Key: key, Pace: live.Phone, Render: func(ctx context.Context) (live.Parts, error) {
		at, err := p.phonePage(ctx, c)
		if err != nil {
			return nil, err
		}
		return p.phone.Parts(lang, at)
	}})
}

// cancel gives a number up, once its owner has said so twice.
func (p *Public) cancel(w http.ResponseWriter, r *http.Request) {
	if !p.kit.Form(w, r) {
		return
	}
	c, ok := p.codeOf(w, r)
	if !ok {
		return
	}
	if r.PostForm.Get("act") != "cancel" {
		p.kit.Sorry(w, r, http.StatusBadRequest, "sorry.form", "")
		return
	}
	at, err := p.floor.ByCode(r.Context(), c)
	if err == nil {
		err = p.floor.Cancel(r.Context(), "phone", at.Visit, "by-phone")
	}
	lang := page.LangOf(r)
	back := "/t/" + string(c) + "?lang=" + string(lang)
	p.kit.Done(w, r, err, back, func(_ *page.Refusal, status int) {
		p.kit.Sorry(w, r, status, "live.unexplained", back)
	})
}
