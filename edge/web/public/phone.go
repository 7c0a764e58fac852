package public

import (
	"context"
	"net/http"
	"strings"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/id"
	"markaz.example/edge/web/live"
	"markaz.example/edge/web/page"
)

// phonePage is the struct of phone.tmpl. It names nobody.
type phonePage struct {
	Token    string
	State    string // of the present stop, as visit.State
	Ahead    int    // while waiting
	Desk     string // to go to, while called or served
	Room     string // of that desk; empty when the centre has one room
	Services []page.Service
}

func (p *Public) phonePage(ctx context.Context, c id.Code) (phonePage, error) {
	at, err := p.floor.ByCode(ctx, c)
	if err != nil {
		return phonePage{}, err
	}
	shown := phonePage{
		Token: string(at.Token), State: string(at.State), Ahead: at.Ahead, Services: page.StopsOf(at.Stops),
	}
	if at.State == visit.StateCalled || at.State == visit.StateServing {
		shown.Desk, shown.Room = string(at.Desk), at.Room
	}
	return shown, nil
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
	at, err := p.phonePage(r.Context(), c)
	if err != nil {
		p.sorry(w, r, err)
		return
	}
	lang := page.LangOf(r)
	p.phone.Write(w, http.StatusOK, page.Frame{
		Lang: lang, Title: "phone.title", Self: r.URL, Data: at,
		Live: "/t/" + string(c) + "/live?lang=" + string(lang),
	})
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
