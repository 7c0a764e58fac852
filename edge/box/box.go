package box

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"time"

	"markaz.example/devices/paypoint"
	"markaz.example/devices/slip"
	"markaz.example/edge/anthropometry"
	"markaz.example/edge/book/diagnosis"
	"markaz.example/edge/book/growth"
	paypointbook "markaz.example/edge/book/paypoint"
	updatebook "markaz.example/edge/book/update"
	"markaz.example/edge/book/upkeep"
	"markaz.example/edge/clock"
	"markaz.example/edge/desk"
	"markaz.example/edge/door"
	"markaz.example/edge/health"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/notary"
	"markaz.example/edge/registration"
	"markaz.example/edge/spool"
	"markaz.example/edge/strongbox"
	"markaz.example/edge/web"
	"markaz.example/edge/web/page"
)

// Books is what this program keeps: the floor, the tools at its desks, the box itself.
func Books() []ledger.Book {
	own := []ledger.Book{paypointbook.Book(), updatebook.Book(), upkeep.Book()}
	return slices.Concat(desk.Books(), registration.Books(), anthropometry.Books(), own)
}

// Options is what a box needs besides its configuration.
type Options struct {
	Software string       // "markaz 0.1.0"
	Log      *slog.Logger // must not be nil
	Ready    func()       // called once pages are up, whether or not the ledger can be opened; may be nil
	Source   clock.Source // nil means the machine's clock
	Ballast  int64        // bytes kept back for a full disk; 0 means disk.BallastBytes, less than 0 none
	Updating Updating     // where the updater is
	Beat     func()       // called by the ledger's writer while it goes round: see ledger.Options; may be nil

	Secrets Secrets                // as the box before had them, which Run left with ErrUnlocked; none means the configuration's
	Ask     func() ([]byte, error) // asks who runs a command for passphrase or recovery code; nil where nobody can be asked
}

// Box is one box. Open it, then Run it once.
type Box struct {
	Config
	Options

	public    net.Listener
	desks     net.Listener
	notary    *notary.Notary
	site      *web.Site
	devices   []device
	paypoints *paypoint.Listener // nil without banks
	composer  *slip.Composer
	time      belief
	road      *road           // nil without headquarters
	tail      *tail           // the newest lines of the log
	growth    growth.Settings // without figures where no child is measured
}

// Open prepares everything whose faults a person should see before the box runs: configuration, device profiles,
// certificates, the address to listen on. The ledger is opened by Run.
func Open(c Config, o Options) (*Box, error) {
	b := &Box{Config: c, Options: o, tail: newTail(o.Log.Handler())}
	b.time.unset = o.unset
	b.Log = slog.New(b.tail)
	for _, step := range []struct {
		what string
		do   func() error
	}{
		{"catalogue", func() error { return c.catalogue().Check() }},
		{"secrets", b.openSecrets},
		{"devices", b.openDevices},
		{"payment terminals", b.openPaypoints},
		{"headquarters", b.openRoad},
		{"growth", b.openGrowth},
		{"desks' pages", b.openNotary},
		{"pages", b.openPages},
		{"listen", b.listen},
	} {
		if err := step.do(); err != nil {
			return nil, fmt.Errorf("%s: %w", step.what, err)
		}
	}
	return b, nil
}

func (b *Box) openDevices() (err error) {
	if b.composer, err = slip.NewComposer(); err != nil {
		return err
	}
	if b.devices, err = openDevices(b.Config, &b.time, b.Log); err != nil {
		return err
	}
	return b.checkStations()
}

func (b *Box) openPages() (err error) {
	fonts, err := fs.Sub(slip.Fonts, "fonts")
	if err != nil {
		return err
	}
	own, err := b.Web.own()
	if err != nil {
		return err
	}
	b.site, err = web.New(web.Config{
		Centre: page.Name{Ur: b.Centre.NameUr, En: b.Centre.NameEn}, Code: string(b.Centre.Code), Fonts: fonts,
		Languages: b.languages(), FrameAncestors: b.Web.FrameAncestors, Names: b.Web.names(), Own: own,
		Root: b.notary.Root(), Log: b.Log,
	})
	return err
}

func (b *Box) listen() (err error) {
	if b.public, err = net.Listen("tcp", b.Web.Listen); err != nil {
		return fmt.Errorf("%w: is a markaz already running? set web.listen to a free address", err)
	}
	if b.desks, err = net.Listen("tcp", b.Web.desks()); err != nil {
		return errors.Join(fmt.Errorf("%w: set web.desks to a free address", err), b.public.Close())
	}
	return nil
}

// Address is where visitors' pages are, host:port.
func (b *Box) Address() string { return b.public.Addr().String() }

// DesksAddress is where the desks' pages are, host:port.
func (b *Box) DesksAddress() string { return b.desks.Addr().String() }

// Run serves until the context ends, then stops in order: screens, paper, devices, ledger. Pages are up from the start.
// It ends with an error when the box must leave: another process has the ledger, or a commit's outcome is unknown. It ends
// with ErrUnlocked when it served without secrets and somebody opened them.
func (b *Box) Run(ctx context.Context) error {
	if b.Ready != nil {
		b.Ready()
	}
	return all(ctx,
		b.serveSite, // fatal: without screens the box serves nobody
		b.site.Run,
		b.work,
	)
}

func (b *Box) serveSite(ctx context.Context) error {
	return b.site.Serve(ctx, b.public, b.desks, b.notary.TLS())
}

// work opens the ledger and runs what stands on it. A ledger that cannot be opened is shown on every page.
func (b *Box) work(ctx context.Context) error {
	l, key, err := b.openLedger()
	for errors.Is(err, ledger.ErrFull) && ctx.Err() == nil { // room may come, and nobody should have to start the box anew for it
		b.Log.Error("no room for the record of this start; waiting for room", "err", err)
		b.site.Fail(err)
		sleep(ctx, fullRetry)
		l, key, err = b.openLedger()
	}
	switch {
	case errors.Is(err, ledger.ErrInUse):
		return err
	case err != nil:
		b.Log.Error("the ledger cannot be opened", "err", err)
		b.site.Fail(err)
		<-ctx.Done()
		return nil
	}
	defer l.Close()
	return b.serve(ctx, l, key)
}

// OpenLedger is the first that Run does: it finds or makes the ledger and the key of a configured box, and records the
// start. The rig that cuts the power uses it, so that what it cuts is the box's own way.
func OpenLedger(c Config, o Options) (*ledger.Ledger, ed25519.PrivateKey, error) {
	var err error
	if o.Secrets, err = c.secrets(o); err != nil {
		return nil, nil, err
	}
	return (&Box{Config: c, Options: o}).openLedger()
}

func (b *Box) openLedger() (*ledger.Ledger, ed25519.PrivateKey, error) {
	key, err := settle(b.Secrets.own(), b.Data, b.Centre.Code)
	if err != nil && !errors.Is(err, strongbox.ErrLocked) { // a locked box serves without its key
		return nil, nil, err
	}
	file := filepath.Join(b.Data, ledgerName)
	if err := isOf(file, b.Centre.Code); err != nil {
		return nil, nil, err
	}
	l, err := ledger.Open(file, ledger.Options{
		Books: Books(), Software: b.Software, Source: b.Source, Built: dawn, Log: b.Log, Beat: b.Beat, Room: rationing(b.Ballast),
	})
	if err == nil {
		b.time.clock.Store(l.Clock())
	}
	return l, key, err
}

// isOf reports ErrConfig for another centre's ledger. It looks before the ledger is opened, which records a start.
func isOf(file string, centre id.Centre) error {
	l, err := ledger.OpenReadOnly(file, Books())
	if err != nil {
		return err
	}
	defer l.Close()
	if in := l.Incarnation(); in.Centre != centre {
		return fmt.Errorf("%w: %s is of centre %s, centre.code says %s; put centre.code right, or give this centre a data directory of its own",
			ErrConfig, file, in.Centre, centre)
	}
	return nil
}

// verbs is what the door does with what stands on the ledger.
func (b *Box) verbs(own *door.Door, l *ledger.Ledger, families *registration.Registry, board *health.Board) {
	staffVerb(own, families.Floor)
	forgetVerb(own, families)
	b.stateVerb(own, l, board)
	b.diagnosisVerb(own, l, board)
	diskVerb(own, l)
	verifyVerb(own, l)
	b.updateVerbs(own, l)
}

// present shows the pages, and runs what they and the devices need. What the last stop left in doubt is settled before.
func (b *Box) present(ctx context.Context, l *ledger.Ledger, backing web.Backing, board *health.Board, fronts []part) error {
	if err := errors.Join(b.doubt(ctx, l), backing.Floor.Restarted(ctx)); err != nil {
		return err
	}
	if err := b.site.Open(backing); err != nil {
		return err
	}
	b.Log.Info("serving", "centre", b.Centre.Code, "seq", l.Acknowledged().Seq, "address", b.Address(), "desks", b.DesksAddress())
	return during(ctx, b.running(b.rack(board)), func(ctx context.Context) error { return all(ctx, fronts...) })
}

// serve runs everything that stands on the ledger. What is listed lower stops later.
func (b *Box) serve(ctx context.Context, l *ledger.Ledger, key ed25519.PrivateKey) error {
	board := health.New(l.Clock().Now)
	showClock(l.Clock().Now(), board)
	b.showSeal(board)
	floor := b.openFloor(l, board)
	families, err := b.openFamilies(ctx, floor, board)
	if err != nil {
		return err
	}
	defer shut(families)
	measuring := &anthropometry.Hall{Floor: floor, People: families, Settings: b.growth}
	desks := b.station(floor)
	letters := b.openLetterbox(l, board)
	letters.Load(ctx)
	halls := b.halls(board)
	backing := web.Backing{Floor: floor, Families: families, Measuring: measuring, Health: board.List, Devices: b.shownDevices, Station: desks, Hall: halls}
	backing.SetTime = func(ctx context.Context, t time.Time) error {
		defer func() { showClock(l.Clock().Now(), board) }()
		return floor.SetTime(ctx, "floor", t)
	}
	backing.Diagnose = func(context.Context) (diagnosis.Given, error) { return b.diagnose(l, board) }
	own, err := b.openDoor(l, key, letters)
	if err != nil {
		return err
	}
	b.verbs(own, l, families, board)
	(&copier{b, l, key, families.Vault}).verbs(own)
	fronts := []part{
		b.unlockVerb(own),
		b.printing(floor, b.printers(floor, measuring), board), desks.Run, letters.run, own.Run, showStaff(l, board),
		b.showBackup(l, board), b.releases(floor), b.certifying(l), b.updated(l, board), watchDisk(l, board),
	}
	fronts = append(fronts, b.speakers(floor, halls.Voice, board)...)
	if b.paypoints != nil {
		fronts = append(fronts, b.notes(l))
	}
	if b.road != nil {
		up := b.road.uplink(l, key, b.Options, board, letters)
		backing.Link = b.road.state
		fronts = append(fronts, b.road.renewal(l, key, b.Options, board), b.road.marking(floor))
		fronts = append(fronts, b.road.travel(l, key, b.Options, board, up)) // an outage is a normal day; never fatal
	}
	return during(ctx, l.Run, func(ctx context.Context) error { return b.present(ctx, l, backing, board, fronts) })
}

func (b *Box) openFloor(l *ledger.Ledger, board *health.Board) *desk.Floor {
	floor := &desk.Floor{
		Ledger: l, Catalogue: b.catalogue(), Rand: rand.Reader, Pins: b.pins(board), Log: b.Log, Languages: b.languageCodes(),
		Rules: b.Queue.rules(), Patience: b.Queue.patience(), Machines: b.machines(board),
	}
	floor.Estimate = floor.Expect
	floor.VisitorSex = registration.VisitorSex
	return floor
}

// pakistan is the zone of the time on papers: it keeps no summer time.
var pakistan = time.FixedZone("PKT", 5*60*60)

// printing is the spool, or nothing where a centre has no printer.
func (b *Box) printing(floor *desk.Floor, printers []spool.Device, board *health.Board) part {
	if len(printers) == 0 {
		board.Set(conditionNoPaper, "", health.Warning, "no printer in the configuration")
		return func(ctx context.Context) error { <-ctx.Done(); return nil }
	}
	s := &spool.Spool{Ledger: floor.Ledger, Printers: printers, Printed: floor.TicketPrinted, Health: board, Log: b.Log}
	return s.Run
}
