package ingest

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
	"markaz.example/sync/link"
	"markaz.example/sync/wire"
)

// Group is the raft group that commits. Any goroutine may call it.
type Group interface {
	// Held is the last record committed of a chain, its Start when none.
	Held(in chain.Incarnation) (chain.Position, error)
	// Submit returns after a quorum committed the batch or decided against it, with the position held after that: of the
	// chain, or of the branch that the verdict is about. The batch was verified with the key.
	Submit(ctx context.Context, key ed25519.PublicKey, b wire.Batch) (archive.Verdict, chain.Position, error)
}

// Proposer takes acts: see quorum.Node.Propose. Any goroutine may call it.
type Proposer interface {
	Propose(ctx context.Context, act []byte) (archive.Answer, error)
}

// Landmarks finds records on the way to a position that is held: see archive.Archive.Landmark. Any goroutine may call it.
type Landmarks interface {
	Landmark(in chain.Incarnation, tip chain.Position, seq uint64) (at, begins chain.Position, err error)
	// Settled is whether a person has settled a fork, and not for the history that has this record.
	Settled(in chain.Incarnation, at chain.Position) (bool, error)
}

// Roster says whose box a verified certificate is. Any goroutine may call it.
type Roster interface {
	Admit(cert *x509.Certificate) (id.Centre, error)
}

// Watcher is told how the chains stand. Any goroutine may call it; it must not block.
type Watcher interface {
	// Heard: a box is linked. Head is what it has, held what headquarters holds.
	Heard(in chain.Incarnation, head, held chain.Position, at time.Time)
	// Told: a box says how it is. Software is what its greeting named.
	Told(in chain.Incarnation, software string, b wire.Beat, at time.Time)
	// Refused: a link ended with this refusal, or with CodeFork the histories were found to differ.
	Refused(centre id.Centre, code, detail string, at time.Time)
	// Gone: the last link of this chain has ended.
	Gone(in chain.Incarnation, at time.Time)
}

// ErrNoLandmarks is the answer to a box that compares histories when the Server was given no Landmarks.
var ErrNoLandmarks = errors.New("this node cannot compare histories")

var errReplaced = errors.New("replaced by a newer link")

// Server takes boxes' links. It is an http.Handler for the one path they dial; the TLS server in front of it has
// verified client certificates. All fields are needed but those that say otherwise.
type Server struct {
	Group     Group
	Roster    Roster
	Watcher   Watcher
	Log       *slog.Logger
	Now       func() time.Time // headquarters' time, told to boxes; never for a delay
	Landmarks Landmarks        // may be nil: forks are still noticed and refused, without evidence
	Post      Post             // may be nil: nothing goes down
	Past      Past             // may be nil: then nobody reads a chain back
	Acts      Proposer         // may be nil: records that do not decode are kept without being named

	mu     sync.Mutex
	closed bool                         // guarded by mu: no more links
	links  map[*visit]bool              // guarded by mu
	latest map[chain.Incarnation]*visit // guarded by mu
	room   *link.Room                   // guarded by mu; made with the first link
	parts  sync.WaitGroup
}

// Run ends the links that are not let in any more, and all of them when the context ends, and waits for them. Links are taken before it is called as well.
func (s *Server) Run(ctx context.Context) error {
	s.patrol(ctx)
	s.mu.Lock()
	s.closed = true
	for v := range s.links {
		v.stop(context.Cause(ctx))
	}
	s.mu.Unlock()
	s.parts.Wait()
	return nil
}

// ErrLater is wrapped by a Roster or a Past that cannot know now: the box comes back, or goes to another node.
var ErrLater = errors.New("this node cannot reach the others of headquarters now")

// ServeHTTP answers 403 to whoever is no enrolled box, 503 when that cannot be known or there is no room, and else holds the
// link to its end.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		http.Error(w, "this door is for boxes: show a client certificate", http.StatusForbidden)
		return
	}
	cert := r.TLS.PeerCertificates[0]
	centre, err := s.Roster.Admit(cert)
	if errors.Is(err, ErrLater) {
		s.Log.Warn("it cannot be known whether a certificate is admitted", "peer", r.RemoteAddr, "err", err)
		http.Error(w, "headquarters cannot know now whether this certificate is accepted: come back later", http.StatusServiceUnavailable)
		return
	}
	if err != nil {
		s.Log.Warn("certificate not admitted", "peer", r.RemoteAddr, "err", err)
		http.Error(w, "this certificate is not in the roster, or not accepted any more: enrol the box again ("+err.Error()+")", http.StatusForbidden)
		return
	}
	ctx, stop := context.WithCancelCause(context.WithoutCancel(r.Context()))
	v := &visit{Server: s, centre: centre, cert: cert, ctx: ctx, stop: stop, log: s.Log.With("centre", centre, "peer", r.RemoteAddr)}
	if !s.enter(v) {
		http.Error(w, "headquarters has no room for another link: come back later", http.StatusServiceUnavailable)
		return
	}
	defer s.leave(v)
	l, err := link.Accept(w, r)
	if err != nil {
		v.log.Warn("link not opened", "err", err)
		return
	}
	v.run(l)
}

func (s *Server) enter(v *visit) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.links) >= linksMax {
		return false
	}
	if s.links == nil {
		s.links, s.latest = map[*visit]bool{}, map[chain.Incarnation]*visit{}
	}
	s.links[v] = true
	s.parts.Add(1)
	return true
}

// shared is the memory of all links.
func (s *Server) shared() *link.Room {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.room == nil {
		s.room = link.NewRoom(link.RoomBytes)
	}
	return s.room
}

// greet makes a link the one of its chain; an older one is told to go.
func (s *Server) greet(v *visit, in chain.Incarnation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.latest[in]; old != nil && old != v {
		old.stop(errReplaced)
	}
	s.latest[in] = v
}

func (s *Server) leave(v *visit) {
	v.stop(nil)
	s.mu.Lock()
	delete(s.links, v)
	h, greeted := v.session.Hello()
	last := greeted && s.latest[h.Incarnation] == v
	if last {
		delete(s.latest, h.Incarnation)
	}
	s.mu.Unlock()
	if last {
		s.Watcher.Gone(h.Incarnation, s.Now())
	}
	s.parts.Done()
}
