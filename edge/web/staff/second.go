package staff

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"markaz.example/edge/book/staff"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/page"
)

// pending is an act that was refused because it wants a second person, as it was sent.
type pending struct {
	path string
	form url.Values
	want desk.Wanted
	at   time.Time
}

// secondPage is the struct of second.tmpl.
type secondPage struct {
	Path    string // of the place: "/desk/A"
	Act     string // as staff.Act; names its text
	Who     string // is asking
	Typed   string
	Wait    int
	Refusal *page.Refusal
}

// asked notes that whoever answers has refused an act for want of a second person, and drops that answer.
type asked struct {
	http.ResponseWriter
	want *desk.Wanted
}

// WantSecond is called by page.Kit in place of the refusal.
func (a *asked) WantSecond(w desk.Wanted) { a.want = &w }

// serveWithSecond serves a press. One that wants a second person is kept, and leads to the page where that person signs.
func (s *Staff) serveWithSecond(w http.ResponseWriter, r *http.Request, seat desk.Seat) {
	a := &asked{ResponseWriter: w}
	s.next.ServeHTTP(a, r)
	if a.want == nil {
		return
	}
	s.keep(seat.Console, pending{path: r.URL.Path, form: r.PostForm, want: *a.want, at: time.Now()})
	to := here(seat.Place, "/second").Path + "?lang=" + string(page.LangOf(r))
	if page.Pushed(r) {
		w.Header().Set("Markaz-Go", to) // our module goes there
		w.WriteHeader(http.StatusNoContent)
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// keep remembers a console's act in place of the one before. Those that nobody came for go first.
func (s *Staff) keep(c staff.Console, p pending) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for other, old := range s.pending {
		if time.Since(old.at) > pendingTime {
			delete(s.pending, other)
		}
	}
	if _, own := s.pending[c]; own || len(s.pending) < pendingMax {
		s.pending[c] = p
	}
}

func (s *Staff) kept(c staff.Console) (pending, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.pending[c]
	return p, ok && time.Since(p.at) <= pendingTime
}

func (s *Staff) forget(c staff.Console) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.pending, c)
}

func (s *Staff) showSecond(w http.ResponseWriter, r *http.Request) { s.writeSecond(w, r, nil) }

func (s *Staff) writeSecond(w http.ResponseWriter, r *http.Request, err error) {
	seat, lang := desk.SeatOf(r.Context()), page.LangOf(r)
	p, ok := s.kept(seat.Console)
	if !ok {
		http.Redirect(w, r, here(seat.Place, "").Path+"?lang="+string(lang), http.StatusSeeOther)
		return
	}
	data, status := secondPage{Path: "/" + string(seat.Place), Act: string(p.want.Act), Who: seat.Name, Typed: r.PostFormValue("code")}, http.StatusOK
	if err != nil {
		data.Refusal, status = s.kit.Refusal(lang, err)
		data.Wait = waitOf(err)
	}
	s.second.Write(w, status, page.Frame{Lang: lang, Title: "second.title", Self: here(seat.Place, "/second"), Data: data})
}

// doSecond lets a kept act pass because a second person signed, by sending it once more as it was.
func (s *Staff) doSecond(w http.ResponseWriter, r *http.Request) {
	if !s.kit.Form(w, r) {
		return
	}
	seat := desk.SeatOf(r.Context())
	p, ok := s.kept(seat.Console)
	if !ok {
		s.writeSecond(w, r, nil)
		return
	}
	ctx, err := s.Floor.Approve(r.Context(), p.want, id.TypedStaff(r.PostForm.Get("code")), r.PostForm.Get("pin"))
	if err != nil {
		s.writeSecond(w, r, err)
		return
	}
	s.forget(seat.Console)
	s.next.ServeHTTP(w, again(ctx, r, p))
}

// again is a kept press as a request.
func again(ctx context.Context, r *http.Request, p pending) *http.Request {
	out := r.Clone(ctx)
	out.URL = &url.URL{Path: p.path}
	out.Form, out.PostForm, out.Body = p.form, p.form, http.NoBody
	out.Header.Del("Markaz-Push")
	return out
}
