package staff

import (
	"context"
	"net/http"
	"strings"

	"markaz.example/edge/book/staff"
	"markaz.example/edge/desk"
	"markaz.example/edge/web/page"
)

// Guard lets pages and sockets of desks and of the floor through to consoles that have them, and says to those behind who
// acts. Everybody else is asked to sign in. Pages of everybody, and a centre without a staff, are let through as they are.
func (s *Staff) Guard(next http.Handler) http.Handler {
	s.next = next
	return http.HandlerFunc(s.guard)
}

func (s *Staff) guard(w http.ResponseWriter, r *http.Request) {
	place, ok := placeOf(r.URL.Path)
	if d, atDesk := place.Desk(); !ok || atDesk && !s.hasDesk(d) || strings.HasSuffix(r.URL.Path, "/sign-in") {
		s.next.ServeHTTP(w, r)
		return
	}
	st, err := s.Floor.Standing(r.Context(), place, consoleOf(r))
	switch {
	case err != nil:
		s.kit.Wait(w, r, "sorry.broken", "", waitSeconds)
	case st.Open:
		s.next.ServeHTTP(w, r)
	case !st.Mine:
		s.outside(w, r, place, st)
	case !maySee(st.Person.Role, place, r.URL.Path):
		s.kit.Sorry(w, r, http.StatusForbidden, "sorry.not-yours", "/"+string(place)+"/me")
	default:
		s.inside(w, r.WithContext(desk.From(r.Context(), st.Seat)), st)
	}
}

// waitSeconds is when a page without its state tries again.
const waitSeconds = 3

// maySee says whether a role may see a page of a place where it may be: on the floor, technicians see machines alone.
func maySee(role staff.Role, place staff.Place, path string) bool {
	switch {
	case place != staff.TheFloor || strings.HasPrefix(path, "/floor/me") || strings.HasPrefix(path, "/floor/second"):
		return true
	case path == "/floor/devices" || strings.HasPrefix(path, "/floor/devices/"):
		return role.May(staff.Devices)
	}
	return role.May(staff.Floor)
}

// outside answers a console that does not have the place: in words to a press, with a way to sign in to a page.
func (s *Staff) outside(w http.ResponseWriter, r *http.Request, place staff.Place, st desk.Standing) {
	switch {
	case strings.HasSuffix(r.URL.Path, "/live"):
		http.Error(w, "sign in first", http.StatusForbidden)
	case page.Pushed(r):
		code := desk.SignInFirst
		if st.There.Staff != "" {
			code = desk.TakenOver
		}
		s.kit.Done(w, r, desk.Refuse(code), "", nil)
	default:
		s.writeSignIn(w, r, http.StatusForbidden, place, st, nil)
	}
}

// inside serves a console that has the place. Its sockets end when it loses it; its acts may want a second person.
func (s *Staff) inside(w http.ResponseWriter, r *http.Request, st desk.Standing) {
	switch {
	case strings.HasSuffix(r.URL.Path, "/live"):
		ctx, end := context.WithCancel(r.Context())
		watched := make(chan struct{})
		go func() {
			defer close(watched)
			s.watch(ctx, end, st)
		}()
		s.next.ServeHTTP(w, r.WithContext(ctx))
		end()
		<-watched
	case r.Method == http.MethodPost:
		s.serveWithSecond(w, r, st.Seat)
	default:
		s.next.ServeHTTP(w, r)
	}
}

// watch ends a socket's context once its console has the place no longer.
func (s *Staff) watch(ctx context.Context, end context.CancelFunc, st desk.Standing) {
	for {
		changed := s.Floor.Changed()
		now, err := s.Floor.Standing(ctx, st.Seat.Place, st.Seat.Console)
		if err == nil && (!now.Mine || now.Seat.Staff != st.Seat.Staff) {
			end()
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}
