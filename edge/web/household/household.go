package household

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"net/url"
	"time"

	"markaz.example/edge/civil"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/registration"
	"markaz.example/edge/web/live"
	"markaz.example/edge/web/page"
)

//go:embed *.tmpl
var templates embed.FS

// Registry is what the page records and shows.
type Registry interface {
	Desk(context.Context, id.Desk) (registration.Desk, error)
	FindFamily(context.Context, id.Desk, civil.Number) (registration.Family, error)
	AttachFamily(context.Context, id.Desk, id.Visit, id.Household) error
	RegisterFamily(context.Context, id.Desk, id.Visit, registration.Registrant) (registration.Family, error)
	AddMember(context.Context, id.Desk, id.Visit, id.Household, registration.Registrant) (registration.Family, error)
	ShowPerson(ctx context.Context, d id.Desk, v id.Visit, p id.Person, reason string) (registration.Shown, error)
	CorrectPerson(context.Context, id.Desk, id.Visit, id.Person, registration.Correction) error
	Doubts(context.Context, id.Household, registration.Registrant) ([]string, error)
}

// Household serves the page. Any goroutine may call it.
type Household struct {
	kit      *page.Kit
	hub      *live.Hub
	registry Registry
	today    func() time.Time
	screen   *page.Screen
}

// New reads the template. Today is the present time in the centre's zone: no date that is typed is after it.
func New(kit *page.Kit, hub *live.Hub, registry Registry, today func() time.Time) (*Household, error) {
	screen, err := kit.Screen(templates, "household")
	return &Household{kit: kit, hub: hub, registry: registry, today: today, screen: screen}, err
}

// Routes adds the page.
func (h *Household) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /desk/{desk}/household", h.show)
	mux.HandleFunc("POST /desk/{desk}/household", h.act)
	mux.HandleFunc("GET /desk/{desk}/household/live", h.watch)
}

func address(at id.Desk, lang page.Lang) string {
	return "/desk/" + string(at) + "/household?lang=" + string(lang)
}

// show is the page as a link leads to it.
func (h *Household) show(w http.ResponseWriter, r *http.Request) {
	p, err := h.page(r.Context(), id.Desk(r.PathValue("desk")))
	if err != nil {
		h.sorry(w, r, err)
		return
	}
	p.open(r.URL.Query().Get("do"), id.Person(r.URL.Query().Get("person")))
	h.write(w, r, http.StatusOK, p)
}

func (h *Household) write(w http.ResponseWriter, r *http.Request, status int, p householdPage) {
	at, lang := id.Desk(r.PathValue("desk")), page.LangOf(r)
	h.screen.Write(w, status, page.Frame{
		Lang: lang, Title: "household.title", Self: &url.URL{Path: r.URL.Path}, Data: p,
		Live: "/desk/" + string(at) + "/household/live?lang=" + string(lang),
	})
}

// watch pushes who is served and the family, masked.
func (h *Household) watch(w http.ResponseWriter, r *http.Request) {
	at, lang := id.Desk(r.PathValue("desk")), page.LangOf(r)
	if _, err := h.page(r.Context(), at); err != nil {
		h.sorry(w, r, err)
		return
	}
	h.hub.Serve(w, r, live.Topic{
		Key: "household/" + string(at) + "/" + string(lang),
		Render: func(ctx context.Context) (live.Parts, error) {
			p, err := h.page(ctx, at)
			if err != nil {
				return nil, err
			}
			return h.screen.Parts(lang, p)
		},
	})
}

// sorry answers with why the page cannot be shown, and the way to the desks.
func (h *Household) sorry(w http.ResponseWriter, r *http.Request, err error) {
	var refused *desk.Refusal
	shown, status := h.kit.Refusal(page.LangOf(r), err)
	if errors.As(err, &refused) && (refused.Code == desk.NoSuchDesk || refused.Code == desk.NotRegistering) {
		h.kit.Sorry(w, r, http.StatusNotFound, "refusal."+refused.Code+".what", "/desk")
		return
	}
	if status < http.StatusInternalServerError {
		h.kit.Sorry(w, r, status, "sorry.broken", "/desk")
		return
	}
	h.kit.Wait(w, r, "sorry.broken", shown.What, waitSeconds)
}
