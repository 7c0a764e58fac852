// Package boxtest runs a whole box on simulated devices, inside a test: the same composition as the program, over real
// pseudo-terminals and sockets.
package boxtest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"markaz.example/devices/outlet"
	"markaz.example/devices/printer"
	"markaz.example/edge/box"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
	"markaz.example/edge/notary"
	"markaz.example/edge/web/proof"
)

// patience is how long a test waits for something that takes milliseconds on a quiet machine.
const patience = 2 * time.Minute

// profile is the printer of every test: fast answers, a cutter, and the code that clears it.
const profile = `model = "simulated, 80 mm"
class = "printer"
width_dots = 576
dpi = 203
cutter = "partial"
feed_before_cut = 96
status = "asb"
clear = "dle-dc4-8"
near_end_sensor = true
kanji_off = false

[image]
command = "gs-v-0"
rows_per_block = 128

[line]
baud = 115200
flow = ""
`

// Box is a box that is up or down, its printer and the papers that came out of it.
type Box struct {
	*box.Box // nil before Up
	Config   box.Config
	Source   clock.Source // nil means the machine's
	Printer  *Printer

	down func()

	mu    sync.Mutex
	pages []printer.Page // guarded by mu
}

// Printer is the simulated printer and the outlet it is plugged into.
type Printer struct {
	outlet.Outlet
	Sim *printer.Sim
}

// Start runs a box until the test ends. Change may alter the configuration first; it may be nil.
func Start(t testing.TB, change func(*box.Config)) *Box {
	t.Helper()
	b := New(t, quick)
	if change != nil {
		change(&b.Config)
	}
	b.Up(t)
	return b
}

// quick is a printer that takes 20 ms for a slip.
const quick = 200

// New is a box that is down. Its printer, so many times faster than a real one, is plugged in and runs until the test
// ends.
func New(t testing.TB, speed float64) *Box {
	t.Helper()
	dir := t.TempDir()
	b := &Box{Config: Config(dir)}
	if err := os.WriteFile(filepath.Join(dir, "sim.toml"), []byte(profile), 0o600); err != nil {
		t.Fatal(err)
	}
	sim := &printer.Sim{Cutter: true, Speed: speed, OnPage: b.keep}
	b.Printer = &Printer{Sim: sim, Outlet: outlet.Outlet{Device: sim, Link: filepath.Join(dir, "printer")}}
	b.Printer.Plug(true)
	Run(t, b.Printer.Run)
	return b
}

// Up starts the box, for the first time or again, and waits until it serves.
func (b *Box) Up(t testing.TB) {
	t.Helper()
	b.Box = open(t, b.Config, b.Source)
	b.down = Run(t, b.Box.Run)
	b.Await(t, "the box to serve", b.Healthy)
}

// Down stops the box as a person would, and returns when it has ended.
func (b *Box) Down() { b.down() }

// Config is a small centre: three services, two desks, one printer, no headquarters.
func Config(dir string) box.Config {
	return box.Config{
		Data: filepath.Join(dir, "data"), Profiles: dir,
		Centre: box.Centre{Code: "ISB-01", NameEn: "One Window Centre, Islamabad", NameUr: "ون ونڈو مرکز، اسلام آباد"},
		Web:    box.Web{Listen: "127.0.0.1:0", Desks: "127.0.0.1:0", Public: "http://10.1.0.1:8080"},
		Devices: []box.Device{
			{Name: "hall-1", Profile: "sim.toml", Serial: filepath.Join(dir, "printer")},
		},
		Services: []box.Service{
			{Code: "kafaalat", Letter: "K", NameEn: "Kafaalat stipend", NameUr: "کفالت وظیفہ", Pictogram: "cash", Room: "1"},
			{Code: "nashonuma", Letter: "N", NameEn: "Nashonuma", NameUr: "نشوونما", Pictogram: "child", Room: "2"},
			{Code: "loans", Letter: "L", NameEn: "Interest-free loans", NameUr: "بلا سود قرض", Pictogram: "loan", Room: "3"},
		},
		Desks: []box.Desk{
			{Code: "A", NameEn: "Desk A", NameUr: "کاؤنٹر اے", Room: "1", Serves: []id.Service{"kafaalat", "loans"}},
			{Code: "B", NameEn: "Desk B", NameUr: "کاؤنٹر بی", Room: "2", Serves: []id.Service{"nashonuma", "kafaalat"}},
		},
	}
}

// Open opens a box that logs into the test.
func Open(t testing.TB, c box.Config) *box.Box {
	t.Helper()
	return open(t, c, nil)
}

func open(t testing.TB, c box.Config, source clock.Source) *box.Box {
	t.Helper()
	b, err := box.Open(c, box.Options{Software: "markaz test", Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Source: source})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Run runs a part until the test ends and fails the test if it ends in another way.
func Run(t testing.TB, part func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- part(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

func (b *Box) keep(p printer.Page) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pages = append(b.pages, p)
}

// Slips are the papers with ink that came out. A printer that is being cleared cuts off a white strip.
func (b *Box) Slips() (slips []printer.Page) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.pages {
		if p.Inked() {
			slips = append(slips, p)
		}
	}
	return slips
}

// URL is the address of a page, on the listener that has it: URL("/kiosk").
func (b *Box) URL(path string) string {
	if proof.AtDesks(path) {
		return "https://" + b.DesksAddress() + path
	}
	return "http://" + b.Address() + path
}

// Browser is a browser on a machine that had the box's authority installed. It follows no redirect and keeps no connection.
func (b *Box) Browser() *http.Client {
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		root, err := notary.ReadRoot(b.Config.DesksDir())
		if err != nil {
			return nil, err
		}
		pool := x509.NewCertPool()
		pool.AddCert(root)
		return (&tls.Dialer{Config: &tls.Config{RootCAs: pool}}).DialContext(ctx, network, address)
	}
	return &http.Client{
		Transport:     proof.Browser{Word: proof.Word(), RoundTripper: &http.Transport{DialTLSContext: dial, DisableKeepAlives: true}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Healthy reports whether the box serves.
func (b *Box) Healthy() bool {
	r, err := http.Get(b.URL("/healthz"))
	if err != nil {
		return false
	}
	defer r.Body.Close()
	return r.StatusCode == http.StatusOK
}

// Await waits until something holds.
func (b *Box) Await(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("waited %v for %s", patience, what)
}
