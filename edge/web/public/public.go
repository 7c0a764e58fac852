package public

import (
	"context"
	"embed"
	"fmt"
	"net/http"

	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/live"
	"markaz.example/edge/web/page"
)

//go:embed *.tmpl
var templates embed.FS

// Floor is what visitors may do.
type Floor interface {
	Ask(context.Context, desk.Asking) (id.Visit, error)
	PrintAgain(ctx context.Context, actor string, v id.Visit) error
	Slip(context.Context, id.Visit) (desk.Slip, error)
	ByCode(context.Context, id.Code) (desk.Place, error)
	ByToken(context.Context, id.Token) (desk.Place, error)
	CheckIn(ctx context.Context, actor string, p id.Pass) (id.Visit, error)
	Cancel(ctx context.Context, actor string, v id.Visit, reason string) error
}

// Public serves the pages of visitors. Any goroutine may call it.
type Public struct {
	kit       *page.Kit
	hub       *live.Hub
	floor     Floor
	catalogue desk.Catalogue
	presses   *presses

	kiosk, slip, phone, whereAmI, booked, door *page.Screen
}

// New reads the templates.
func New(kit *page.Kit, hub *live.Hub, floor Floor, catalogue desk.Catalogue) (*Public, error) {
	for _, s := range catalogue.Situations {
		if !kit.Has(page.Urdu, "situation."+s.Code) {
			return nil, fmt.Errorf("situation %q: the pages have no words for it", s.Code)
		}
	}
	p := &Public{kit: kit, hub: hub, floor: floor, catalogue: catalogue, presses: newPresses()}
	for _, own := range []struct {
		name   string
		screen **page.Screen
	}{{"kiosk", &p.kiosk}, {"slip", &p.slip}, {"phone", &p.phone}, {"where", &p.whereAmI}, {"booked", &p.booked}, {"door", &p.door}} {
		s, err := kit.Screen(templates, own.name, "part")
		if err != nil {
			return nil, err
		}
		*own.screen = s
	}
	return p, nil
}

// Routes adds the pages. Slips carry the phone page's address in capitals, which make a smaller QR.
func (p *Public) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /kiosk", p.showKiosk)
	mux.HandleFunc("POST /kiosk", p.ask)
	mux.HandleFunc("GET /kiosk/live", p.watchKiosk)
	mux.HandleFunc("GET /kiosk/where", p.showWhere)
	mux.HandleFunc("POST /kiosk/where", p.where)
	mux.HandleFunc("GET /kiosk/booked", p.showBooked)
	mux.HandleFunc("POST /kiosk/booked", p.checkIn)
	mux.HandleFunc("GET /kiosk/slip/{visit}", p.showSlip)
	mux.HandleFunc("POST /kiosk/slip/{visit}", p.printAgain)
	mux.HandleFunc("GET /kiosk/slip/{visit}/live", p.watchSlip)
	for _, t := range []string{"t", "T"} {
		mux.HandleFunc("GET /"+t+"/{code}", p.showPhone)
		mux.HandleFunc("POST /"+t+"/{code}", p.cancel)
	}
	mux.HandleFunc("GET /t/{code}/live", p.watchPhone)
}

// DoorRoutes adds the pages of the helper at the door, who signs in as desks do.
func (p *Public) DoorRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /door", p.showDoor)
	mux.HandleFunc("POST /door", p.giveAtDoor)
	mux.HandleFunc("GET /door/live", p.watchKiosk)
	mux.HandleFunc("GET /door/slip/{visit}", p.showSlip)
	mux.HandleFunc("POST /door/slip/{visit}", p.printAgain)
	mux.HandleFunc("GET /door/slip/{visit}/live", p.watchSlip)
}
