package web

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"sync/atomic"
	"time"

	"markaz.example/edge/anthropometry"
	"markaz.example/edge/book/diagnosis"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/clock"
	"markaz.example/edge/desk"
	"markaz.example/edge/health"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/registration"
	"markaz.example/edge/station"
	"markaz.example/edge/web/api"
	"markaz.example/edge/web/booking"
	webdesk "markaz.example/edge/web/desk"
	"markaz.example/edge/web/devices"
	"markaz.example/edge/web/floor"
	"markaz.example/edge/web/growth"
	"markaz.example/edge/web/hall"
	"markaz.example/edge/web/household"
	"markaz.example/edge/web/live"
	"markaz.example/edge/web/page"
	"markaz.example/edge/web/public"
	webstaff "markaz.example/edge/web/staff"
	webstation "markaz.example/edge/web/station"
	"markaz.example/edge/web/style"
	"markaz.example/edge/web/trust"
)

// Config is what the pages need before there is a ledger.
type Config struct {
	Centre page.Name // shown on every page
	Code   string    // of the centre, for the name of the authority's file
	// Languages are what visitors can choose, Urdu first; none means Urdu and English.
	Languages []page.Lang
	// Fonts holds the Regular and Bold of NotoNastaliqUrdu, NotoNaskhArabic and NotoSans, each NAME-WEIGHT.ttf.
	Fonts fs.FS
	// FrameAncestors are the origins that may show our pages inside theirs: "http://localhost:8300". Usually none.
	FrameAncestors []string
	Names          []string          // host names and addresses by which the box is reached, besides that of the connection
	Own            []netip.Prefix    // addresses of kiosks, screens and desks; what strangers do does not starve them
	Root           *x509.Certificate // of the authority for the desks' pages; nil means that it is not handed out
	Zone           *time.Location    // of the clock on the screens; nil means Pakistan's
	Log            *slog.Logger      // nil means none
}

// Backing is what the pages show, once the ledger is open.
type Backing struct {
	Floor *desk.Floor
	// The tools at desks.
	Families  *registration.Registry    // nil means that no desk registers families
	Measuring *anthropometry.Hall       // nil, or one without figures, means that no desk measures
	Health    func() []health.Condition // worst first; nil means none are kept
	Link      func() (up, known bool)   // to headquarters; nil means not known
	// Devices is every device at this moment; nil means the centre has none.
	Devices func() []devices.Device
	// Station is the instruments beside the desks; nil means none.
	Station *station.Station
	// Hall is how the hall's screens look and sound; its catalogue is the floor's.
	Hall hall.Config
	// Diagnose composes what headquarters is given when it may look into the box; nil means that nobody can allow it.
	Diagnose func(context.Context) (diagnosis.Given, error)
	// SetTime tells the box the time that somebody typed; nil means that nobody can.
	SetTime func(context.Context, time.Time) error
}

// Site is every page and socket of a box: those of Public and those of Desks. Any goroutine may call it.
type Site struct {
	Config
	kit   *page.Kit
	hub   *live.Hub
	crowd *crowd
	ports atomic.Pointer[ports] // nil before Serve
	state atomic.Pointer[state]
}

// state is what the site stands on at present.
type state struct {
	name   string // as /healthz tells it: "starting", "open", "broken", "unconfigured"
	detail string // for whoever is called to help
	public http.Handler
	desks  http.Handler
	ledger *ledger.Ledger // nil before Open
}

// New makes a site that says that the box is starting. Open gives it its pages; Run must run for its sockets.
func New(c Config) (*Site, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Zone == nil {
		c.Zone = time.FixedZone("PKT", 5*60*60) // Pakistan keeps no summer time
	}
	kit, err := page.New(c.Centre, c.Fonts, c.Log)
	if err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	if len(c.Languages) > 0 {
		if err := kit.Offer(c.Languages); err != nil {
			return nil, fmt.Errorf("pages: %w", err)
		}
	}
	s := &Site{Config: c, kit: kit, crowd: newCrowd(c.Own)}
	s.hub = live.New(live.Config{Changed: s.changed, Now: s.now, Zone: c.Zone, Build: kit.Build, Patient: s.unknown, Log: c.Log})
	s.state.Store(&state{name: "starting"})
	return s, nil
}

// Open puts the pages on an open ledger.
func (s *Site) Open(b Backing) error {
	if b.Floor == nil {
		return errors.New("pages need a floor")
	}
	desks, open := http.NewServeMux(), http.NewServeMux()
	if err := s.screens(open, desks, b); err != nil {
		return fmt.Errorf("pages: %w", err)
	}
	people, err := webstaff.New(s.kit, webstaff.Config{Floor: b.Floor, Catalogue: b.Floor.Catalogue, Zone: s.Zone})
	if err != nil {
		return fmt.Errorf("pages: %w", err)
	}
	people.Routes(desks)
	open.Handle("GET /{$}", http.RedirectHandler("/kiosk", http.StatusSeeOther))
	desks.Handle("GET /{$}", http.RedirectHandler("/desk", http.StatusSeeOther))
	s.state.Store(&state{
		name: "open", ledger: b.Floor.Ledger,
		public: &side{site: s, own: open, other: desks, pages: open},
		desks:  &side{site: s, desks: true, own: desks, other: open, pages: people.Guard(desks)},
	})
	return nil
}

// Text is a text of the pages by its key, for papers that say the same.
func (s *Site) Text(l page.Lang, key string) string { return s.kit.Text(l, key) }

// TryTexts says whether texts from outside can be used; UseTexts puts them in the place of ours. See page.Kit.
func (s *Site) TryTexts(content []byte) error { return s.kit.TryTexts(content) }

// UseTexts puts texts in the place of ours.
func (s *Site) UseTexts(content []byte) error { return s.kit.UseTexts(content) }

// Fail says on every page that the box needs attention: the ledger could not be opened. Cause is for whoever is called.
func (s *Site) Fail(cause error) {
	s.state.Store(&state{name: "broken", detail: cause.Error()})
}

// Unconfigured says on every page that the box has no configuration that it can use, and why.
func (s *Site) Unconfigured(cause error) {
	s.state.Store(&state{name: "unconfigured", detail: cause.Error()})
}

// screens adds every page to its listener's.
func (s *Site) screens(open, desks *http.ServeMux, b Backing) error {
	return errors.Join(s.everybodys(open, desks, b), s.consoles(desks, b), s.tools(desks, b))
}

// everybodys are the pages that nobody signs in for, and the door's, which gives numbers as a kiosk does.
func (s *Site) everybodys(open, desks *http.ServeMux, b Backing) error {
	b.Hall.Catalogue, b.Hall.Voice.Now = b.Floor.Catalogue, s.here
	h, err := hall.New(s.kit, s.hub, b.Floor, b.Hall)
	if err != nil {
		return err
	}
	h.Routes(open)
	p, err := public.New(s.kit, s.hub, b.Floor, b.Floor.Catalogue)
	if err != nil {
		return err
	}
	p.Routes(open)
	p.DoorRoutes(desks)
	if s.Root == nil {
		return nil
	}
	own, err := trust.New(s.kit, trust.Config{Root: s.Root, Centre: s.Code, Desks: s.desksOf})
	if err != nil {
		return err
	}
	own.Routes(open)
	return nil
}

// consoles are the pages of desks and of the floor.
func (s *Site) consoles(mux *http.ServeMux, b Backing) error {
	d, err := webdesk.New(s.kit, s.hub, webdesk.Config{
		Floor: b.Floor, Catalogue: b.Floor.Catalogue, Zone: s.Zone, Tools: toolsOf(b),
	})
	if err != nil {
		return err
	}
	d.Routes(mux)
	m, err := floor.New(s.kit, s.hub, floor.Config{
		Floor: b.Floor, Catalogue: b.Floor.Catalogue, Zone: s.Zone,
		NotInHand: notInHand(b.Floor.Ledger), Health: conditions(b), Road: roadOf(b), Diagnose: b.Diagnose, SetTime: b.SetTime,
	})
	if err != nil {
		return err
	}
	m.Routes(mux)
	g, err := devices.New(s.kit, s.hub, devices.Config{Devices: b.Devices, Health: conditions(b), Zone: s.Zone})
	if err != nil {
		return err
	}
	g.Routes(mux)
	if b.Station != nil {
		st, err := webstation.New(s.kit, s.hub, b.Floor, b.Station)
		if err != nil {
			return err
		}
		st.Routes(mux)
	}
	appointments, err := booking.New(s.kit, b.Floor, b.Floor.Catalogue)
	if err != nil {
		return err
	}
	appointments.Routes(mux)
	look, err := style.New(s.kit)
	if err != nil {
		return err
	}
	look.Routes(mux)
	api.API{Floor: b.Floor, Devices: b.Devices}.Routes(mux)
	return nil
}

// tools are the pages of what desks do besides calling people.
func (s *Site) tools(mux *http.ServeMux, b Backing) error {
	if b.Families != nil {
		families, err := household.New(s.kit, s.hub, b.Families, b.Floor.Today)
		if err != nil {
			return err
		}
		families.Routes(mux)
	}
	if !b.measures() {
		return nil
	}
	var scales growth.Station
	if b.Station != nil {
		scales = b.Station
	}
	children, err := growth.New(s.kit, s.hub, b.Measuring, scales, b.Measuring.Settings)
	if err != nil {
		return err
	}
	children.Routes(mux)
	return nil
}

func (b Backing) measures() bool { return b.Measuring != nil && b.Measuring.Settings.Figures != nil }

func notInHand(l *ledger.Ledger) func(context.Context, int) ([]id.Visit, error) {
	return func(ctx context.Context, limit int) (out []id.Visit, err error) {
		err = l.View(ctx, func(snap ledger.Snapshot) error {
			for _, v := range visit.NotInHand(snap, limit) {
				out = append(out, v.ID)
			}
			return nil
		})
		return out, err
	}
}

func conditions(b Backing) func() []health.Condition {
	if b.Health == nil {
		return func() []health.Condition { return nil }
	}
	return b.Health
}

// toolsOf names the pages of what a desk can do besides calling: register families, and use its instruments.
func toolsOf(b Backing) func(id.Desk) []string {
	return func(d id.Desk) (names []string) {
		if b.Families != nil && b.Floor.Catalogue.Registers(d) {
			names = append(names, "household")
		}
		if b.Floor.Catalogue.Books(d) {
			names = append(names, "booking")
		}
		if b.measures() && b.Floor.Catalogue.Measures(d) {
			names = append(names, "growth")
		}
		if b.Station == nil {
			return names
		}
		if b.Station.Has(d).Fingers != nil {
			names = append(names, "finger")
		}
		if b.Station.Has(d).Scale != nil && !slices.Contains(names, "growth") {
			names = append(names, "measure")
		}
		return names
	}
}

func roadOf(b Backing) func() floor.Road {
	return func() floor.Road {
		l := b.Floor.Ledger
		r := floor.Road{Behind: l.Acknowledged().Seq - min(l.Confirmed().Seq, l.Acknowledged().Seq)}
		if b.Link != nil {
			r.Up, r.Known = b.Link()
		}
		return r
	}
}

// Run keeps the sockets true until ctx ends.
func (s *Site) Run(ctx context.Context) error { return s.hub.Run(ctx) }

// changed is the ledger's, once there is one. Nothing is watched before.
func (s *Site) changed() <-chan struct{} {
	if l := s.state.Load().ledger; l != nil {
		return l.Changed()
	}
	return nil
}

// here is now as clocks on the wall show it.
func (s *Site) here() (time.Time, bool) {
	t, known := s.now()
	return t.In(s.Zone), known
}

func (s *Site) now() (time.Time, bool) {
	l := s.state.Load().ledger
	if l == nil {
		return time.Time{}, false
	}
	stamp := l.Clock().Now()
	return stamp.Time(), stamp.Grade > clock.Unset
}
