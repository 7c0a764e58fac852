package hq

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"markaz.example/edge/disk"
	"markaz.example/edge/door"
	"markaz.example/edge/durable"
	"markaz.example/edge/patrol"
	"markaz.example/sync/archive"
	"markaz.example/sync/fleet"
	"markaz.example/sync/fleet/page"
	"markaz.example/sync/ingest"
	"markaz.example/sync/link"
	"markaz.example/sync/office"
	"markaz.example/sync/peer"
	"markaz.example/sync/post"
	"markaz.example/sync/quorum"
	"markaz.example/sync/registrar"
	"markaz.example/sync/roster"
	"markaz.example/sync/warehouse"
)

// HQ is one headquarters node.
type HQ struct {
	config  Config
	log     *slog.Logger
	roster  *roster.Roster
	tls     *tls.Config
	archive *archive.Archive
	patrol  *patrol.Patrol // of archive
	peer    *peer.Node     // nil for a node alone
	peers   net.Listener   // of peer
	node    *quorum.Node
	fleet   *fleet.Fleet
	ingest  *ingest.Server
	gate    *link.Gate // under road
	road    net.Listener
	nodes   *nodes
	share   peer.Share // runs where there is a door for other nodes
	pages   *page.Site
	page    net.Listener
	admin   *door.Door
	desk    *post.Desk
	carrier *post.Carrier
	clerk   *post.Clerk

	registrar *registrar.Registrar
	warehouse *warehouse.Warehouse
}

// Open makes a node ready to run, or reports which step failed and leaves nothing open.
func Open(c Config, log *slog.Logger) (*HQ, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	h := &HQ{config: c, log: log}
	for _, step := range []func() error{
		h.openRoster, h.openCertificates, h.openArchive, h.openPeer, h.openQuorum,
		h.openWarehouse, h.openAdmin, h.openPost, h.openParcels, h.openEnrolment, h.openVerbs,
		h.openRoad, h.openPage,
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
	if err := durable.MakeDir(h.config.Dir); err != nil {
		return fmt.Errorf("headquarters' directory: %w", err)
	}
	h.archive, err = archive.Open(ArchivePath(h.config), office.Office{})
	if err == nil {
		h.patrol = &patrol.Patrol{Path: ArchivePath(h.config) + ".verified", Step: h.archive.Stretch, Now: time.Now, Log: h.log}
	}
	return err
}

func (h *HQ) openQuorum() (err error) {
	h.node, err = quorum.Open(quorum.Config{
		Dir: h.config.Dir, Name: h.config.Name, Archive: h.archive, Log: h.log,
		Peer: h.peer, Address: h.config.Peer, Join: h.config.Join, Beat: h.config.Beat,
		Ballast: disk.BallastBytes, Walk: h.patrol.State,
	})
	return err
}

func (h *HQ) openPeer() (err error) {
	if h.config.Peer == "" {
		return nil
	}
	c, err := roster.NodeTLS(h.config.Certificates)
	if err == nil {
		err = h.certified(c)
	}
	if err != nil {
		return fmt.Errorf("%w\nmake it with: markaz-hq authority issue-node", err)
	}
	if h.peers, err = net.Listen("tcp", cmp.Or(h.config.PeerListen, h.config.Peer)); err != nil {
		return fmt.Errorf("open the door for other nodes: %w", err)
	}
	h.peer = peer.New(peer.Config{TLS: c, Listener: h.peers, Dial: (&net.Dialer{}).DialContext, Log: h.log})
	return nil
}

// certified checks that the certificate is this node's, at its address: the others would not say why they cannot come.
func (h *HQ) certified(c *tls.Config) error {
	own := c.Certificates[0].Leaf
	name, err := roster.NodeOf(own)
	if err != nil {
		return err
	}
	if name != h.config.Name {
		return fmt.Errorf("node.crt is of node %s, this one is %s", name, h.config.Name)
	}
	host, _, err := net.SplitHostPort(h.config.Peer)
	if err != nil {
		return err
	}
	return own.VerifyHostname(host)
}

func (h *HQ) openRoad() (err error) {
	h.fleet = fleet.New(h.roster, h.archive, time.Now)
	h.nodes = &nodes{node: h.node, name: h.config.Name}
	aside := &aside{archive: h.archive, log: h.log}
	h.fleet.Sources = fleet.Sources{
		Records: h.archive.Records, Nodes: h.nodes.Nodes, Forks: aside.Forks, Poison: aside.Poison,
		Packs: h.carrier.Newest, Warehouse: h.stored,
	}
	if h.peer != nil {
		h.share = share(h.peer, h.nodes, h.fleet, h.log)
		h.share.Serve()
	}
	door := gate{h.registrar.Gate, h.node}
	h.ingest = &ingest.Server{
		Group: h.node, Roster: door, Past: past{door, h.archive}, Watcher: watcher{h.fleet},
		Landmarks: h.archive, Acts: h.node, Post: h.carrier, Log: h.log, Now: time.Now,
	}
	if h.road, err = net.Listen("tcp", h.config.Road); err != nil {
		return fmt.Errorf("open the road for boxes: %w", err)
	}
	h.gate = link.Limit(h.road, link.HandshakesMax)
	h.road = tls.NewListener(h.gate, h.tls)
	return nil
}

func (h *HQ) openPage() (err error) {
	h.pages = page.New(h.fleet, page.Config{Fonts: h.config.Fonts, Frames: h.config.FrameAncestors, Zone: pakistan, Log: h.log})
	if h.page, err = net.Listen("tcp", h.config.Page); err != nil {
		return fmt.Errorf("open the page: %w", err)
	}
	return nil
}

// pakistan is the zone of times on the pages: one all year since 2009. No database of zones is needed for it.
var pakistan = time.FixedZone("PKT", 5*60*60)

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
	for _, l := range []net.Listener{h.road, h.page, h.peers} {
		if l != nil {
			errs = append(errs, closeOnce(l))
		}
	}
	if h.admin != nil {
		errs = append(errs, closeOnce(h.admin))
	}
	if h.node != nil {
		errs = append(errs, h.node.Close())
	}
	if h.archive != nil {
		errs = append(errs, h.archive.Close())
	}
	return errors.Join(errs...)
}

// closeOnce passes over what whoever served it has closed.
func closeOnce(c io.Closer) error {
	if err := c.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
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
		h.node.Run,      // fatal: what is not committed cannot be acknowledged
		h.ingest.Run,    // ends the links
		h.watchRoster,   // who may speak changes without a restart
		h.patrol.Run,    // verifies the archive, week by week; what it finds is shown
		h.fleet.Run,     // keeps the last hour
		h.nodes.Run,     // asks the other nodes how they are
		h.runShare,      // and which boxes they hear
		h.pages.Run,     // ends the sockets of browsers
		h.carrier.Run,   // tells the links of new post
		h.clerk.Run,     // reads what boxes say to the office; never fatal
		h.serveRoad,     // fatal: without it no box is heard
		h.servePage,     // fatal: a headquarters that nobody can look at is started anew
		h.admin.Run,     // fatal: so is one that nobody can tell anything
		h.warehouse.Run, // never fatal: what is not loaded waits in the archive
	)
	return errors.Join(err, h.Close())
}

func (h *HQ) runShare(ctx context.Context) error {
	if h.peer == nil {
		<-ctx.Done()
		return nil
	}
	return h.share.Run(ctx)
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
	return h.serve(ctx, "road", h.road, &http.Server{Handler: mux, ConnState: h.gate.State, IdleTimeout: idleMax}) // links are not the server's any more
}

func (h *HQ) servePage(ctx context.Context) error {
	s := &http.Server{Handler: h.pages.Handler(), WriteTimeout: answerMax, IdleTimeout: idleMax}
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
