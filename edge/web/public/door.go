package public

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"

	"markaz.example/edge/book/staff"
	"markaz.example/edge/desk"
	"markaz.example/edge/web/page"
)

// doorActor records what is seen at the door. Once the centre has a staff, the record names who stands there besides.
const doorActor = string(staff.TheDoor)

// doorFact is what a helper at the door can see, and the class that follows from it.
type doorFact struct{ Code, class string }

func doorFacts() []doorFact {
	return []doorFact{
		{"pregnant", "infant"}, {"with-infant", "infant"}, {"disability-seen", "disability"}, {"over-60", "elder"},
		{"emergency-seen", "emergency"},
	}
}

// doorPage is the struct of door.tmpl.
type doorPage struct {
	Press    string
	Services []page.Service
	Facts    []doorFact
	Fact     string // chosen
	Persons  int
	Lang     page.Lang // of the visitor
	Who      string    // stands at the door; empty when nobody has to sign in
	Refusal  *page.Refusal
}

func (p *Public) showDoor(w http.ResponseWriter, r *http.Request) {
	p.writeDoor(w, r, http.StatusOK, nil)
}

func (p *Public) writeDoor(w http.ResponseWriter, r *http.Request, status int, refused *page.Refusal) {
	d := doorPage{
		Press: rand.Text(), Services: p.tiles(r.Form["service"]), Facts: doorFacts(), Fact: r.FormValue("fact"),
		Persons: 1, Lang: page.Urdu, Refusal: refused,
		Who: desk.SeatOf(r.Context()).Name,
	}
	if n, err := strconv.Atoi(r.FormValue("persons")); err == nil && 1 <= n && n <= personsMax {
		d.Persons = n
	}
	if l := page.Lang(r.FormValue("visitor")); l.Known() {
		d.Lang = l
	}
	self := *r.URL
	self.RawQuery = ""
	p.door.Write(w, status, page.Frame{Lang: page.LangOf(r), Title: "door.title", Live: "/door/live", Self: &self, Data: d})
}

// giveAtDoor gives a number with what the helper saw.
func (p *Public) giveAtDoor(w http.ResponseWriter, r *http.Request) {
	if !p.kit.Form(w, r) {
		return
	}
	asking, ok := p.askedAtDoor(r)
	if !ok || len(asking.Services) > chosenMax {
		p.kit.Sorry(w, r, http.StatusBadRequest, "sorry.form", "/door")
		return
	}
	to, err := p.give(r, asking)
	p.kit.Done(w, r, err, slipURL(atDoor, to, 1, page.LangOf(r)), func(refused *page.Refusal, status int) { p.writeDoor(w, r, status, refused) })
}

func (p *Public) askedAtDoor(r *http.Request) (desk.Asking, bool) {
	a := desk.Asking{Actor: doorActor, Services: p.chosen(r), Lang: r.PostForm.Get("visitor"), Needs: needs(r)}
	if !page.Lang(a.Lang).Known() {
		a.Lang = string(page.Urdu)
	}
	persons, err := strconv.Atoi(r.PostForm.Get("persons"))
	a.Persons = persons
	if fact := r.PostForm.Get("fact"); fact != "" {
		i := slices.IndexFunc(doorFacts(), func(f doorFact) bool { return f.Code == fact })
		if i < 0 {
			return a, false
		}
		a.Class, a.Fact = doorFacts()[i].class, fact
	}
	return a, err == nil && 1 <= persons && persons <= personsMax
}
