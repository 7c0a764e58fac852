package hall

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/web/page"
)

// hallPage is the struct of hall.tmpl.
type hallPage struct {
	Newest      *call  // nil before the first call of the day
	Earlier     []call // earlierMax at most
	Lines       []line
	Notice      *notice  // nil without notices
	Said        []string // by the manager to this hall, as typed, the newest first; it stands in the place of the notice
	Over        bool     // the day is closed
	UrduFigures bool     // of the clock, as of everything else
	Sound       *sound   // nil for a screen that is silent
}

// call is a number and where it has to go.
type call struct {
	Key   string // rises with every call that has to be seen anew
	Token string
	Desk  string
	Room  *door // nil when the centre has one room
	Way   Way   // empty when nobody said
	Open  bool  // not answered yet
}

// door is a room with its code in the page's own figures.
type door struct {
	Room
	Shown string
}

// line is how many wait for a service.
type line struct {
	page.Service
	Waiting string
}

// notice is a text of the centre, or what a service's people have to bring.
type notice struct {
	Text  page.Name
	Bring *page.Service // nil for a text
}

func (h *Hall) page(ctx context.Context, s Screen, lang page.Lang) (hallPage, error) {
	board, err := h.floor.HallBoard(ctx)
	if err != nil {
		return hallPage{}, err
	}
	p := hallPage{Lines: h.lines(s, lang, board.Lines), Notice: h.notice(s, time.Since(h.start)), Over: board.DayOver, UrduFigures: h.urduFigures(lang)}
	for _, c := range s.calls(board) {
		p.add(h.call(s, lang, c))
	}
	for _, a := range board.Announced {
		if (a.Room == "" || s.shows(a.Room)) && len(p.Said) < saidMax {
			p.Said = append(p.Said, a.Text)
		}
	}
	p.Sound, err = h.sound(ctx, s)
	return p, err
}

// calls are those into the screen's rooms, newest first.
func (s Screen) calls(board desk.HallBoard) []desk.HallCall {
	if len(s.Rooms) == 0 {
		return board.Calls
	}
	var out []desk.HallCall
	for _, r := range board.Rooms {
		if s.shows(r.Room) {
			out = append(out, r.Calls...)
		}
	}
	slices.SortFunc(out, func(a, b desk.HallCall) int { return cmp.Compare(b.Seq, a.Seq) })
	return out
}

// add takes calls from the newest on.
func (p *hallPage) add(c call) {
	switch {
	case p.Newest == nil:
		p.Newest = &c
	case len(p.Earlier) < earlierMax:
		p.Earlier = append(p.Earlier, c)
	}
}

func (h *Hall) call(s Screen, lang page.Lang, c desk.HallCall) call {
	out := call{
		Key: strconv.FormatUint(c.Seq, 10), Token: h.figures(lang, string(c.Token)), Desk: string(c.Desk), Way: s.way(c.Desk, c.Room),
		Open: c.State == visit.StateCalled,
	}
	if c.Room != "" {
		out.Room = &door{h.room(c.Room), h.figures(lang, c.Room)}
	}
	return out
}

func (h *Hall) lines(s Screen, lang page.Lang, all []desk.Line) (out []line) {
	for _, l := range all {
		if len(s.Rooms) == 0 || h.serves(s, l.Service.Code) {
			out = append(out, line{page.ServiceOf(l.Service), h.figures(lang, strconv.Itoa(l.Waiting))})
		}
	}
	return out
}

// notice is the one whose turn it is. What is to be brought follows from the catalogue, for the services of these rooms.
func (h *Hall) notice(s Screen, since time.Duration) *notice {
	var all []notice
	for _, n := range h.Notices {
		all = append(all, notice{Text: n})
	}
	for _, service := range h.Catalogue.Services {
		shown := page.ServiceOf(service)
		if shown.Papers.Ur != "" && shown.Papers.En != "" && (len(s.Rooms) == 0 || h.serves(s, service.Code)) {
			all = append(all, notice{Bring: &shown})
		}
	}
	if len(all) == 0 {
		return nil
	}
	return &all[int(since/noticeEvery)%len(all)]
}

// figures writes the digits of a text as the centre's Urdu screens show them.
func (h *Hall) figures(lang page.Lang, s string) string {
	if !h.urduFigures(lang) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '۰'
		}
		return r
	}, s)
}

func (h *Hall) urduFigures(lang page.Lang) bool { return h.Digits == Urdu && lang == page.Urdu }
