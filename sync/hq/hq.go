package hq

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"markaz.example/sync/archive"
	"markaz.example/sync/fleet"
	"markaz.example/sync/ingest"
	"markaz.example/sync/link"
	"markaz.example/sync/office"
	"markaz.example/sync/quorum"
	"markaz.example/sync/registrar"
	"markaz.example/sync/roster"
)

// HQ is one headquarters node.
type HQ struct {
	config  Config
	log     *slog.Logger
	roster  *roster.Roster
	tls     *tls.Config
	archive *archive.Archive
	node    *quorum.Node
	fleet   *fleet.Fleet
	ingest  *ingest.Server
	road    net.Listener
	page    net.Listener
	admin   *Admin

	registrar *registrar.Registrar
}

// Open makes a node ready to run, or reports which step failed and leaves nothing open.
func Open(c Config, log *slog.Logger) (*HQ, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	h := &HQ{config: c, log: log}
	for _, step := range []func() error{
		h.openRoster, h.openCertificates, h.openArchive, h.openQuorum, h.openEnrolment, h.openRoad, h.openPage, h.openAdmin, h.openVerbs,
	} {
		if err := step(); err != nil {
			return nil, errors.Join(err, h.Close())
		}
	}
	return h, nil
}

func (h *HQ) openRoster() (err error) {
	h.roster, err = roster.Load(h.config.Roster)
	return err
}

func (h *HQ) openCertificates() (err error) {
	if h.tls, err = roster.ServerTLS(h.config.Certificates); err != nil {
		return fmt.Errorf("%w\nmake them with: markaz-hq authority issue-hq", err)
	}
	return nil
}

func (h *HQ) openArchive() (err error) {
	if err := os.MkdirAll(h.config.Dir, 0o700); err != nil {
		return fmt.Errorf("make headquarters' directory: %w", err)
	}
	h.archive, err = archive.Open(ArchivePath(h.config), office.Office{})
	return err
}

func (h *HQ) openQuorum() (err error) {
	h.node, err = quorum.Open(quorum.Config{Dir: h.config.Dir, Name: h.config.Name, Archive: h.archive, Log: h.log})
	return err
}

func (h *HQ) openRoad() (err error) {
	h.fleet = fleet.New(h.roster, h.archive, time.Now)
	h.ingest = &ingest.Server{
		Group: h.node, Roster: h.registrar.Gate, Past: past{h.registrar.Gate, h.archive}, Watcher: watcher{h.fleet},
		Landmarks: h.archive, Acts: h.node, Log: h.log, Now: time.Now,
	}
	if h.road, err = net.Listen("tcp", h.config.Road); err != nil {
		return fmt.Errorf("open the road for boxes: %w", err)
	}
	h.road = tls.NewListener(h.road, h.tls)
	return nil
}

func (h *HQ) openPage() (err error) {
	if h.page, err = net.Listen("tcp", h.config.Page); err != nil {
		return fmt.Errorf("open the page: %w", err)
	}
	return nil
}

// Adopt begins a new raft log behind the archive of a node whose log was lost for good: see quorum.Adopt.
func Adopt(c Config, log *slog.Logger) error {
	h := &HQ{config: c, log: log}
	if err := h.openArchive(); err != nil {
		return err
	}
	err := quorum.Adopt(quorum.Config{Dir: c.Dir, Name: c.Name, Archive: h.archive, Log: log})
	return errors.Join(err, h.Close())
}

// Close lets go of everything. Run does so itself.
func (h *HQ) Close() error {
	var errs []error
	listeners := []net.Listener{h.road, h.page}
	if h.admin != nil {
		listeners = append(listeners, h.admin.socket)
	}
	for _, l := range listeners {
		if l != nil {
			if err := l.Close(); !errors.Is(err, net.ErrClosed) {
				errs = append(errs, err)
			}
		}
	}
	if h.node != nil {
		errs = append(errs, h.node.Close())
	}
	if h.archive != nil {
		errs = append(errs, h.archive.Close())
	}
	return errors.Join(errs...)
}

// Road is where boxes dial.
func (h *HQ) Road() net.Addr { return h.road.Addr() }

// Page is where people look.
func (h *HQ) Page() net.Addr { return h.page.Addr() }

// Ready is closed once batches are taken.
func (h *HQ) Ready() <-chan struct{} { return h.node.Ready() }

// Fleet is how each centre is.
func (h *HQ) Fleet() *fleet.Fleet { return h.fleet }

// Run serves until the context ends or a part fails, stops the rest, and lets go of everything. It reports what failed.
func (h *HQ) Run(ctx context.Context) error {
	h.log.Info("headquarters runs", "road", h.Road().String(), "page", "http://"+h.Page().String(), "name", h.config.Name)
	err := runAll(ctx,
		h.node.Run,   // fatal: what is not committed cannot be acknowledged
		h.ingest.Run, // ends the links
		h.watchRoster,
		h.serveRoad,  // fatal: without it no box is heard
		h.servePage,  // fatal: a headquarters that nobody can look at is started anew
		h.serveAdmin, // fatal: so is one that nobody can tell anything
	)
	return errors.Join(err, h.Close())
}

func runAll(ctx context.Context, parts ...func(context.Context) error) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var wg sync.WaitGroup
	errs := make([]error, len(parts))
	for i, run := range parts {
		wg.Go(func() {
			errs[i] = run(ctx)
			fail(errs[i]) // the first to end stops the others
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (h *HQ) serveRoad(ctx context.Context) error {
	mux := http.NewServeMux()
	mux.Handle("GET "+link.Path, h.ingest)
	h.registrar.Routes(mux)
	return h.serve(ctx, "road", h.road, &http.Server{Handler: mux, IdleTimeout: idleMax}) // links are not the server's any more
}

func (h *HQ) servePage(ctx context.Context) error {
	s := &http.Server{Handler: h.fleet.Handler(h.log, h.config.FrameAncestors...), WriteTimeout: answerMax, IdleTimeout: idleMax}
	return h.serve(ctx, "page", h.page, s)
}

// serve serves until the context ends. Links of boxes are no longer the server's: ingest ends them.
func (h *HQ) serve(ctx context.Context, what string, l net.Listener, s *http.Server) error {
	s.ReadHeaderTimeout, s.MaxHeaderBytes = headerMax, headerBytesMax
	s.ErrorLog = slog.NewLogLogger(h.log.With("door", what).Handler(), slog.LevelWarn)
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve the %s: %w", what, err)
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopMax)
	defer cancel()
	if err := s.Shutdown(stopping); err != nil {
		h.log.Warn("requests were cut off", "door", what, "err", errors.Join(err, s.Close()))
	}
	<-served
	return nil
}
