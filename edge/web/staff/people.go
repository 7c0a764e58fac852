package staff

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"markaz.example/edge/book/staff"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/page"
)

// peoplePage is the struct of people.tmpl.
type peoplePage struct {
	None    bool // the centre has no staff yet: the first manager is enrolled at the machine
	People  []person
	Left    int     // how many left, who are shown when asked for by code
	Chosen  *person // nil for none
	Blank   person  // of whom nothing is known yet
	Notes   []noted
	New     string // the code that was just given; empty for none
	Refusal *page.Refusal
}

// person is one of the staff.
type person struct {
	Code, Name, Role  string
	Skills, Languages string // with spaces between
	Sex               string
	Where             string // "A"; "floor"; empty when they are nowhere
	Since             string
	Paused            string // why; empty while they are not
	Locked, Ended     bool
	Failures          int
	Roles             []string // to choose from
}

// noted is an act that needs a look.
type noted struct {
	What, At, Who, By, Detail, Place, About string
}

func (s *Staff) showPeople(w http.ResponseWriter, r *http.Request) {
	s.writePeople(w, r, r.FormValue("who"), "", nil)
}

func (s *Staff) writePeople(w http.ResponseWriter, r *http.Request, about string, given id.Staff, refused error) {
	lang, who := page.LangOf(r), id.Staff("")
	if about != "" {
		who = id.TypedStaff(about)
	}
	all, err := s.Floor.People(r.Context(), who)
	if err != nil {
		s.kit.Wait(w, r, "sorry.broken", "", waitSeconds)
		return
	}
	p, status := s.peoplePage(all, who), http.StatusOK
	p.New = string(given)
	if refused != nil {
		p.Refusal, status = s.kit.Refusal(lang, refused)
	}
	self := here(staff.TheFloor, "/staff")
	if who != "" {
		self.RawQuery = url.Values{"who": {string(who)}}.Encode()
	}
	s.people.Write(w, status, page.Frame{Lang: lang, Title: "people.title", Self: self, Data: p})
}

func (s *Staff) peoplePage(all desk.People, who id.Staff) peoplePage {
	p := peoplePage{None: len(all.All) == 0, Blank: person{Roles: roles()}}
	for _, one := range all.All {
		shown := s.person(one, all)
		if one.Code == who {
			p.Chosen = &shown
		}
		if one.Ended {
			p.Left++
			continue
		}
		p.People = append(p.People, shown)
	}
	names := map[id.Staff]string{}
	for _, one := range all.All {
		names[one.Code] = one.Name
	}
	for _, n := range all.Notes {
		p.Notes = append(p.Notes, s.noted(n, names))
	}
	return p
}

func (s *Staff) person(one staff.Person, all desk.People) person {
	p := person{
		Code: string(one.Code), Name: one.Name, Role: string(one.Role), Sex: one.Sex,
		Skills: strings.Join(one.Skills, " "), Languages: strings.Join(one.Languages, " "),
		Locked: one.Locked != "", Ended: one.Ended, Failures: one.Failures.Count, Roles: roles(),
	}
	for _, seat := range all.Seats {
		if seat.Staff != one.Code {
			continue
		}
		p.Where, p.Since = string(seat.Place), s.hour(seat.Since.Stamp())
		if d, ok := seat.Place.Desk(); ok {
			p.Where, p.Paused = string(d), all.Pause[d]
		}
		break // a desk, which comes first, says more than the door, and the door more than the floor
	}
	return p
}

func roles() (out []string) {
	for _, r := range staff.Roles() {
		out = append(out, string(r))
	}
	return out
}

func (s *Staff) noted(n staff.Noted, names map[id.Staff]string) noted {
	out := noted{
		What: n.What, At: s.moment(n.At.Stamp(), "2006-01-02 15:04"), Who: called(n.Subject, names), Detail: n.Detail, About: n.About,
		Place: strings.TrimPrefix(string(n.Place), "desk/"),
	}
	out.By = called(n.By(), names)
	switch n.What {
	case staff.NotedApproved:
		out.By = called(n.Asked, names)
	case staff.NotedTookOver:
		out.By, out.Detail = "", called(id.Staff(n.Detail), names)
	case staff.NotedFailed:
		out.By = ""
	}
	return out
}

// called is a code with the name that colleagues use.
func called(s id.Staff, names map[id.Staff]string) string {
	if names[s] == "" {
		return string(s)
	}
	return names[s] + " · " + string(s)
}

func (s *Staff) actPeople(w http.ResponseWriter, r *http.Request) {
	if !s.kit.Form(w, r) {
		return
	}
	act, who := r.PostForm.Get("act"), r.PostForm.Get("who")
	if act == "enrol" {
		code, err := s.Floor.Enrol(r.Context(), string(staff.TheFloor), enrolled(r.PostForm), r.PostForm.Get("pin"))
		s.writePeople(w, r, string(code), code, err)
		return
	}
	err := s.doPeople(r.Context(), act, id.TypedStaff(who), r.PostForm)
	switch {
	case page.AskedSecond(w, err):
	case err != nil:
		s.writePeople(w, r, who, "", err)
	default:
		to := url.Values{"who": {who}, "lang": {string(page.LangOf(r))}}
		http.Redirect(w, r, "/floor/staff?"+to.Encode(), http.StatusSeeOther)
	}
}

func (s *Staff) doPeople(ctx context.Context, act string, who id.Staff, form url.Values) error {
	const actor = string(staff.TheFloor)
	switch act {
	case "change":
		return s.Floor.Change(ctx, actor, who, staff.Changed(enrolled(form)))
	case "pin":
		return s.Floor.SetPin(ctx, actor, who, form.Get("pin"))
	case "unlock":
		return s.Floor.Unlock(ctx, actor, who)
	case "end":
		return s.Floor.End(ctx, actor, who, "left")
	case "dismiss":
		return s.Floor.Dismiss(ctx, actor, id.Desk(form.Get("desk")))
	}
	return desk.Refuse(desk.StaffForm)
}

// enrolled reads who somebody is. The book checks it.
func enrolled(form url.Values) staff.Enrolled {
	return staff.Enrolled{
		Name: strings.TrimSpace(form.Get("name")), Role: staff.Role(form.Get("role")), Sex: form.Get("sex"),
		Skills: words(form.Get("skills")), Languages: words(form.Get("languages")),
	}
}

// words are codes with spaces or commas of either script between them; a few more than the book takes, so that it says so.
func words(s string) []string {
	split := func(r rune) bool { return r == ' ' || r == ',' || r == '،' }
	out := strings.FieldsFunc(strings.ToLower(s), split)
	return out[:min(len(out), listMax+1)]
}
