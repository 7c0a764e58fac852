package web

import (
	"net"
	"net/http"
	"strings"

	"markaz.example/edge/screen"
	"markaz.example/edge/web/page"
	"markaz.example/edge/web/proof"
)

// Public is the pages of everybody, over plain HTTP: no cookie is set or read, and nobody is named.
func (s *Site) Public() http.Handler {
	return s.guarded(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Cookie")
		s.route(w, r, false)
	}))
}

// Desks is the pages of those who work here, over TLS: a browser is known by its word, and a form by the proof of it.
func (s *Site) Desks() http.Handler {
	return s.guarded(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if page.IsSocket(r) {
			s.route(w, proof.Know(w, r), true)
			return
		}
		r = proof.Know(w, r)
		w = proof.Writer{ResponseWriter: w, Proof: proof.From(r.Context())}
		if s.proven(w, r) {
			s.route(w, r, true)
		}
	}))
}

// proven lets through what changes nothing, and forms of our own pages; it answers the others.
func (s *Site) proven(w http.ResponseWriter, r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return true
	}
	if !s.kit.Form(w, r) {
		return false
	}
	if proof.Holds(r) {
		return true
	}
	s.kit.Stale(w, r)
	return false
}

// guarded bounds a request and marks the answer, before any page sees it. It lets nobody ask too often, or by a name that is
// not ours: a page of the Internet whose name suddenly leads to this box is not us.
func (s *Site) guarded(next http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.kit.Sorry(w, r, http.StatusForbidden, "sorry.foreign", "")
	}))
	inner := origin.Handler(next)
	policy := screen.Policy(s.FrameAncestors)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		screen.Guard(w.Header(), policy)
		switch {
		case !s.may(r, asking):
			s.tooOften(w, r)
			return
		case !s.named(r):
			w.Header().Set("Connection", "close")
			http.Error(w, "This box is not called "+strings.ToValidUTF8(r.Host, "?")+".", http.StatusMisdirectedRequest)
			return
		case r.Method == http.MethodPost && s.shut(r):
			s.kit.Sorry(w, r, http.StatusForbidden, "sorry.stranger", "")
			return
		case r.Method == http.MethodPost && signsIn(r) && !s.may(r, signing):
			s.tooOften(w, r)
			return
		case page.IsSocket(r):
			s.seated(w, r, inner)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, bodyBytesMax)
		inner.ServeHTTP(w, r)
	})
}

// seated serves a socket if its address may have one more.
func (s *Site) seated(w http.ResponseWriter, r *http.Request, next http.Handler) {
	from := addressOf(r.RemoteAddr)
	if !s.crowd.sit(from) {
		s.tooOften(w, r)
		return
	}
	defer s.crowd.rise(from)
	next.ServeHTTP(w, r)
}

// unknown says whether a request comes from none of the centre's own machines, where it is configured which they are.
func (s *Site) unknown(r *http.Request) bool {
	return len(s.Own) > 0 && s.crowd.allowance(addressOf(r.RemoteAddr)) == &stranger
}

// shut says whether this press is for the centre's own machines, and comes from another: as soon as it is configured which
// they are, nobody in the hall takes numbers with a phone, or tries PINs until everybody's account is locked.
func (s *Site) shut(r *http.Request) bool {
	return s.unknown(r) && (signsIn(r) || strings.HasPrefix(r.URL.Path, "/kiosk"))
}

// signsIn says whether a form may have a PIN.
func signsIn(r *http.Request) bool {
	return strings.HasSuffix(r.URL.Path, "/sign-in") || strings.HasSuffix(r.URL.Path, "/second")
}

// may says whether an address may do something now.
func (s *Site) may(r *http.Request, what act) bool {
	from := addressOf(r.RemoteAddr)
	a := s.crowd.allowance(from)
	if a == nil {
		return true
	}
	own, all := a.requests, strangersAsk
	if what == signing {
		own, all = a.signIns, strangersSign
	}
	return s.crowd.pace.take(from, what, own) && (a != &stranger || s.crowd.pace.together(all))
}

// tooOften answers somebody who asks faster than a person does.
func (s *Site) tooOften(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Connection", "close") // whoever goes on has to come through the door again
	s.kit.Soon(w, r, "sorry.often", soonSeconds)
}

// named says whether a request calls the box by a name of its own: one that is configured, the address that the connection
// came to, or what a machine calls itself. An address cannot be led astray as a name can.
func (s *Site) named(r *http.Request) bool {
	host := hostOf(r)
	if host == "localhost" {
		return true
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		return true
	}
	for _, own := range s.Names {
		if strings.EqualFold(own, host) {
			return true
		}
	}
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return ok && local.IP.Equal(net.ParseIP(host))
}

// hostOf is the host that a request names, without its port.
func hostOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = strings.Trim(r.Host, "[]")
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// route answers what does not need a ledger, then what the present state allows.
func (s *Site) route(w http.ResponseWriter, r *http.Request, desks bool) {
	now := s.present()
	switch {
	case r.URL.Path == "/healthz":
		s.healthz(w, now, desks)
	case strings.HasPrefix(r.URL.Path, "/assets/"):
		s.kit.Assets().ServeHTTP(w, r)
	case now.name == "starting":
		s.kit.Wait(w, r, "sorry.starting", "", startingSeconds)
	case now.name == "broken":
		s.kit.Wait(w, r, "sorry.broken", now.detail, brokenSeconds)
	case now.name == "unconfigured":
		s.kit.Wait(w, r, "sorry.unconfigured", now.detail, brokenSeconds)
	case desks:
		now.desks.ServeHTTP(w, r)
	default:
		now.public.ServeHTTP(w, r)
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

// side is the pages of one listener, and where those of the other are.
type side struct {
	site  *Site
	desks bool           // this is the desks'
	own   *http.ServeMux // pages of this listener
	other *http.ServeMux // pages of the other
	pages http.Handler   // own, with what stands before it
}

// ServeHTTP puts the mux's own answers, no such page and wrong method, into words, and leads to the other listener what is
// there.
func (p *side) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	own, pattern := p.own.Handler(r)
	if pattern != "" {
		p.pages.ServeHTTP(w, r)
		return
	}
	answer := statusOnly{header: http.Header{}}
	own.ServeHTTP(&answer, r)
	if answer.status == http.StatusMethodNotAllowed {
		w.Header()["Allow"] = answer.header["Allow"]
		p.site.kit.Sorry(w, r, answer.status, "sorry.method", "/")
		return
	}
	if _, there := p.other.Handler(r); there != "" {
		p.lead(w, r)
		return
	}
	p.site.kit.Sorry(w, r, answer.status, "sorry.not-found", "/")
}

// lead sends a browser to the page's own listener. What was pressed or opens a socket is not sent on: it came in the clear,
// or from a page that is not where it should be.
func (p *side) lead(w http.ResponseWriter, r *http.Request) {
	to := p.site.origin(r, !p.desks) + r.URL.RequestURI()
	switch {
	case page.IsSocket(r):
		http.Error(w, "this socket is at "+to, http.StatusForbidden)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		p.site.kit.Sorry(w, r, http.StatusForbidden, "sorry.elsewhere", p.site.origin(r, !p.desks)+r.URL.EscapedPath())
	default:
		http.Redirect(w, r, to, http.StatusFound)
	}
}

// origin is where the pages of a side are, for a browser that reached the box by this request's host.
func (s *Site) origin(r *http.Request, desks bool) string {
	at, scheme, port := s.ports.Load(), "http", ""
	if at != nil {
		port = at.public
	}
	if desks {
		scheme = "https"
		if at != nil {
			port = at.desks
		}
	}
	return scheme + "://" + net.JoinHostPort(hostOf(r), port)
}

func (s *Site) desksOf(r *http.Request) string { return s.origin(r, true) }

// ports are those of the listeners.
type ports struct{ public, desks string }

// statusOnly keeps the status and header of an answer and drops its body.
type statusOnly struct {
	header http.Header
	status int
}

func (a *statusOnly) Header() http.Header         { return a.header }
func (a *statusOnly) WriteHeader(status int)      { a.status = status }
func (a *statusOnly) Write(b []byte) (int, error) { return len(b), nil }
