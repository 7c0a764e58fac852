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
	"fmt"
	"io"
	"log/slog"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"net/http"
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

// memGroup keeps chains in memory by the same rule as the real one.
type memGroup struct {
	mu     sync.Mutex
	chains map[chain.Incarnation]*memChain
	err    error // what Submit answers, when set
}

type memChain struct {
	at      []chain.Position
	records [][]byte
	aside   []wire.Batch
}

func (g *memGroup) chain(in chain.Incarnation) *memChain {
	if g.chains == nil {
		g.chains = map[chain.Incarnation]*memChain{}
	}
	if g.chains[in] == nil {
		g.chains[in] = &memChain{at: []chain.Position{in.Start()}}
	}
	return g.chains[in]
}

func (g *memGroup) Held(in chain.Incarnation) (chain.Position, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.chain(in)
	return c.at[len(c.at)-1], nil
}

func (g *memGroup) HashAt(in chain.Incarnation, seq uint64) (chain.Hash, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.chain(in).at[seq].Hash, nil
}

func (g *memGroup) Submit(_ context.Context, _ ed25519.PublicKey, b wire.Batch) (archive.Verdict, chain.Position, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.chain(b.Incarnation())
	held := c.at[len(c.at)-1]
	if g.err != nil {
		return 0, held, g.err
	}
	verdict := archive.Admit(held, func(seq uint64) chain.Hash { return c.at[seq].Hash }, b.Span)
	switch verdict {
	case archive.Fork:
		c.aside = append(c.aside, b)
	case archive.Append:
		if err := c.append(b); err != nil {
			return 0, held, err
		}
	}
	return verdict, c.at[len(c.at)-1], nil
}

func (c *memChain) append(b wire.Batch) error {
	records, err := b.Open()
	if err != nil {
		return err
	}
	for _, r := range records {
		next, _, err := c.at[len(c.at)-1].Follow(r)
		if err != nil {
			return err
		}
		c.at, c.records = append(c.at, next), append(c.records, r)
	}
	return nil
}

// memLedger is a chain with the ledger's manners.
type memLedger struct {
	mu        sync.Mutex
	chain     *wiretest.Chain
	changed   chan struct{}
	confirmed chain.Position
}

func newLedger(c *wiretest.Chain) *memLedger {
	return &memLedger{chain: c, changed: make(chan struct{}), confirmed: c.At(0)}
}

func (l *memLedger) grow(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.chain.Grow(n)
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *memLedger) Incarnation() chain.Incarnation { return l.chain.In }

func (l *memLedger) Acknowledged() chain.Position {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.chain.Head()
}

func (l *memLedger) HashAt(seq uint64) (chain.Hash, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if seq > l.chain.Head().Seq {
		return chain.Hash{}, fmt.Errorf("no record %d", seq)
	}
	return l.chain.At(seq).Hash, nil
}

func (l *memLedger) Read(after uint64, limitBytes int) ([][]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	head := l.chain.Head().Seq
	if after >= head {
		return nil, fmt.Errorf("no record after %d", after)
	}
	to, size := after, 0
	for to < head && (to == after || size < limitBytes) {
		to++
		size += len(l.chain.Records(to, to)[0])
	}
	return l.chain.Records(after+1, to), nil
}

func (l *memLedger) Changed() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.changed
}

func (l *memLedger) Confirm(held chain.Position) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.confirmed = held
	return nil
}

func (l *memLedger) held() chain.Position {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.confirmed
}

// watcher remembers refusals.
type watcher struct {
	mu      sync.Mutex
	refused []string
	gone    int
}

func (w *watcher) Heard(chain.Incarnation, chain.Position, chain.Position, time.Time) {}

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
	group   *memGroup
	watcher *watcher
	url     string
	net     *faultnet.Net // nil on loopback
	stop    func()
}

// newRoad serves on loopback, or in memory when given a network.
func newRoad(t testing.TB, n *faultnet.Net, enrolled ...id.Centre) *road {
	t.Helper()
	return newRoadTo(t, n, &memGroup{}, enrolled...)
}

func newRoadTo(t testing.TB, n *faultnet.Net, g ingest.Group, enrolled ...id.Centre) *road {
	t.Helper()
	r := &road{ca: newAuthority(t), watcher: &watcher{}, net: n}
	server := &ingest.Server{
		Group: g, Roster: roster(enrolled), Watcher: r.watcher, Log: quiet(), Now: time.Now,
	}
	if m, ok := g.(*memGroup); ok {
		r.group, server.Landmarks = m, m
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
func (r *road) box(t testing.TB, l *memLedger, d link.Dialer) (<-chan uplink.State, func()) {
	t.Helper()
	states := make(chan uplink.State, 1<<16)
	u := &uplink.Uplink{
		Ledger: l, Key: l.chain.Key, Software: "markaz test", Wall: time.Now, Log: quiet(),
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
	r.group.mu.Lock()
	defer r.group.mu.Unlock()
	want, got := c.Records(1, c.Head().Seq), r.group.chain(c.In).records
	if !slices.EqualFunc(want, got, bytes.Equal) {
		t.Errorf("headquarters holds %d records, the box %d, or they differ", len(got), len(want))
	}
}
