package hall

import (
	"context"
	"embed"
	"net/http"
	"strconv"

	"markaz.example/edge/desk"
	"markaz.example/edge/web/live"
	"markaz.example/edge/web/page"
)

//go:embed hall.tmpl
var templates embed.FS

// Floor is what the hall screen asks of the floor.
type Floor interface {
	HallBoard(context.Context) (desk.HallBoard, error)
}

// Hall serves the hall screen. Any goroutine may call it.
type Hall struct {
	kit    *page.Kit
	hub    *live.Hub
	floor  Floor
	screen *page.Screen
}

// New reads the screen's template.
func New(kit *page.Kit, hub *live.Hub, floor Floor) (*Hall, error) {
	s, err := kit.Screen(templates, "hall")
	return &Hall{kit, hub, floor, s}, err
}

// Routes adds the screen's pages.
func (h *Hall) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /hall", h.show)
	mux.HandleFunc("GET /hall/live", h.watch)
}

// hallPage is the struct of hall.tmpl.
type hallPage struct {
	Newest  *call  // nil before the first call of the day
	Earlier []call // at most five
	Lines   []page.Line
}

type call struct {
	Key   string // rises with every call that has to be seen anew
	Token string
	Desk  string
	Room  string // empty when the centre has one room
}

func (h *Hall) page(ctx context.Context) (hallPage, error) {
	board, err := h.floor.HallBoard(ctx)
	if err != nil {
		return hallPage{}, err
	}
	p := hallPage{Lines: page.LinesOf(board.Lines)}
	for i, c := range board.Calls {
		shown := call{strconv.FormatUint(c.Seq, 10), string(c.Token), string(c.Desk), c.Room}
		if i == 0 {
			p.Newest = &shown
			continue
		}
		p.Earlier = append(p.Earlier, shown)
	}
	return p, nil
}

func (h *Hall) show(w http.ResponseWriter, r *http.Request) {
	p, err := h.page(r.Context())
	if err != nil {
		h.kit.Wait(w, r, "sorry.broken", "", waitSeconds)
		return
	}
	lang := page.LangOf(r)
	h.screen.Write(w, http.StatusOK, page.Frame{
		Theme: "dark", Lang: lang, Title: "hall.title", Live: "/hall/live?lang=" + string(lang), Data: p,
	})
}

func (h *Hall) watch(w http.ResponseWriter, r *http.Request) {
	lang := page.LangOf(r)
	h.hub.Serve(w, r, live.Topic{Key: "hall/" + string(lang), Render: func(ctx context.Context) (live.Parts, error) {
		p, err := h.page(ctx)
		if err != nil {
			return nil, err
		}
		return h.screen.Parts(lang, p)
	}})
}

// waitSeconds is when a screen without its state tries again.
const waitSeconds = 3
