package hq_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"markaz.example/edge/id"
	"markaz.example/sync/archive"
	"markaz.example/sync/fleet"
	"markaz.example/sync/hq"
	"markaz.example/sync/link"
	"markaz.example/sync/roster"
	"markaz.example/sync/uplink"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const rosterText = `
[[centre]]
code = "ISB-01"
name = "Islamabad G-9"
name_ur = "اسلام آباد جی نائن"
district = "Islamabad"

[[centre]]
code = "LHE-01"
name = "Lahore"
name_ur = "لاہور"
district = "Lahore"
`

// place is a headquarters' files, and an authority.
type place struct {
	dir       string
	config    hq.Config
	authority *roster.Authority
}

func newPlace(t testing.TB) *place {
	t.Helper()
	dir := t.TempDir()
	a, err := roster.NewAuthority(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	pair, err := a.IssueHQ([]string{"hq.test"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(dir, "roster.toml")
	err = errors.Join(a.SaveHQ(filepath.Join(dir, "tls"), pair), os.WriteFile(list, []byte(rosterText), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	return &place{dir, hq.Config{
		Name: "hq-1", Dir: filepath.Join(dir, "data"), Roster: list, Certificates: filepath.Join(dir, "tls"),
		Road: "127.0.0.1:0", Page: "127.0.0.1:0",
	}, a}
}

// box is the TLS config of a centre's box, with a certificate of this authority.
func (p *place) box(t testing.TB, centre id.Centre) *tls.Config {
	t.Helper()
	pair, err := p.authority.IssueBox(centre, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := p.authority.SaveBox(dir, pair); err != nil {
		t.Fatal(err)
	}
	c, err := roster.ClientTLS(dir, "hq.test", roster.MachineClock)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

type running struct {
	*hq.HQ
	stop  context.CancelFunc
	ended chan error
}

// start runs headquarters; from then on the place keeps its addresses.
func (p *place) start(t testing.TB) *running {
	t.Helper()
	h, err := hq.Open(p.config, quiet())
	if err != nil {
		t.Fatal(err)
	}
	p.config.Road, p.config.Page = h.Road().String(), h.Page().String()
	ctx, stop := context.WithCancel(context.Background())
	r := &running{h, stop, make(chan error, 1)}
	go func() { r.ended <- h.Run(ctx) }()
	select {
	case <-h.Ready():
	case err := <-r.ended:
		t.Fatalf("headquarters ended: %v", err)
	}
	return r
}

func (r *running) close(t testing.TB) {
	t.Helper()
	r.stop()
	if err := <-r.ended; err != nil {
		t.Fatal(err)
	}
}

// send runs an uplink until the test stops it.
func (p *place) send(t testing.TB, l *wiretest.Ledger) (stop func()) {
	t.Helper()
	d := link.Dialer{URL: "wss://" + p.config.Road + link.Path, TLS: p.box(t, l.Chain.In.Centre)}
	u := &uplink.Uplink{
		Ledger: l, Key: l.Chain.Key, Software: "markaz test", Wall: time.Now,
		Random: rand.New(rand.NewPCG(1, 1)), Log: quiet(), Ceiling: time.Second,
		Dial: func(ctx context.Context) (uplink.Link, error) { return d.Dial(ctx) },
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- u.Run(ctx) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// wait polls until the condition holds. Nothing else in this test depends on time.
func wait(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited a minute for: %s", what)
		}
	}
}

// TestExactlyOnceThroughRestart sends two centres' chains over real TLS while they grow, stops headquarters in the
// middle, and compares what the archive holds with what the boxes wrote, record by record.
func TestExactlyOnceThroughRestart(t *testing.T) {
	p := newPlace(t)
	r := p.start(t)
	var ledgers []*wiretest.Ledger
	for i, centre := range []id.Centre{"ISB-01", "LHE-01"} {
		c := wiretest.New(centre, uint64(i))
		c.Grow(5000)
		l := wiretest.NewLedger(c)
		ledgers = append(ledgers, l)
		defer p.send(t, l)()
	}
	wait(t, "half of a chain", func() bool { return ledgers[0].Confirmed().Seq > 1000 })
	r.close(t)
	for _, l := range ledgers {
		l.Grow(500)
	}
	r = p.start(t)
	for _, l := range ledgers {
		l.Grow(3)
		wait(t, "all of "+l.Incarnation().String(), func() bool { return l.Confirmed() == l.Acknowledged() })
	}
	wait(t, "the fleet to show it", func() bool { return r.Fleet().Report().In(fleet.Live) == 2 })
	r.close(t)
	for _, l := range ledgers {
		compare(t, p, l)
	}
}

func compare(t *testing.T, p *place, l *wiretest.Ledger) {
	t.Helper()
	a, err := archive.OpenReadOnly(hq.ArchivePath(p.config))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := a.Verify(t.Context(), nil); err != nil {
		t.Error(err)
	}
	want, seq := l.Chain.Records(1, l.Chain.Head().Seq), 0
	for s, err := range a.Records(l.Incarnation(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if seq == len(want) || string(want[seq]) != string(s.Bytes) {
			t.Fatalf("%s: record %d is not what the box wrote", l.Incarnation(), s.At.Seq)
		}
		seq++
	}
	if seq != len(want) {
		t.Errorf("%s: %d records at headquarters, %d at the box", l.Incarnation(), seq, len(want))
	}
}

// TestForkIsSetAside restores a box from a backup and lets both go on.
func TestForkIsSetAside(t *testing.T) {
	p := newPlace(t)
	r := p.start(t)
	defer r.close(t)
	c := wiretest.New("ISB-01", 1)
	c.Grow(300)
	restored := c.Clone(2)
	restored.Truncate(200)
	restored.Grow(150)

	true1 := wiretest.NewLedger(c)
	stop := p.send(t, true1)
	wait(t, "the true box", func() bool { return true1.Confirmed() == true1.Acknowledged() })
	stop()
	true2 := wiretest.NewLedger(restored)
	stop = p.send(t, true2)
	wait(t, "the fork on the page", func() bool { return r.Fleet().Report().In(fleet.Forked) == 1 })
	defer stop()
	p.settle(t, restored.In.Centre)
	true2.Grow(1)
	wait(t, "the restored box, which was taken for the right one", func() bool { return true2.Confirmed() == true2.Acknowledged() })
	wait(t, "the page without the fork", func() bool { return r.Fleet().Report().In(fleet.Forked) == 0 })

	other := wiretest.NewLedger(wiretest.New("LHE-01", 3))
	other.Grow(10)
	defer p.send(t, other)()
	wait(t, "another centre, unharmed", func() bool { return other.Confirmed() == other.Acknowledged() })
}

// settle asks the admin door what forks there are, once the branch is whole, and takes the branch for the chain.
func (p *place) settle(t *testing.T, centre id.Centre) {
	t.Helper()
	client := hq.NewAdminClient(p.config)
	var forks []archive.Branching
	wait(t, "the whole branch", func() bool {
		err := client.Call(t.Context(), "POST", "/fork/list", hq.ForkQuery{Centre: centre}, &forks)
		return err == nil && len(forks) == 1 && forks[0].End == 350
	})
	if f := forks[0]; f.First != 201 || f.Records != 150 || f.Ours.Hash == f.Theirs.Hash {
		t.Errorf("the fork is shown as %+v", f)
	}
	word := hq.ForkWord{ForkQuery: hq.ForkQuery{Centre: centre, Branch: forks[0].Branch[:5]}, Keep: "branch", Who: "Ayesha", Why: "the old disk was full"}
	var done hq.ForkDone
	if err := client.Call(t.Context(), "POST", "/fork/settle", word, &done); err != nil || done.Beside == "" {
		t.Fatalf("got %+v, %v", done, err)
	}
	word.Keep = "both"
	if err := client.Call(t.Context(), "POST", "/fork/settle", word, &done); err == nil {
		t.Error("both histories were kept for the chain")
	}
}

// TestPoisonIsRefused sends batches whose records are not what they claim, over a link of its own.
func TestPoisonIsRefused(t *testing.T) {
	p := newPlace(t)
	r := p.start(t)
	defer r.close(t)
	c := wiretest.New("ISB-01", 1)
	c.Grow(20)
	b, err := wire.Pack(c.Key, c.In, c.In.Start(), 0, c.Records(1, 20))
	if err != nil {
		t.Fatal(err)
	}
	b.Block[len(b.Block)/2] ^= 1
	refusal := p.talk(t, c, b)
	if refusal.Code != wire.CodeMalformed || !refusal.Fatal {
		t.Errorf("got %+v, want a fatal %q", refusal, wire.CodeMalformed)
	}
	if row := r.Fleet().Report().Centres[0]; row.Code != "ISB-01" || row.Refusal == nil || row.Held != 0 {
		t.Errorf("the page shows %+v", row)
	}
}

// talk greets, sends one batch, and gives the refusal that comes.
func (p *place) talk(t *testing.T, c *wiretest.Chain, b wire.Batch) wire.Refusal {
	t.Helper()
	d := link.Dialer{URL: "wss://" + p.config.Road + link.Path, TLS: p.box(t, c.In.Centre)}
	l, err := d.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- l.Run(t.Context()) }()
	defer func() { l.Close("done"); <-done }()
	hello := wire.Hello{Version: wire.Version, Incarnation: c.In, Head: c.Head(), Key: c.Public(), Software: "test"}
	if err := errors.Join(l.Send(t.Context(), hello), l.Send(t.Context(), b)); err != nil {
		t.Fatal(err)
	}
	for {
		m, err := l.Receive()
		if err != nil {
			t.Fatal(err)
		}
		if refusal, ok := m.(wire.Refusal); ok {
			return refusal
		}
	}
}

func TestWhoIsTurnedAway(t *testing.T) {
	p := newPlace(t)
	r := p.start(t)
	defer r.close(t)
	bare := p.box(t, "ISB-01")
	bare.GetClientCertificate = nil
	for name, c := range map[string]struct {
		tls *tls.Config
		err error // nil: whatever TLS says
	}{
		"no certificate":       {bare, link.ErrRefused},
		"another authority":    {newPlace(t).box(t, "ISB-01"), nil},
		"centre not on roster": {p.box(t, "QTA-01"), link.ErrRefused},
	} {
		d := link.Dialer{URL: "wss://" + p.config.Road + link.Path, TLS: c.tls}
		l, err := d.Dial(t.Context())
		if err == nil {
			l.Close("test")
			t.Errorf("%s: let in", name)
		}
		if c.err != nil && !errors.Is(err, c.err) {
			t.Errorf("%s: got %v, want %v", name, err, c.err)
		}
	}
}

func TestPage(t *testing.T) {
	p := newPlace(t)
	r := p.start(t)
	defer r.close(t)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get("http://" + p.config.Page + "/fleet.json")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var report fleet.Report
	if err := json.NewDecoder(answer.Body).Decode(&report); err != nil {
		t.Fatal(err)
	}
	if len(report.Centres) != 2 || report.In(fleet.Never) != 2 {
		t.Errorf("got %+v, want two centres never heard of", report)
	}
}

// TestNodeIsOnItsPage: one node leads a group of itself.
func TestNodeIsOnItsPage(t *testing.T) {
	p := newPlace(t)
	r := p.start(t)
	wait(t, "the node to lead on its page", func() bool {
		nodes := r.Fleet().Report().Nodes
		return len(nodes) == 1 && nodes[0].Leader && nodes[0].State == "leader" && !nodes[0].Heard.IsZero()
	})
	r.close(t)
}

func TestSecondHeadquartersSaysSo(t *testing.T) {
	p := newPlace(t)
	r := p.start(t)
	defer r.close(t)
	if _, err := hq.Open(p.config, quiet()); !errors.Is(err, archive.ErrInUse) {
		t.Errorf("got %v, want %v", err, archive.ErrInUse)
	}
}

func TestOpenLeavesNothingOpen(t *testing.T) {
	p := newPlace(t)
	p.config.Page = "127.0.0.1:http-nowhere"
	if _, err := hq.Open(p.config, quiet()); err == nil {
		t.Fatal("opened a page on no port")
	}
	p.config.Page = "127.0.0.1:0"
	h, err := hq.Open(p.config, quiet())
	if err != nil {
		t.Fatalf("after a failed Open: %v", err)
	}
	if err := h.Close(); err != nil {
		t.Error(err)
	}
}

func TestConfigIsReadStrictly(t *testing.T) {
	good := "name = \"hq-1\"\ndir = \"data\"\nroster = \"roster.toml\"\ncertificates = \"tls\"\nroad = \":8443\"\npage = \"127.0.0.1:8480\"\n"
	for name, c := range map[string]struct{ text, says string }{
		"good":              {good, ""},
		"unknown key":       {good + "colour = 1\n", "colour"},
		"missing key":       {strings.Replace(good, "dir = \"data\"\n", "", 1), "dir is missing"},
		"page in the open":  {strings.Replace(good, "127.0.0.1", "0.0.0.0", 1), "not loopback"},
		"road without port": {strings.Replace(good, ":8443", "hq", 1), "road"},
	} {
		path := filepath.Join(t.TempDir(), "hq.toml")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := hq.LoadConfig(path)
		switch {
		case c.says == "" && (err != nil || got.Dir != filepath.Join(filepath.Dir(path), "data")):
			t.Errorf("%s: %+v, %v", name, got, err)
		case c.says != "" && (!errors.Is(err, hq.ErrConfig) || !strings.Contains(fmt.Sprint(err), c.says)):
			t.Errorf("%s: got %v, want %v that says %q", name, err, hq.ErrConfig, c.says)
		}
	}
}

// BenchmarkDrain sends what waited at one box over real TLS to a headquarters that acknowledges after raft's and the
// archive's commits: packing, line, verification and both disks in one.
func BenchmarkDrain(b *testing.B) {
	c := wiretest.New("ISB-01", 1)
	c.Grow(200_000)
	for b.Loop() {
		b.StopTimer()
		p := newPlace(b)
		r := p.start(b)
		l := wiretest.NewLedger(c)
		b.StartTimer()
		stop := p.send(b, l)
		wait(b, "the drain", func() bool { return l.Confirmed() == l.Acknowledged() })
		b.StopTimer()
		stop()
		r.close(b)
		b.StartTimer()
	}
	b.ReportMetric(float64(c.Head().Seq)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
