package boxtest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"html"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/box"
	"markaz.example/edge/boxtest"
	"markaz.example/edge/clock"
	"markaz.example/edge/desk"
	"markaz.example/edge/ledger"
)

func ledgerOf(b *boxtest.Box) string { return filepath.Join(b.Config.Data, "ledger.db") }

// health is what /healthz says, and with which status.
func (v visitor) health() (status int, state string) {
	v.t.Helper()
	r, err := v.browser.Get(v.url("/healthz"))
	if err != nil {
		v.t.Fatal(err)
	}
	r.Body.Close()
	return r.StatusCode, get[struct{ State string }](v, "/healthz").State
}

// slowClock holds up who asks for the time until it is let go: a ledger that takes long to open.
type slowClock struct {
	clock.Source
	let chan struct{}
}

func (s slowClock) Wall() time.Time { <-s.let; return s.Source.Wall() }

func TestPagesAreUpWhileTheLedgerIsOpened(t *testing.T) {
	t.Parallel()
	c := boxtest.Config(t.TempDir())
	c.Devices = nil
	slow := slowClock{clock.System(), make(chan struct{})}
	opened, err := box.Open(c, box.Options{Software: "markaz test", Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Source: slow})
	if err != nil {
		t.Fatal(err)
	}
	boxtest.Run(t, opened.Run)
	b := &boxtest.Box{Box: opened, Config: c}
	v := at(t, b)
	if status, state := v.health(); status != http.StatusServiceUnavailable || state != "starting" {
		t.Errorf("while the ledger is opened /healthz says %d %s", status, state)
	}
	if status, text := v.text("/kiosk?lang=en"); status != http.StatusServiceUnavailable || !strings.Contains(text, "starting") {
		t.Errorf("while the ledger is opened the kiosk says %d:\n%s", status, text)
	}
	close(slow.let)
	b.Await(t, "the box to serve", b.Healthy)
	if status, _ := v.text("/kiosk"); status != http.StatusOK {
		t.Errorf("the kiosk answers %d", status)
	}
}

// A ledger that cannot be used keeps a box from serving, but not from saying so: somebody has to read what is wrong.
// Nothing is written meanwhile, and no other history is begun.
func TestBrokenLedgerIsShownOnEveryPage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		spoil func(*testing.T, *boxtest.Box)
		said  string
	}{
		{"edited", func(t *testing.T, b *boxtest.Box) { edit(t, ledgerOf(b), "nashonuma", "nashonumb") }, "chain is broken: record "},
		{"gone", func(t *testing.T, b *boxtest.Box) {
			if err := os.Remove(ledgerOf(b)); err != nil {
				t.Fatal(err)
			}
		}, "it will not begin a new history by itself"},
		{"of another centre", func(_ *testing.T, b *boxtest.Box) { b.Config.Centre.Code = "LHE-07" }, "is of centre ISB-01, centre.code says LHE-07"},
		{"cut short", func(t *testing.T, b *boxtest.Box) {
			if err := os.Truncate(ledgerOf(b), 2*4096); err != nil {
				t.Fatal(err)
			}
		}, "the ledger file is damaged"},
		{"an older copy", func(t *testing.T, b *boxtest.Box) {
			older := read(t, ledgerOf(b))
			b.Up(t)
			b.Down()
			if err := os.WriteFile(ledgerOf(b), older, 0o600); err != nil {
				t.Fatal(err)
			}
		}, "lacks records that were acknowledged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := boxtest.Start(t, nil)
			v := at(t, b)
			v.await(b, v.ask("nashonuma"), desk.SlipInHand)
			b.Down()
			c.spoil(t, b)
			before := contents(t, b.Config.Data)
			b.Box = boxtest.Open(t, b.Config)
			stop := boxtest.Run(t, b.Box.Run)
			b.Await(t, "the box to find it", func() bool { _, state := v.health(); return state == "broken" })
			v.broken(c.said)
			stop() // it was still up, and ends without an error
			if d := cmp.Diff(before, contents(t, b.Config.Data)); d != "" {
				t.Error("the data directory has changed:", d)
			}
		})
	}
}

// broken holds that every page says what is wrong, and that nothing can be pressed.
func (v visitor) broken(said string) {
	v.t.Helper()
	for _, page := range []string{"/kiosk?lang=en", "/hall?lang=en", "/desk/A?lang=en", "/floor?lang=en"} {
		status, text := v.text(page)
		if status != http.StatusServiceUnavailable || !strings.Contains(html.UnescapeString(text), said) || !strings.Contains(text, "The box needs attention") {
			v.t.Errorf("%s says %d:\n%s", page, status, text)
		}
	}
	if r := v.post("/kiosk", map[string][]string{"service": {"kafaalat"}}); r.StatusCode != http.StatusServiceUnavailable {
		v.t.Errorf("a press is answered with %s", r.Status)
	}
}

// contents is every file of a directory, by the sum of its bytes.
func contents(t *testing.T, dir string) map[string][sha256.Size]byte {
	t.Helper()
	all := map[string][sha256.Size]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all[path] = sha256.Sum256(read(t, path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// edit changes a word everywhere in a file, as somebody with an editor would.
func edit(t *testing.T, path, from, to string) {
	t.Helper()
	whole := read(t, path)
	edited := bytes.ReplaceAll(whole, []byte(from), []byte(to))
	if bytes.Equal(whole, edited) {
		t.Fatalf("%s does not hold %q", path, from)
	}
	if err := os.WriteFile(path, edited, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestSecondBoxOnTheSameLedgerLeaves(t *testing.T) {
	t.Parallel()
	b := boxtest.Start(t, nil)
	second := b.Config
	second.Devices = nil
	if err := boxtest.Open(t, second).Run(context.Background()); !errors.Is(err, ledger.ErrInUse) {
		t.Errorf("the second box ends with %v, want ErrInUse", err)
	}
	v := at(t, b)
	v.await(b, v.ask("loans"), desk.SlipInHand)
}

func TestTakenAddressIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	b := boxtest.Start(t, nil)
	second := boxtest.Config(t.TempDir())
	second.Devices, second.Web.Listen = nil, b.Address()
	_, err := box.Open(second, box.Options{Software: "markaz test", Log: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), "web.listen") {
		t.Errorf("got %v, want what to set", err)
	}
}

// jobs counts the papers of a box that is down.
func jobs(t *testing.T, b *boxtest.Box) (c paper.Counts) {
	t.Helper()
	l, err := ledger.OpenReadOnly(ledgerOf(b), box.Books())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := l.Verify(t.Context(), nil); err != nil {
		t.Error(err)
	}
	if err := l.View(t.Context(), func(s ledger.Snapshot) error { c = paper.Count(s); return nil }); err != nil {
		t.Fatal(err)
	}
	return c
}

// inked waits until paper with something on it hangs out of the printer, and nothing has been cut off.
func inked(t *testing.T, b *boxtest.Box) {
	t.Helper()
	b.Await(t, "ink on paper", func() bool {
		for _, bits := range b.Printer.Sim.Partial().Bits {
			if bits != 0 {
				return true
			}
		}
		return false
	})
	if len(b.Slips()) != 0 {
		t.Fatal("the paper was out before the test could look: the printer of this test must be slower")
	}
}

// slow is a printer that takes some two seconds for a slip: time to stop in the middle of it.
const slow = 4

func TestStopWaitsForThePaper(t *testing.T) {
	t.Parallel()
	b := boxtest.New(t, slow)
	b.Up(t)
	v := at(t, b)
	visit := v.ask("kafaalat")
	inked(t, b)
	b.Down()
	if got, want := jobs(t, b), (paper.Counts{}); got != want {
		t.Errorf("after a clean stop the jobs are %+v, want none open", got)
	}
	if len(b.Slips()) != 1 || len(codes(b.Slips())) != 1 {
		t.Errorf("%d papers came out, want a whole one", len(b.Slips()))
	}
	b.Up(t)
	v.await(b, visit, desk.SlipInHand)
	v.await(b, v.ask("loans"), desk.SlipInHand)
	if got := len(b.Slips()); got != 2 {
		t.Errorf("%d papers after the restart, want 2", got)
	}
}
