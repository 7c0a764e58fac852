package staff

import (
	"context"
	"net/http"
	"net/url"

	"markaz.example/edge/book/staff"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/page"
)

// mePage is the struct of me.tmpl: what somebody can do about being where they are.
type mePage struct {
	Path    string // of the place: "/desk/A"
	Desk    string // empty on the floor and at the door
	Home    string // where the work goes on
	Name    string
	Code    string
	Role    string // as staff.Role; names its text
	Since   string // "08:55"; empty when the box does not know the time
	Paused  string // why; empty while the desk calls
	At      string // since when it does not
	Pauses  []string
	Done    string // key of what was just done; empty for nothing
	Typed   string // of a form; none is kept
	Wait    int
	Refusal *page.Refusal
}

// here is a page of a place.
func here(place staff.Place, page string) *url.URL { return &url.URL{Path: "/" + string(place) + page} }

func (s *Staff) showMe(w http.ResponseWriter, r *http.Request) { s.writeMe(w, r, "", nil) }

func (s *Staff) writeMe(w http.ResponseWriter, r *http.Request, done string, refused error) {
	place, lang := desk.SeatOf(r.Context()).Place, page.LangOf(r)
	st, err := s.Floor.Standing(r.Context(), place, consoleOf(r))
	switch {
	case err != nil:
		s.kit.Wait(w, r, "sorry.broken", "", waitSeconds)
		return
	case !st.Mine: // a centre without a staff has nobody here, and somebody may have left a moment ago
		http.Redirect(w, r, "/desk?lang="+string(lang), http.StatusSeeOther)
		return
	}
	p, status := s.mePage(st), http.StatusOK
	p.Done = done
	if refused != nil {
		p.Refusal, status = s.kit.Refusal(lang, refused)
		p.Wait = waitOf(refused)
	}
	s.me.Write(w, status, page.Frame{Lang: lang, Title: "me.title", Self: here(place, "/me"), Data: p})
}

func (s *Staff) mePage(st desk.Standing) mePage {
	d, atDesk := st.Seat.Place.Desk()
	p := mePage{
		Path: "/" + string(st.Seat.Place), Home: "/" + string(st.Seat.Place), Desk: string(d), Name: st.Person.Name,
		Code: string(st.Person.Code), Role: string(st.Person.Role), Since: s.hour(st.There.Since.Stamp()),
	}
	if atDesk {
		p.Pauses = desk.Pauses()
		if st.Desk.State == visit.DeskPaused {
			p.Paused, p.At = st.Desk.Reason, s.hour(st.Desk.Since.Stamp())
		}
	} else if st.Seat.Place == staff.TheFloor && !st.Person.Role.May(staff.Floor) {
		p.Home = "/floor/devices"
	}
	return p
}

func (s *Staff) actMe(w http.ResponseWriter, r *http.Request) {
	if !s.kit.Form(w, r) {
		return
	}
	place, lang := desk.SeatOf(r.Context()).Place, string(page.LangOf(r))
	act := r.PostForm.Get("act")
	if err := s.doMe(r.Context(), place, act, r.PostForm); err != nil {
		s.writeMe(w, r, "", err)
		return
	}
	switch act {
	case "sign-out":
		http.SetCookie(w, cookie(place, "", -1))
		http.Redirect(w, r, "/desk?lang="+lang, http.StatusSeeOther)
	case "pin":
		s.writeMe(w, r, "me.pin-changed", nil)
	case "pause":
		http.Redirect(w, r, here(place, "/me").Path+"?lang="+lang, http.StatusSeeOther)
	default:
		http.Redirect(w, r, here(place, "").Path+"?lang="+lang, http.StatusSeeOther)
	}
}

func (s *Staff) doMe(ctx context.Context, place staff.Place, act string, form url.Values) error {
	d, _ := place.Desk()
	switch act {
	case "pause":
		return s.Floor.Pause(ctx, d, form.Get("reason"))
	case "resume":
		return s.Floor.Resume(ctx, d)
	case "hand-over":
		return s.Floor.HandOver(ctx, id.TypedStaff(form.Get("code")), form.Get("pin"))
	case "pin":
		return s.Floor.OwnPin(ctx, form.Get("old"), form.Get("fresh"))
	case "sign-out":
		return s.Floor.SignOut(ctx)
	}
	return desk.Refuse(desk.StaffForm)
}
