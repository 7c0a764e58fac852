package public

import (
	"context"
	"net/http"
	"strconv"

	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/live"
	"markaz.example/edge/web/page"
)

// slipPage is the struct of slip.tmpl.
type slipPage struct {
	Visit     string
	Kiosk     int
	Token     string
	State     string // "printing", "printed", "held", "uncertain", "gone"
	Problem   string // key of why it is held
	Home      string // the kiosk's first page
	HomeAfter int    // seconds until it goes there by itself; 0 means never
}

func (p *Public) slipPage(ctx context.Context, v id.Visit, kiosk int) (slipPage, error) {
	s, err := p.floor.Slip(ctx, v)
	if err != nil {
		return slipPage{}, err
	}
	shown := slipPage{
		Visit: string(v), Kiosk: kiosk, Token: string(s.Token), Problem: page.PaperProblem(s.Reason),
		Home: "/kiosk?k=" + strconv.Itoa(kiosk) + "&lang=" + string(page.Urdu),
	}
	shown.State, shown.HomeAfter = slipState(s.State)
	return shown, nil
}

func slipState(s desk.SlipState) (state string, homeAfter int) {
	switch s {
	case desk.SlipPrinting:
		return "printing", 0
	case desk.SlipInHand:
		return "printed", homePrinted
	case desk.SlipUncertain:
		return "uncertain", homeHeld
	case desk.SlipHeld:
		return "held", homeHeld
	}
	return "gone", homePrinted
}

func slipURL(v id.Visit, kiosk int, lang page.Lang) string {
	return "/kiosk/slip/" + string(v) + "?k=" + strconv.Itoa(kiosk) + "&lang=" + string(lang)
}

// slipAsked reads the visit and kiosk of a request, or answers and reports false.
func (p *Public) slipAsked(w http.ResponseWriter, r *http.Request) (id.Visit, int, bool) {
	v := id.Visit(r.PathValue("visit"))
	kiosk, ok := kioskOf(r)
	if !ok || v.Check() != nil {
		p.kit.Sorry(w, r, http.StatusNotFound, "refusal."+desk.NoSuchVisit+".what", "/kiosk")
		return v, kiosk, false
	}
	return v, kiosk, true
}

func (p *Public) showSlip(w http.ResponseWriter, r *http.Request) {
	v, kiosk, ok := p.slipAsked(w, r)
	if !ok {
		return
	}
	lang := page.LangOf(r)
	s, err := p.slipPage(r.Context(), v, kiosk)
	if err != nil {
		p.sorry(w, r, err)
		return
	}
	door := ""
	if r.FormValue("door") == "1" {
		door = "&door=1"
		s.Home = doorHome(lang)
	}
	self := *r.URL
	self.RawQuery = "k=" + strconv.Itoa(kiosk) + door
	p.slip.Write(w, http.StatusOK, page.Frame{
		Lang: lang, Title: "slip.title", Self: &self, Data: s,
		Live: "/kiosk/slip/" + string(v) + "/live?k=" + strconv.Itoa(kiosk) + "&lang=" + string(lang) + door,
	})
}

// doorHome is where a slip that was given at the door leads back to.
func doorHome(l page.Lang) string { return "/door?lang=" + string(l) }

// sorry answers with why a visit cannot be shown.
func (p *Public) sorry(w http.ResponseWriter, r *http.Request, err error) {
	_, status := p.kit.Refusal(page.LangOf(r), err)
	if status == http.StatusNotFound {
		p.kit.Sorry(w, r, status, "refusal."+desk.NoSuchVisit+".what", "")
		return
	}
	p.kit.Wait(w, r, "sorry.broken", "", waitSeconds)
}

func (p *Public) watchSlip(w http.ResponseWriter, r *http.Request) {
	v, kiosk, ok := p.slipAsked(w, r)
	if !ok {
		return
	}
	if _, err := p.floor.Slip(r.Context(), v); err != nil {
		p.sorry(w, r, err)
		return
	}
	lang := page.LangOf(r)
	door := r.FormValue("door") == "1"
	key := "slip/" + string(v) + "/" + strconv.Itoa(kiosk) + "/" + string(lang) + "/" + strconv.FormatBool(door)
	p.hub.Serve(w, r, live.Topic{Key: key, Render: func(ctx context.Context) (live.Parts, error) {
		s, err := p.slipPage(ctx, v, kiosk)
		if err != nil {
			return nil, err
		}
		if door {
			s.Home = doorHome(lang)
		}
		return p.slip.Parts(lang, s)
	}})
}

// printAgain prints a slip that is not in hand. Pressed twice, one paper comes out: the floor sees to that.
func (p *Public) printAgain(w http.ResponseWriter, r *http.Request) {
	if !p.kit.Form(w, r) {
		return
	}
	v, kiosk, ok := p.slipAsked(w, r)
	if !ok {
		return
	}
	err := p.floor.PrintAgain(r.Context(), kioskName(kiosk), v)
	p.kit.Done(w, r, err, slipURL(v, kiosk, page.LangOf(r)), func(_ *page.Refusal, status int) {
		p.kit.Sorry(w, r, status, "live.unexplained", "/kiosk?k="+strconv.Itoa(kiosk))
	})
}
