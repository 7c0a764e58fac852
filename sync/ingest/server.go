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
	// Submit returns after a quorum committed the batch or decided against it, with the position held after that. The
	// batch was verified with the key.
	Submit(ctx context.Context, key ed25519.PublicKey, b wire.Batch) (archive.Verdict, chain.Position, error)
}

// Landmarks gives the hash of any record held, and the genesis hash for 0. Any goroutine may call it.
type Landmarks interface {
	HashAt(in chain.Incarnation, seq uint64) (chain.Hash, error)
}

// Roster says whose box a verified certificate is. Any goroutine may call it.
type Roster interface {
	Admit(cert *x509.Certificate) (id.Centre, error)
}

// Watcher is told how the chains stand. Any goroutine may call it; it must not block.
type Watcher interface {
	// Heard: a box is linked. Head is what it has, held what headquarters holds.
	Heard(in chain.Incarnation, head, held chain.Position, at time.Time)
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

	mu     sync.Mutex
	closed bool                         // guarded by mu: no more links
	links  map[*visit]bool              // guarded by mu
	latest map[chain.Incarnation]*visit // guarded by mu
	room   *link.Room                   // guarded by mu; made with the first link
	parts  sync.WaitGroup
}

// Run ends the links when the context ends, and waits for them. Links are taken before it is called as well.
func (s *Server) Run(ctx context.Context) error {
	<-ctx.Done()
	s.mu.Lock()
	s.closed = true
	for v := range s.links {
		v.stop(context.Cause(ctx))
	}
	s.mu.Unlock()
	s.parts.Wait()
	return nil
}

// ServeHTTP answers 403 to whoever is no enrolled box, 503 when there is no room, and else holds the link to its end.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		http.Error(w, "this door is for boxes: show a client certificate", http.StatusForbidden)
		return
	}
	centre, err := s.Roster.Admit(r.TLS.PeerCertificates[0])
	if err != nil {
		s.Log.Warn("certificate not admitted", "peer", r.RemoteAddr, "err", err)
		http.Error(w, "this certificate is not in the roster: enrol the box again", http.StatusForbidden)
		return
	}
	ctx, stop := context.WithCancelCause(context.WithoutCancel(r.Context()))
	v := &visit{Server: s, centre: centre, ctx: ctx, stop: stop, log: s.Log.With("centre", centre, "peer", r.RemoteAddr)}
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
