package public

import (
	"flag"
	"net/url"
	"testing"

	"markaz.example/edge/desk"
	"markaz.example/edge/web/page"
	"markaz.example/edge/web/page/pagetest"
)

var update = flag.Bool("update", false, "write the golden pages anew")

func service(code, letter string) page.Service {
	return page.Service{Code: code, Letter: letter, Pictogram: code, Name: page.Name{Ur: "خدمت", En: "Service <" + code + ">"}}
}

func public(t *testing.T) (*page.Kit, *Public) {
	t.Helper()
	kit := pagetest.Kit(t)
	p, err := New(kit, nil, nil, desk.Catalogue{})
	if err != nil {
		t.Fatal(err)
	}
	return kit, p
}

func TestGoldenKiosk(t *testing.T) {
	kit, p := public(t)
	chosen := service("survey", "D")
	chosen.Chosen = true
	for name, k := range map[string]kioskPage{
		"kiosk-empty": {Kiosk: 1, Press: "P"},
		"kiosk-full": {Kiosk: 2, Press: "P", Services: []page.Service{service("kafaalat", "A"), chosen},
			Refusal: &page.Refusal{What: "What", Remedy: "Do this"}},
	} {
		frame := page.Frame{Title: "kiosk.title", Live: "/kiosk/live", Self: &url.URL{Path: "/kiosk", RawQuery: "k=2"}, Data: k}
		pagetest.Golden(t, *update, kit, p.kiosk, name, frame)
	}
}

func TestGoldenSlip(t *testing.T) {
	kit, p := public(t)
	for _, of := range []desk.SlipState{
		desk.SlipPrinting, desk.SlipInHand, desk.SlipHeld, desk.SlipUncertain, desk.SlipOver,
	} {
		state, homeAfter := slipState(of) // while the paper is on its way nobody is sent home
		s := slipPage{Visit: "K5QXG43UOVZGKZDT", Kiosk: 1, Token: "A042", State: state, Home: "/kiosk?k=1", HomeAfter: homeAfter}
		if state == "held" {
			s.Problem = "paper.paper-out"
		}
		pagetest.Golden(t, *update, kit, p.slip, "slip-"+state, page.Frame{Title: "slip.title", Live: "/x", Data: s})
	}
}

func TestGoldenPhone(t *testing.T) {
	kit, p := public(t)
	for _, state := range []string{"planned", "waiting", "called", "serving", "done", "no-show", "left"} {
		at := phonePage{Token: "A042", State: state, Ahead: 7, Services: []page.Service{service("kafaalat", "A")}}
		if state == "called" || state == "serving" {
			at.Desk, at.Room = "B", "2"
		}
		pagetest.Golden(t, *update, kit, p.phone, "phone-"+state, page.Frame{Title: "phone.title", Live: "/x", Data: at})
	}
}
