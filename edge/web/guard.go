package web

import (
	"net/http"
	"strings"

	"markaz.example/edge/screen"
)

// ServeHTTP answers one request.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.guard.ServeHTTP(w, r) }

// guarded bounds a request and marks the answer, before any page sees it.
func (s *Site) guarded(next http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.kit.Sorry(w, r, http.StatusForbidden, "sorry.foreign", "")
	}))
	inner := origin.Handler(next)
	policy := screen.Policy(s.FrameAncestors)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		screen.Guard(w.Header(), policy)
		r.Body = http.MaxBytesReader(w, r.Body, bodyBytesMax)
		inner.ServeHTTP(w, r)
	})
}

// route answers what does not need a ledger, then what the present state allows.
func (s *Site) route(w http.ResponseWriter, r *http.Request) {
	now := s.present()
	switch {
	case r.URL.Path == "/healthz":
		s.healthz(w, now)
	case strings.HasPrefix(r.URL.Path, "/assets/"):
		s.kit.Assets().ServeHTTP(w, r)
	case now.name == "starting":
		s.kit.Wait(w, r, "sorry.starting", "", startingSeconds)
	case now.name == "broken":
		s.kit.Wait(w, r, "sorry.broken", now.detail, brokenSeconds)
	case now.name == "unconfigured":
		s.kit.Wait(w, r, "sorry.unconfigured", now.detail, brokenSeconds)
	default:
		now.pages.ServeHTTP(w, r)
	}
}

// present is the state, unless the ledger has failed since: then nobody knows what the last commit did.
func (s *Site) present() *state {
	now := s.state.Load()
	if now.ledger != nil && now.ledger.Failed() != nil {
		return &state{name: "broken"}
	}
	return now
}

// polite puts the mux's own answers, no such page and wrong method, into words.
func (s *Site) polite(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		own, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r) // sets the path's values, which own alone would not
			return
		}
		answer := statusOnly{header: w.Header()}
		own.ServeHTTP(&answer, r)
		key := "sorry.not-found"
		if answer.status == http.StatusMethodNotAllowed {
			key = "sorry.method"
		}
		s.kit.Sorry(w, r, answer.status, key, "/")
	})
}

// statusOnly keeps the status and header of an answer and drops its body.
type statusOnly struct {
	header http.Header
	status int
}

func (a *statusOnly) Header() http.Header         { return a.header }
func (a *statusOnly) WriteHeader(status int)      { a.status = status }
func (a *statusOnly) Write(b []byte) (int, error) { return len(b), nil }
