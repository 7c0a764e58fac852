package public

import (
	"flag"
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
		"kiosk-empty": {View: view{Kiosk: 1, Lang: page.Urdu}, Press: "P"},
		"kiosk-full": {View: view{Kiosk: 2, Lang: page.Urdu, Large: true, High: true, Scan: true}, Press: "P", Woman: true,
			Services: []page.Service{service("kafaalat", "A"), chosen}, Refusal: &page.Refusal{What: "What", Remedy: "Do this"}},
		"kiosk-life": {View: view{Kiosk: 1, Lang: page.Urdu, Life: true}, Press: "P",
			Situations: []situation{{"baby", "B", "nashonuma"}, {"walk", "A", "disability"}}},
	} {
		frame := page.Frame{Title: "kiosk.title", Live: "/kiosk/live", Script: "kiosk.js", Data: k}
		pagetest.Golden(t, *update, kit, p.kiosk, name, frame)
	}
}

func TestGoldenSlip(t *testing.T) {
	kit, p := public(t)
	for _, of := range []desk.SlipState{
		desk.SlipPrinting, desk.SlipInHand, desk.SlipHeld, desk.SlipUncertain, desk.SlipOver,
	} {
		state, homeAfter := slipState(of) // while the paper is on its way nobody is sent home
		s := slipPage{Visit: "K5QXG43UOVZGKZDT", At: "/kiosk", Kiosk: 1, Token: "A042", State: state, Home: "/kiosk?k=1", HomeAfter: homeAfter}
		if state == "held" {
			s.Problem = "paper.paper-out"
		}
		pagetest.Golden(t, *update, kit, p.slip, "slip-"+state, page.Frame{Title: "slip.title", Live: "/x", Data: s})
	}
}

func TestGoldenPhone(t *testing.T) {
	kit, p := public(t)
	for _, state := range []string{"planned", "waiting", "called", "serving", "hold", "parked", "done", "no-show", "left", "cancelled", "failed"} {
		at := phonePage{Token: "A042", State: state, Ahead: 7, Services: []page.Service{service("kafaalat", "A")}}
		if state == "waiting" {
			at.Low, at.High, at.MayCancel, at.Code, at.Said = 20, 35, true, "K5QXG43UOVZGKZDT", []string{"A <word>"}
		}
		if state == "called" || state == "serving" {
			at.Desk, at.Room = "B", "2"
		}
		pagetest.Golden(t, *update, kit, p.phone, "phone-"+state, page.Frame{Title: "phone.title", Live: "/x", Data: at})
	}
}

func TestGoldenWhere(t *testing.T) {
	kit, p := public(t)
	v := view{Kiosk: 1, Lang: page.Urdu}
	for name, s := range map[string]wherePage{
		"where-ask":     {View: v, Letters: []string{"A", "B"}},
		"where-unknown": {View: v, Unknown: true},
		"where-found":   {View: v, HomeAfter: homeWhere, Place: &phonePage{Token: "A042", State: "waiting", Ahead: 7, Low: 20, High: 35, Room: "2"}},
	} {
		pagetest.Golden(t, *update, kit, p.whereAmI, name, page.Frame{Title: "where.title", Live: "/kiosk/live", Script: "kiosk.js", Data: s})
	}
}

func TestGoldenDoor(t *testing.T) {
	kit, p := public(t)
	for name, d := range map[string]doorPage{
		"door-empty": {Press: "P", Persons: 1, Lang: page.Urdu},
		"door-full": {Press: "P", Persons: 3, Lang: page.English, Facts: doorFacts(), Fact: "over-60",
			Services: []page.Service{service("kafaalat", "A")}, Refusal: &page.Refusal{What: "What", Remedy: "Do this"}},
	} {
		pagetest.Golden(t, *update, kit, p.door, name, page.Frame{Title: "door.title", Live: "/door/live", Data: d})
	}
}
