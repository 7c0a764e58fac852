package staff

import (
	"net/http"
	"slices"

	"markaz.example/edge/book/staff"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/page"
)

// glassPage is the struct of glass.tmpl: what somebody can take for some minutes when nobody is there who has it.
type glassPage struct {
	Path    string // of the place: "/desk/A"
	Desk    string
	Choices []glassChoice
	Reasons []string
	Visit   string // in hand; empty for none
	Back    string // the page that asked, below the place: "household"; empty for the console
	Refusal *page.Refusal
}

type glassChoice struct {
	What  string // "field-number", "act-measure"; names its text
	Taken bool
}

// backs are the pages of a desk that send somebody here.
var backs = []string{"household", "growth"}

func (s *Staff) showGlass(w http.ResponseWriter, r *http.Request) { s.writeGlass(w, r, nil) }

func (s *Staff) writeGlass(w http.ResponseWriter, r *http.Request, refused error) {
	place, lang := desk.SeatOf(r.Context()).Place, page.LangOf(r)
	choices, err := s.Floor.GlassAt(r.Context())
	if err != nil || len(choices) == 0 {
		http.Redirect(w, r, r.URL.Path[:len(r.URL.Path)-len("/glass")]+"?lang="+string(lang), http.StatusSeeOther)
		return
	}
	d, _ := place.Desk()
	p, status := glassPage{Path: "/" + string(place), Desk: string(d), Reasons: desk.GlassReasons(), Visit: visitOf(r), Back: backOf(r)}, http.StatusOK
	for _, c := range choices {
		p.Choices = append(p.Choices, glassChoice{whatOf(c.Right), c.Taken})
	}
	if refused != nil {
		p.Refusal, status = s.kit.Refusal(lang, refused)
	}
	s.glass.Write(w, status, page.Frame{Lang: lang, Title: "glass.title", Self: here(place, "/glass"), Data: p})
}

func whatOf(r desk.Right) string {
	if r.Act != "" {
		return "act-" + string(r.Act)
	}
	return "field-" + string(r.Field)
}

// rightOf reads what a form wants; nothing that can be taken when it wants anything else.
func rightOf(what string) desk.Right {
	for _, f := range staff.Fields() {
		if what == "field-"+string(f) {
			return desk.Right{Field: f}
		}
	}
	if len(what) > len("act-") && what[:len("act-")] == "act-" {
		return desk.Right{Act: staff.Act(what[len("act-"):])}
	}
	return desk.Right{}
}

func visitOf(r *http.Request) string {
	v := id.Visit(r.FormValue("visit"))
	if v.Check() != nil {
		return ""
	}
	return string(v)
}

func backOf(r *http.Request) string {
	if back := r.FormValue("back"); slices.Contains(backs, back) {
		return back
	}
	return ""
}

func (s *Staff) doGlass(w http.ResponseWriter, r *http.Request) {
	if !s.kit.Form(w, r) {
		return
	}
	err := s.Floor.BreakGlass(r.Context(), rightOf(r.PostForm.Get("what")), id.Visit(visitOf(r)), r.PostForm.Get("reason"))
	if err != nil {
		s.writeGlass(w, r, err)
		return
	}
	to := "/" + string(desk.SeatOf(r.Context()).Place)
	if back := backOf(r); back != "" {
		to += "/" + back
	}
	http.Redirect(w, r, to+"?lang="+string(page.LangOf(r)), http.StatusSeeOther)
}
