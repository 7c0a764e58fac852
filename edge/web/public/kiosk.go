package public

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"

	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/live"
	"markaz.example/edge/web/page"
)

// kioskPage is the struct of kiosk.tmpl.
type kioskPage struct {
	Kiosk    int
	Press    string // of this page; the same press sent twice gives one number
	Services []page.Service
	Refusal  *page.Refusal // nil unless the last press was refused
}

func (p *Public) showKiosk(w http.ResponseWriter, r *http.Request) {
	kiosk, ok := kioskOf(r)
	if !ok {
		p.kit.Sorry(w, r, http.StatusNotFound, "sorry.not-found", "/kiosk")
		return
	}
	p.writeKiosk(w, r, http.StatusOK, kioskPage{Kiosk: kiosk})
}

func (p *Public) writeKiosk(w http.ResponseWriter, r *http.Request, status int, k kioskPage) {
	k.Press = rand.Text()
	for _, s := range p.catalogue.Services {
		shown := page.ServiceOf(s)
		shown.Chosen = slices.Contains(r.Form["service"], shown.Code)
		k.Services = append(k.Services, shown)
	}
	self := *r.URL
	self.RawQuery = "k=" + strconv.Itoa(k.Kiosk)
	lang := page.LangOf(r)
	p.kiosk.Write(w, status, page.Frame{
		Lang: lang, Title: "kiosk.title", Live: "/kiosk/live", Self: &self, Data: k,
	})
}

// kioskOf is the number of the kiosk that asks; 1 when it says nothing.
func kioskOf(r *http.Request) (int, bool) {
	given := r.FormValue("k")
	if given == "" {
		return 1, true
	}
	n, err := strconv.Atoi(given)
	return n, err == nil && 1 <= n && n <= kiosksMax
}

func kioskName(kiosk int) string { return "kiosk/" + strconv.Itoa(kiosk) }

// ask gives a number: for the one service whose picture was pressed, or for all that were chosen.
func (p *Public) ask(w http.ResponseWriter, r *http.Request) {
	if !p.kit.Form(w, r) {
		return
	}
	kiosk, ok := kioskOf(r)
	services := chosen(r)
	if !ok || len(services) > chosenMax {
		p.kit.Sorry(w, r, http.StatusBadRequest, "sorry.form", "/kiosk")
		return
	}
	lang := page.LangOf(r)
	ctx := context.WithoutCancel(r.Context()) // a second hit makes the browser give up the first, which others wait for
	visit, err := p.presses.once(r.PostForm.Get("press"), func() (id.Visit, error) {
		return p.floor.Ask(ctx, desk.Asking{Actor: kioskName(kiosk), Services: services, Lang: string(lang)})
	})
	back := slipURL(visit, kiosk, lang)
	p.kit.Done(w, r, err, back, func(refused *page.Refusal, status int) {
		p.writeKiosk(w, r, status, kioskPage{Kiosk: kiosk, Refusal: refused})
	})
}

func chosen(r *http.Request) []id.Service {
	codes := r.PostForm["service"]
	if only := r.PostForm.Get("only"); only != "" {
		codes = []string{only}
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
