package public

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/live"
	"markaz.example/edge/web/page"
)

// slipPage is the struct of slip.tmpl.
type slipPage struct {
	Visit     string
	At        string // "/kiosk", or "/door" for a number that was given there
	Kiosk     int
	Token     string
	State     string // "printing", "printed", "held", "uncertain", "gone"
	Problem   string // key of why it is held
	Home      string // the kiosk's first page
	HomeAfter int    // seconds until it goes there by itself; 0 means never
}

// The places that numbers are given at. Each has the page of its slips below it, on its own listener.
const (
	atKiosk = "/kiosk"
	atDoor  = "/door"
)

func givenAt(r *http.Request) string {
	if strings.HasPrefix(r.URL.Path, atDoor+"/") {
		return atDoor
	}
	return atKiosk
}

func (p *Public) slipPage(ctx context.Context, v id.Visit, at string, kiosk int, lang page.Lang) (slipPage, error) {
	s, err := p.floor.Slip(ctx, v)
	if err != nil {
		return slipPage{}, err
	}
	shown := slipPage{
		Visit: string(v), At: at, Kiosk: kiosk, Token: string(s.Token), Problem: page.PaperProblem(s.Reason),
		Home: atKiosk + "?k=" + strconv.Itoa(kiosk) + "&lang=" + string(page.Urdu),
	}
	if at == atDoor {
		shown.Home = atDoor + "?lang=" + string(lang)
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

func slipURL(at string, v id.Visit, kiosk int, lang page.Lang) string {
	return at + "/slip/" + string(v) + "?k=" + strconv.Itoa(kiosk) + "&lang=" + string(lang)
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
	at := givenAt(r)
	s, err := p.slipPage(r.Context(), v, at, kiosk, lang)
	if err != nil {
		p.sorry(w, r, err)
		return
	}
	self := *r.URL
	self.RawQuery = "k=" + strconv.Itoa(kiosk)
	p.slip.Write(w, http.StatusOK, page.Frame{
		Lang: lang, Title: "slip.title", Self: &self, Data: s,
		Live: at + "/slip/" + string(v) + "/live?k=" + strconv.Itoa(kiosk) + "&lang=" + string(lang),
	})
}

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
	lang, at := page.LangOf(r), givenAt(r)
	key := at + "/slip/" + string(v) + "/" + strconv.Itoa(kiosk) + "/" + string(lang)
	p.hub.Serve(w, r, live.Topic{Key: key, Render: func(ctx context.Context) (live.Parts, error) {
		s, err := p.slipPage(ctx, v, at, kiosk, lang)
		if err != nil {
			return nil, err
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
	p.kit.Done(w, r, err, slipURL(givenAt(r), v, kiosk, page.LangOf(r)), func(_ *page.Refusal, status int) {
		p.kit.Sorry(w, r, status, "live.unexplained", givenAt(r)+"?k="+strconv.Itoa(kiosk))
	})
}
