package ingest_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
	"markaz.example/sync/faultnet"
	"markaz.example/sync/ingest"
	"markaz.example/sync/link"
	"markaz.example/sync/uplink"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// authority is a throw-away one.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	a := &authority{pool: x509.NewCertPool()}
	cert := a.issue(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: "test root"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	})
	a.cert, a.key = cert.Leaf, cert.PrivateKey.(*ecdsa.PrivateKey)
	a.pool.AddCert(a.cert)
	return a
}

func (a *authority) issue(t testing.TB, template *x509.Certificate) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func (a *authority) box(t testing.TB, centre string) *tls.Config {
	cert := a.issue(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: centre}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	return &tls.Config{RootCAs: a.pool, Certificates: []tls.Certificate{cert}, ServerName: "hq.test"}
}

// roster admits centres by the name in the certificate.
type roster []id.Centre

func (r roster) Admit(cert *x509.Certificate) (id.Centre, error) {
	if c := id.Centre(cert.Subject.CommonName); slices.Contains(r, c) {
		return c, nil
	}
	return "", fmt.Errorf("%q is not enrolled", cert.Subject.CommonName)
}

// group is a raft group of one node without raft: a real archive that takes one entry at a time. It is ingest's Group,
// Landmarks and Proposer.
type group struct {
	*archive.Archive

	mu    sync.Mutex
	index uint64
	err   error // what Submit answers, when set
}

func newGroup(t testing.TB) *group {
	t.Helper()
	a, err := archive.Open(filepath.Join(t.TempDir(), "archive.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(a.Verify(context.Background(), nil), a.Close()); err != nil {
			t.Errorf("the archive when the test ends: %v", err)
		}
	})
	return &group{Archive: a}
}

func (g *group) Held(in chain.Incarnation) (chain.Position, error) { return g.Archive.Held(in), nil }

func (g *group) apply(e archive.Entry) (archive.Outcome, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err != nil {
		return archive.Outcome{}, g.err
	}
	g.index++
	e.Index = g.index
	out, err := g.Apply([]archive.Entry{e})
	if err != nil {
		return archive.Outcome{}, err
	}
	return out[0], out[0].Err
}

func (g *group) Submit(_ context.Context, key ed25519.PublicKey, b wire.Batch) (archive.Verdict, chain.Position, error) {
	frame, err := wire.Encode(b)
	if err != nil {
		return 0, chain.Position{}, err
	}
	out, err := g.apply(archive.Entry{Key: key, Batch: frame})
	return out.Verdict, out.Held, err
}

func (g *group) Propose(_ context.Context, act []byte) (archive.Answer, error) {
	out, err := g.apply(archive.Entry{Act: act})
	return out.Answer, err
}

// settle is a person's word on the only branch of a chain that nobody has settled.
func (g *group) settle(t testing.TB, in chain.Incarnation, keep archive.Keep) {
	t.Helper()
	c, _ := g.Chain(in)
	for _, b := range c.Branches {
		if b.Settled > 0 {
			continue
		}
		act, err := archive.Settle{Incarnation: in, Branch: b.Name, Keep: keep, Who: "Bilal", Why: "looked at both", At: time.Now()}.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if answer, err := g.Propose(t.Context(), act); err != nil || answer.Refused != "" {
			t.Fatalf("settle: %+v, %v", answer, err)
		}
	}
}

func (g *group) records(t testing.TB, in chain.Incarnation) (out [][]byte) {
	t.Helper()
	for r, err := range g.Records(in, 0) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r.Bytes)
	}
	return out
}

// watcher remembers refusals.
type watcher struct {
	mu       sync.Mutex
	refused  []string
	software string
	beat     wire.Beat
	gone     int
}

func (w *watcher) Heard(chain.Incarnation, chain.Position, chain.Position, time.Time) {}

func (w *watcher) Told(_ chain.Incarnation, software string, b wire.Beat, _ time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.software, w.beat = software, b
}

func (w *watcher) Refused(_ id.Centre, code, _ string, _ time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refused = append(w.refused, code)
}

func (w *watcher) Gone(chain.Incarnation, time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gone++
}

func (w *watcher) codes() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.refused)
}

// road is headquarters, and what boxes need to find it.
type road struct {
	ca      *authority
	group   *group
	watcher *watcher
	url     string
	net     *faultnet.Net // nil on loopback
	stop    func()
}

// newRoad serves on loopback, or in memory when given a network.
func newRoad(t testing.TB, n *faultnet.Net, enrolled ...id.Centre) *road {
	t.Helper()
	return newRoadTo(t, n, newGroup(t), enrolled...)
}

func newRoadTo(t testing.TB, n *faultnet.Net, g ingest.Group, enrolled ...id.Centre) *road {
	t.Helper()
	r := &road{ca: newAuthority(t), watcher: &watcher{}, net: n}
	server := &ingest.Server{
		Group: g, Roster: roster(enrolled), Watcher: r.watcher, Log: quiet(), Now: time.Now,
	}
	if real, ok := g.(*group); ok {
		r.group, server.Landmarks, server.Acts = real, real, real
	}
	h := &http.Server{
		Handler: server, ErrorLog: slog.NewLogLogger(quiet().Handler(), slog.LevelDebug),
		TLSConfig: &tls.Config{
			ClientAuth: tls.VerifyClientCertIfGiven, ClientCAs: r.ca.pool,
			Certificates: []tls.Certificate{r.ca.issue(t, &x509.Certificate{DNSNames: []string{"hq.test"}})},
		},
	}
	l := r.listen(t)
	ctx, cancel := context.WithCancel(context.Background())
	var parts sync.WaitGroup
	parts.Go(func() { _ = server.Run(ctx) })
	parts.Go(func() { _ = h.ServeTLS(l, "", "") })
	r.stop = sync.OnceFunc(func() { cancel(); h.Close(); l.Close(); parts.Wait() })
	t.Cleanup(r.stop)
	return r
}

func (r *road) listen(t testing.TB) net.Listener {
	t.Helper()
	if r.net != nil {
		r.url = "wss://hq.test/road"
		return r.net.Listener()
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.url = "wss://" + l.Addr().String() + "/road"
	return l
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func (r *road) dialer(t testing.TB, centre string) link.Dialer {
	d := link.Dialer{URL: r.url, TLS: r.ca.box(t, centre)}
	if r.net != nil {
		d.Net = r.net.Dial
	}
	return d
}

// box runs an uplink until the test ends.
func (r *road) box(t testing.TB, l *wiretest.Ledger, d link.Dialer) (<-chan uplink.State, func()) {
	t.Helper()
	states := make(chan uplink.State, 1<<16)
	u := &uplink.Uplink{
		Ledger: l, Key: l.Chain.Key, Software: "markaz test", Wall: time.Now, Log: quiet(),
		Random: mathrand.New(mathrand.NewPCG(1, 2)), Report: func(s uplink.State) { states <- s },
		Dial: func(ctx context.Context) (uplink.Link, error) {
			c, err := d.Dial(ctx)
			if err != nil {
				return nil, err
			}
			return c, nil
		},
	}
	if r.net == nil {
		u.Ceiling = time.Millisecond // this time is real, and the box alone
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- u.Run(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("uplink ended with %v", err)
		}
	})
	t.Cleanup(stop)
	return states, stop
}

const patience = 2 * time.Hour // virtual, in a bubble; on loopback go test's own limit comes first

func await(t testing.TB, states <-chan uplink.State, what string, ok func(uplink.State) bool) uplink.State {
	t.Helper()
	timeout := time.After(patience)
	var last uplink.State
	for {
		select {
		case last = <-states:
			if ok(last) {
				return last
			}
		case <-timeout:
			t.Fatalf("never %s; last %+v", what, last)
		}
	}
}

func caughtUp(seq uint64) func(uplink.State) bool {
	return func(s uplink.State) bool { return s.Held.Seq == seq }
}

func (r *road) same(t testing.TB, c *wiretest.Chain) {
	t.Helper()
	want, got := c.Records(1, c.Head().Seq), r.group.records(t, c.In)
	if !slices.EqualFunc(want, got, bytes.Equal) {
		t.Errorf("headquarters holds %d records, the box %d, or they differ", len(got), len(want))
	}
}
