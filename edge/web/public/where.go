package public

import (
	"context"
	"net/http"
	"regexp"
	"strings"

	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/page"
)

// wherePage is the struct of where.tmpl: a number's place in line, asked for at a kiosk.
type wherePage struct {
	View      view
	Place     *phonePage // nil until somebody asked
	Unknown   bool       // what was typed or scanned is on no slip of today
	Letters   []string   // that tokens of this centre begin with
	HomeAfter int        // seconds
}

// scanned is what a reader types for the code on a slip: the phone page's address.
var scanned = regexp.MustCompile(`(?i)/T/([A-Z0-9]+)/?$`)

func (p *Public) showWhere(w http.ResponseWriter, r *http.Request) {
	v, ok := viewOf(r)
	if !ok {
		p.kit.Sorry(w, r, http.StatusNotFound, "sorry.not-found", "/kiosk")
		return
	}
	p.writeWhere(w, http.StatusOK, wherePage{View: v})
}

// where answers a slip that was scanned, or a number that was typed. Neither comes to stand in an address. An appointment's
// paper is checked in, whichever page was open.
func (p *Public) where(w http.ResponseWriter, r *http.Request) {
	if !p.kit.Form(w, r) {
		return
	}
	v, ok := viewOf(r)
	if !ok {
		p.kit.Sorry(w, r, http.StatusBadRequest, "sorry.form", "/kiosk")
		return
	}
	if passOf(r.PostForm.Get("slip")).Check() == nil {
		p.checkIn(w, r) // the reader of slips was held to an appointment's paper
		return
	}
	at, err := p.find(r.Context(), r.PostForm.Get("slip"))
	if err != nil {
		_, status := p.kit.Refusal(v.Lang, err)
		p.writeWhere(w, status, wherePage{View: v, Unknown: true})
		return
	}
	p.writeWhere(w, http.StatusOK, wherePage{View: v, Place: &at, HomeAfter: homeWhere})
}

// find is the place in line of what a person has on paper. Refusals: desk.NoSuchVisit.
func (p *Public) find(ctx context.Context, slip string) (phonePage, error) {
	slip = strings.TrimSpace(slip)
	if m := scanned.FindStringSubmatch(slip); m != nil {
		c := id.Code(strings.ToUpper(m[1]))
		if c.Check() != nil {
			return phonePage{}, &desk.Refusal{Code: desk.NoSuchVisit}
		}
		return p.phonePage(ctx, c)
	}
	token := id.Token(strings.ToUpper(strings.ReplaceAll(slip, " ", "")))
	if token.Check() != nil {
		return phonePage{}, &desk.Refusal{Code: desk.NoSuchVisit}
	}
	at, err := p.floor.ByToken(ctx, token)
	return placeOf(at), err
}

func (p *Public) writeWhere(w http.ResponseWriter, status int, s wherePage) {
	seen := map[string]bool{}
	for _, service := range p.catalogue.Services {
		if !seen[service.Letter] {
			seen[service.Letter] = true
			s.Letters = append(s.Letters, service.Letter)
		}
	}
	p.whereAmI.Write(w, status, page.Frame{
		Lang: s.View.Lang, Title: "where.title", Live: "/kiosk/live", Script: "kiosk.js", Theme: "light", Data: s,
	})
}
