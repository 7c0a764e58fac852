package hall

import (
	"context"
	"crypto/rand"
	"embed"
	"net/http"
	"sync"
	"time"

	"markaz.example/edge/desk"
	"markaz.example/edge/voice"
	"markaz.example/edge/web/live"
	"markaz.example/edge/web/page"
)

//go:embed hall.tmpl
var templates embed.FS

// Floor is what the hall screens ask of the floor.
type Floor interface {
	HallBoard(context.Context) (desk.HallBoard, error)
	Calling(ctx context.Context, rooms []string) ([]voice.Call, error)
}

// Hall serves the hall screens. Any goroutine may call it.
type Hall struct {
	Config
	kit    *page.Kit
	hub    *live.Hub
	floor  Floor
	screen *page.Screen
	start  time.Time
	run    string // names this run of the box: a screen that stayed says again who is still called

	mu     sync.Mutex
	queues map[string]*voice.Queue // guarded by mu: by the name of a screen that speaks
}

// New reads the screens' template.
func New(kit *page.Kit, hub *live.Hub, floor Floor, c Config) (*Hall, error) {
	s, err := kit.Screen(templates, "hall")
	queues := map[string]*voice.Queue{}
	for _, screen := range c.Screens {
		if screen.Speaks {
			queues[screen.Name] = &voice.Queue{Late: c.Voice.Late}
		}
	}
	return &Hall{Config: c, kit: kit, hub: hub, floor: floor, screen: s, start: time.Now(), run: rand.Text(), queues: queues}, err
}

// Routes adds the screens' pages and the clips of the voice.
func (h *Hall) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /hall", h.show)
	mux.HandleFunc("GET /hall/live", h.watch)
	mux.HandleFunc("GET /hall/{screen}", h.show)
	mux.HandleFunc("GET /hall/{screen}/live", h.watch)
	mux.HandleFunc("GET /voice/{lang}/{file}", h.clip)
}

func (h *Hall) show(w http.ResponseWriter, r *http.Request) {
	screen, ok := h.Config.screen(r.PathValue("screen"))
	if !ok {
		h.kit.Sorry(w, r, http.StatusNotFound, "sorry.not-found", "/hall")
		return
	}
	lang := page.LangOf(r)
	p, err := h.page(r.Context(), screen, lang)
	if err != nil {
		h.kit.Wait(w, r, "sorry.broken", "", waitSeconds)
		return
	}
	h.screen.Write(w, http.StatusOK, page.Frame{
		Theme: "dark", Lang: lang, Title: "hall.title", Live: livePath(r, lang), Data: p,
	})
}

func livePath(r *http.Request, lang page.Lang) string {
	return r.URL.EscapedPath() + "/live?lang=" + string(lang)
}

func (h *Hall) watch(w http.ResponseWriter, r *http.Request) {
	screen, ok := h.Config.screen(r.PathValue("screen"))
	if !ok {
		h.kit.Sorry(w, r, http.StatusNotFound, "sorry.not-found", "/hall")
		return
	}
	lang := page.LangOf(r)
	h.hub.Serve(w, r, live.Topic{Key: "hall/" + screen.Name + "/" + string(lang), Render: func(ctx context.Context) (live.Parts, error) {
		p, err := h.page(ctx, screen, lang)
		if err != nil {
			return nil, err
		}
		return h.screen.Parts(lang, p)
	}})
}
