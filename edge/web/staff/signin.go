package staff

import (
	"errors"
	"net/http"
	"time"

	"markaz.example/edge/book/staff"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/page"
)

// signInPage is the struct of signin.tmpl.
type signInPage struct {
	Path    string // of the place: "/desk/A"
	Desk    string // empty on the floor and at the door
	Door    bool
	There   *there // who has the desk; nil when nobody has
	Lost    bool   // this console had the place before
	Typed   string // the code, after a refusal
	Wait    int    // seconds until the next try; 0 when there is none to wait for
	Refusal *page.Refusal
}

// there is somebody at a desk.
type there struct {
	Name, Code string
	Since      string // "10:14"; empty when the box does not know the time
}

func (s *Staff) signInPage(r *http.Request, place staff.Place, st desk.Standing) signInPage {
	p := signInPage{Path: "/" + string(place), Lost: consoleOf(r) != "", Typed: r.PostFormValue("code")}
	p.Door = place == staff.TheDoor
	d, atDesk := place.Desk()
	p.Desk = string(d)
	if atDesk && st.There.Staff != "" {
		p.There = &there{st.Person.Name, string(st.There.Staff), s.hour(st.There.Since.Stamp())}
	}
	return p
}

func (s *Staff) writeSignIn(w http.ResponseWriter, r *http.Request, status int, place staff.Place, st desk.Standing, err error) {
	p := s.signInPage(r, place, st)
	lang := page.LangOf(r)
	if err != nil {
		p.Refusal, status = s.kit.Refusal(lang, err)
		p.Wait = waitOf(err)
	}
	s.signIn.Write(w, status, page.Frame{Lang: lang, Title: "signin.title", Self: here(place, ""), Data: p})
}

// waitOf is how many seconds a refusal asks to wait, rounded up.
func waitOf(err error) int {
	r, _ := errors.AsType[*desk.Refusal](err)
	if r == nil {
		return 0
	}
	return int((r.Wait + time.Second - 1) / time.Second)
}

func (s *Staff) doSignIn(w http.ResponseWriter, r *http.Request) {
	if !s.kit.Form(w, r) {
		return
	}
	place, err := s.routed(r)
	if err != nil {
		s.kit.Sorry(w, r, http.StatusNotFound, "refusal."+desk.NoSuchDesk+".what", "/desk")
		return
	}
	word := newWord()
	seat := desk.Seat{Place: place, Staff: id.TypedStaff(r.PostForm.Get("code")), Console: hashOf(word)}
	err = s.Floor.SignIn(r.Context(), seat, r.PostForm.Get("pin"), r.PostForm.Has("take-over"))
	if err == nil {
		http.SetCookie(w, cookie(place, word, cookieSeconds))
		http.Redirect(w, r, here(place, "").Path+"?lang="+string(page.LangOf(r)), http.StatusSeeOther)
		return
	}
	st, look := s.Floor.Standing(r.Context(), place, consoleOf(r))
	if look != nil {
		s.kit.Wait(w, r, "sorry.broken", "", waitSeconds)
		return
	}
	s.writeSignIn(w, r, 0, place, st, err)
}
