// Package webtest is a centre on a temporary disk, with real pages, for tests: everything but the devices is the
// product's own.
package webtest

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"markaz.example/edge/anthropometry"
	"markaz.example/edge/berth/berthtest"
	"markaz.example/edge/book/diagnosis"
	"markaz.example/edge/chain"
	"markaz.example/edge/desk"
	"markaz.example/edge/health"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/measure"
	"markaz.example/edge/notary"
	"markaz.example/edge/pin"
	"markaz.example/edge/registration"
	"markaz.example/edge/spool"
	"markaz.example/edge/station"
	"markaz.example/edge/vault"
	"markaz.example/edge/web"
	"markaz.example/edge/web/devices"
	"markaz.example/edge/web/hall"
	"markaz.example/edge/web/page"
)

// Centre is a running centre. Its fields may be used between Start and Stop.
type Centre struct {
	Ledger    *ledger.Ledger
	Floor     *desk.Floor
	Families  *registration.Registry // a desk of nashonuma registers them
	Measuring *anthropometry.Hall    // and one of Nashonuma() measures
	Log       *slog.Logger           // of pages and floor; set before Start, nil means none
	Printer   *Printer
	Hand      *Hand            // at desk A
	Pan       *Pan             // at desk B
	Devices   []devices.Device // shown on the page of machines; set before Start
	Offers    desk.Catalogue   // what it offers; set before Start, without a service it is Catalogue()
	Hall      hall.Config      // of the hall's screens; set before Start
	Health    *health.Board
	Site      *web.Site
	URL       string         // of everybody's pages, "http://127.0.0.1:40123"; the same after a restart
	Desks     string         // of the desks', "https://127.0.0.1:40124"
	Own       []netip.Prefix // machines that are known; set before Start
	Notary    *notary.Notary

	t       testing.TB
	began   time.Time // when the first start was
	pins    *pin.Keeper
	path    string
	fonts   fs.FS
	address string // where it serves, the same after a restart
	desks   string // where it serves desks
	stop    context.CancelFunc
	station *station.Station
	ended   sync.WaitGroup
}

// Start makes a centre that ends with the test.
func Start(t testing.TB) *Centre { return StartWith(t, Fonts()) }

// StartWith makes a centre with real fonts, for pictures.
func StartWith(t testing.TB, fonts fs.FS) *Centre {
	t.Helper()
	c := &Centre{t: t, began: time.Now(), fonts: fonts, path: filepath.Join(t.TempDir(), "ledger.db"),
		address: berthtest.Address(t), desks: berthtest.Address(t), Printer: &Printer{}, Log: slog.New(slog.DiscardHandler), Hand: &Hand{press: make(chan pressed)}, Pan: &Pan{put: make(chan measure.Reading)}}
	secret, err := pin.New(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c.pins = pin.NewKeeper(secret)
	c.pins.Cost = pin.Cost{MemoryKiB: 8, Passes: 1} // the least that there is
	if err := ledger.Create(c.path, chain.Incarnation{Centre: "ISB-01", Nonce: [16]byte{7}}); err != nil {
		t.Fatal(err)
	}
	c.Start()
	t.Cleanup(c.Stop)
	return c
}

// Start starts the centre again after Stop, on the same address and disk.
func (c *Centre) Start() {
	c.t.Helper()
	on, err := net.Listen("tcp", c.address)
	if err != nil {
		c.t.Fatal(err)
	}
	secure, err := net.Listen("tcp", c.desks)
	if err != nil {
		c.t.Fatal(err)
	}
	c.URL, c.Desks = "http://"+c.address, "https://"+c.desks
	if c.Notary, err = notary.Open(notary.Config{Dir: filepath.Join(c.Dir(), "tls"), Centre: "ISB-01", Log: c.Log}); err != nil {
		c.t.Fatal(err)
	}
	books := slices.Concat(desk.Books(), registration.Books(), anthropometry.Books())
	if c.Ledger, err = ledger.Open(c.path, ledger.Options{Books: books, Software: "test", Source: morning{c.began, time.Now()}}); err != nil {
		c.t.Fatal(err)
	}
	c.compose(c.openVault())
	ctx, stop := context.WithCancel(context.Background())
	c.stop = stop
	c.run(ctx, c.Ledger.Run)
	printing := &spool.Spool{
		Ledger: c.Ledger, Health: c.Health, Printed: c.Floor.TicketPrinted,
		Printers: []spool.Device{{Name: "printer/hall", Printer: c.Printer}},
	}
	c.run(ctx, printing.Run)
	c.run(ctx, c.station.Run)
	c.run(ctx, c.Site.Run)
	c.run(ctx, func(ctx context.Context) error { return c.Site.Serve(ctx, on, secure, c.Notary.TLS()) })
}

// openVault makes the vault at the first start.
func (c *Centre) openVault() *vault.Vault {
	c.t.Helper()
	dir := filepath.Join(filepath.Dir(c.path), "vault")
	if err := vault.Create(dir, vault.Keys{}); err != nil && !errors.Is(err, fs.ErrExist) {
		c.t.Fatal(err)
	}
	v, err := vault.Open(dir, vault.Keys{})
	if err != nil {
		c.t.Fatal(err)
	}
	return v
}

// Dir is where the centre keeps its files.
func (c *Centre) Dir() string { return filepath.Dir(c.path) }

func (c *Centre) compose(v *vault.Vault) {
	c.t.Helper()
	offers := c.Offers
	if len(offers.Services) == 0 {
		offers = Catalogue()
	}
	c.Floor = &desk.Floor{
		Ledger: c.Ledger, Catalogue: offers, Rand: rand.Reader, Pins: c.pins, Log: c.Log,
		Languages: []string{"ur", "sd", "ps", "en"},
	}
	c.Floor.Estimate = c.Floor.Expect
	c.Floor.VisitorSex = registration.VisitorSex
	c.Families = &registration.Registry{Floor: c.Floor, Vault: v}
	c.Measuring = &anthropometry.Hall{Floor: c.Floor, People: c.Families, Settings: Growth(c.t)}
	c.Health = health.New(c.Ledger.Clock().Now)
	site, err := web.New(web.Config{
		Centre:    page.Name{Ur: "ون ونڈو احساس مرکز، اسلام آباد", En: "One Window Ehsaas Centre, Islamabad"},
		Languages: []page.Lang{page.Urdu, "sd", "ps", page.English},
		Fonts:     c.fonts, Log: c.Log, Own: c.Own, Root: c.Notary.Root(), Code: "ISB-01",
	})
	if err != nil {
		c.t.Fatal(err)
	}
	c.station = station.New(c.Floor, map[id.Desk]station.Instruments{"A": {Fingers: c.Hand}, "B": {Scale: c.Pan}}, nil)
	shown := func() []devices.Device { return c.Devices }
	diagnose := func(context.Context) (diagnosis.Given, error) {
		return diagnosis.Given{Format: "text", Report: []byte("all is well")}, nil
	}
	backing := web.Backing{Floor: c.Floor, Families: c.Families, Measuring: c.Measuring, Health: c.Health.List, Station: c.station, Devices: shown, Diagnose: diagnose, Link: func() (up, known bool) { return false, true }, Hall: c.Hall}
	backing.SetTime = func(ctx context.Context, now time.Time) error { return c.Floor.SetTime(ctx, "floor", now) }
	if err := site.Open(backing); err != nil {
		c.t.Fatal(err)
	}
	c.Site = site
}

func (c *Centre) run(ctx context.Context, part func(context.Context) error) {
	c.ended.Go(func() {
		if err := part(ctx); err != nil && !errors.Is(err, context.Canceled) {
			c.t.Error("part of the centre:", err)
		}
	})
}

// Stop stops the centre and verifies its ledger. Stopping twice is once.
func (c *Centre) Stop() {
	c.t.Helper()
	if c.stop == nil {
		return
	}
	c.stop()
	c.stop = nil
	c.ended.Wait()
	if _, err := c.Ledger.Verify(context.Background(), nil); err != nil {
		c.t.Error("verify at the end of the test:", err)
	}
	if err := errors.Join(c.Ledger.Close(), c.Families.Vault.Close()); err != nil {
		c.t.Error("close:", err)
	}
}

// Visitor asks at a kiosk and waits for the paper.
func (c *Centre) Visitor(services ...id.Service) desk.Slip {
	c.t.Helper()
	ctx := c.t.Context()
	v, err := c.Floor.Ask(ctx, desk.Asking{Actor: "kiosk/1", Services: services, Lang: "ur"})
	if err != nil {
		c.t.Fatal("ask:", err)
	}
	for {
		changed := c.Ledger.Changed()
		s, err := c.Floor.Slip(ctx, v)
		if err != nil {
			c.t.Fatal("slip:", err)
		}
		if s.State != desk.SlipPrinting {
			return s
		}
		select {
		case <-changed:
		case <-ctx.Done():
			c.t.Fatal("the paper never came")
		}
	}
}

// morning is a clock by which every centre begins at eleven of one Friday, whenever the test runs: near midnight a day has no
// past and no future to write in a book.
type morning struct{ began, boot time.Time }

func (m morning) Wall() time.Time {
	return time.Date(2026, 11, 27, 6, 0, 0, 0, time.UTC).Add(time.Since(m.began))
}

func (m morning) Mono() time.Duration { return time.Since(m.boot) }

// Fonts is files that are no fonts: browsers fall back to their own.
func Fonts() fs.FS {
	out := fstest.MapFS{}
	for _, name := range []string{"NotoNastaliqUrdu-Regular", "NotoNastaliqUrdu-Bold", "NotoNaskhArabic-Regular", "NotoNaskhArabic-Bold", "NotoSans-Regular", "NotoSans-Bold"} {
		out[name+".ttf"] = &fstest.MapFile{Data: []byte("not a font: " + name)}
	}
	return out
}
