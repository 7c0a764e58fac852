package registrar_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
	"markaz.example/sync/enrol"
	"markaz.example/sync/office"
	"markaz.example/sync/registrar"
	"markaz.example/sync/roster"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// group applies what is proposed to an archive, alone.
type group struct {
	*archive.Archive
	index uint64
}

func (g *group) Propose(_ context.Context, act []byte) (archive.Answer, error) {
	g.index++
	out, err := g.Apply([]archive.Entry{{Index: g.index, Act: act}})
	if err != nil {
		return archive.Answer{}, err
	}
	return out[0].Answer, out[0].Err
}

func (*group) CatchUp(context.Context) error { return nil }

func (g *group) hold(t *testing.T, c *wiretest.Chain, from, to uint64) {
	t.Helper()
	b, err := wire.Pack(c.Key, c.In, c.At(from), 1, c.Records(from+1, to))
	if err != nil {
		t.Fatal(err)
	}
	frame, err := wire.Encode(b)
	if err != nil {
		t.Fatal(err)
	}
	g.index++
	out, err := g.Apply([]archive.Entry{{Index: g.index, Key: c.Public(), Batch: frame}})
	if err != nil || out[0].Err != nil || out[0].Verdict != archive.Append {
		t.Fatalf("batch: %v, %+v", err, out)
	}
}

// world is a headquarters with a registrar behind TLS, whose time the test sets.
type world struct {
	t         *testing.T
	authority *roster.Authority
	group     *group
	registrar *registrar.Registrar
	address   string
	now       atomic.Int64 // milliseconds
}

func (w *world) time() time.Time      { return time.UnixMilli(w.now.Load()) }
func (w *world) pass(d time.Duration) { w.now.Add(d.Milliseconds()) }

func must(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t}
	w.now.Store(time.Now().UnixMilli())
	var err error
	w.authority, err = roster.NewAuthority(w.time())
	must(t, err)
	dir := t.TempDir()
	hq, err := w.authority.IssueHQ([]string{"hq.test"}, w.time())
	must(t, err)
	pair, err := w.authority.IssueIssuer(w.time())
	must(t, err, w.authority.SaveHQ(dir, hq), w.authority.SaveIssuer(dir, pair))
	issuer, err := roster.LoadIssuer(dir)
	must(t, err)
	list, err := roster.New([]roster.Centre{
		{Code: "ISB-01", Name: "Islamabad", NameUR: "اسلام آباد", District: "Islamabad"},
		{Code: "LHE-01", Name: "Lahore", NameUR: "لاہور", District: "Lahore"},
	})
	must(t, err)
	a, err := archive.Open(filepath.Join(dir, "archive.db"), office.Office{})
	must(t, err)
	t.Cleanup(func() { a.Close() })
	w.group = &group{Archive: a}
	w.registrar = registrar.New(registrar.Config{
		Gate:   registrar.Gate{Roster: list, Register: office.Register{View: a.ViewOffice}},
		Issuer: issuer, Group: w.group, Chains: a, Now: w.time, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	mux := http.NewServeMux()
	w.registrar.Routes(mux)
	secret, err := roster.ServerTLS(dir)
	must(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	s := &httptest.Server{Listener: tls.NewListener(l, secret), Config: &http.Server{Handler: mux, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)}}
	s.Start()
	t.Cleanup(s.Close)
	w.address = l.Addr().String()
	return w
}

// code is a one-time code for ISB-01.
func (w *world) code(replace bool) enrol.Code {
	w.t.Helper()
	given, err := w.registrar.Issue(w.t.Context(), registrar.Order{Centre: "ISB-01", Replace: replace, By: "test"})
	must(w.t, err)
	c, err := enrol.ParseCode(given.Code)
	must(w.t, err)
	return c
}

// box is a box with a chain and a directory. Its clock stands in 1970.
type box struct {
	*wiretest.Chain
	w    *world
	dir  string
	door enrol.Door
	id   *roster.Identity
}

func (w *world) box(seed uint64) *box {
	c := wiretest.New("ISB-01", seed)
	c.Grow(20)
	return &box{Chain: c, w: w, dir: w.t.TempDir(), door: enrol.Door{
		Addresses: []string{w.address}, Name: "hq.test", Clock: func() (time.Time, bool) { return time.Unix(0, 0), false },
	}}
}

func (b *box) Incarnation() chain.Incarnation        { return b.In }
func (b *box) Acknowledged() chain.Position          { return b.Head() }
func (b *box) HashAt(seq uint64) (chain.Hash, error) { return b.At(seq).Hash, nil }
func (b *box) request(centre id.Centre, c enrol.Code) enrol.Request {
	b.w.t.Helper()
	key, err := roster.NextKey(b.dir)
	must(b.w.t, err)
	csr, err := roster.Request(key)
	must(b.w.t, err)
	head := b.Head()
	return enrol.Request{
		Version: 1, Secret: c.Secret[:], Centre: centre, CSR: csr, Nonce: b.In.Nonce[:], Seq: head.Seq, Hash: head.Hash[:],
	}.Sign(b.Key)
}

func (b *box) enrol(c enrol.Code) error {
	b.w.t.Helper()
	a, root, err := b.door.Enrol(b.w.t.Context(), c, b.request("ISB-01", c))
	if err != nil {
		return err
	}
	pair, err := roster.ParseChain(a.Certs)
	must(b.w.t, err, roster.SaveNext(b.dir, pair, root, nil))
	b.id, err = roster.OpenIdentity(b.dir, "hq.test", b.door.Clock)
	must(b.w.t, err)
	return nil
}

func (b *box) renewer() *enrol.Renewer {
	return &enrol.Renewer{
		Door: b.door, Identity: b.id, Ledger: b, Key: b.Key, Wall: time.Now, Random: rand.New(rand.NewPCG(1, 1)),
		Log: slog.New(slog.DiscardHandler),
	}
}

// leaf is the certificate that the box has now, as the gate sees it.
func (b *box) leaf() *x509.Certificate { return b.id.Pair().Cert }

func refused(t *testing.T, what, code string, err error) {
	t.Helper()
	var r enrol.Refused
	if !errors.As(err, &r) || r.Code != code || r.Detail == "" {
		t.Errorf("%s: got %v, want it refused with %q", what, err, code)
	}
}

func TestCodeBecomesACertificate(t *testing.T) {
	w := newWorld(t)
	b := w.box(1)
	must(t, b.enrol(w.code(false)))
	if centre, err := w.registrar.Admit(b.leaf()); centre != "ISB-01" || err != nil {
		t.Errorf("the gate lets in %q, %v", centre, err)
	}
	if life := b.leaf().NotAfter.Sub(w.time()); life < 180*24*time.Hour || life > 220*24*time.Hour {
		t.Errorf("the certificate lives for %s", life)
	}
}

func TestWrongCodes(t *testing.T) {
	w := newWorld(t)
	b := w.box(1)
	c := w.code(false)
	wrong := c
	wrong.Secret[3] ^= 1
	refused(t, "another secret", enrol.CodeWrong, b.enrol(wrong))
	_, _, err := b.door.Enrol(t.Context(), c, b.request("LHE-01", c))
	refused(t, "another centre", enrol.CodeWrong, err)
	unlisted := b.request("KHI-01", c)
	_, _, err = b.door.Enrol(t.Context(), c, unlisted)
	refused(t, "a centre that is not on the list", enrol.CodeWrong, err)
	other := c
	other.Root[0] ^= 1
	if err := b.enrol(other); !errors.Is(err, enrol.ErrRoot) {
		t.Errorf("a code of another root: got %v, want %v", err, enrol.ErrRoot)
	}
	false1 := newWorld(t)
	b.door.Addresses = []string{false1.address}
	if err := b.enrol(c); !errors.Is(err, enrol.ErrRoot) {
		t.Errorf("a false headquarters: got %v, want %v", err, enrol.ErrRoot)
	}
	b.door.Addresses = []string{w.address}
	b.door.Name = "elsewhere.test"
	if err := b.enrol(c); err == nil || !strings.Contains(err.Error(), "elsewhere.test") {
		t.Errorf("another name than the certificate's: got %v", err)
	}
	b.door.Name = "hq.test"
	unsigned := b.request("ISB-01", c)
	unsigned.Signature = bytes.Repeat([]byte{1}, 64)
	_, _, err = b.door.Enrol(t.Context(), c, unsigned)
	refused(t, "not signed by its key", enrol.CodeMalformed, err)

	w.pass(enrol.CodeLife + time.Second)
	refused(t, "too late", enrol.CodeExpired, b.enrol(c))
	c = w.code(false)
	must(t, b.enrol(c)) // none of these has burnt it
	refused(t, "another box with a used code", enrol.CodeUsed, w.box(2).enrol(c))
}

// The answer was lost on its way: the box asks again with the same keys, and is given the same certificate.
func TestLostAnswerIsGivenAgain(t *testing.T) {
	w := newWorld(t)
	b := w.box(1)
	c := w.code(false)
	first, _, err := b.door.Enrol(t.Context(), c, b.request("ISB-01", c))
	must(t, err)
	b.Grow(5) // it served meanwhile
	must(t, b.enrol(c))
	if !bytes.Equal(b.leaf().Raw, first.Certs[0]) {
		t.Error("the box was given another certificate")
	}
}

func TestReplacementNeedsItsOwnCode(t *testing.T) {
	w := newWorld(t)
	lost, b := w.box(1), w.box(2)
	must(t, lost.enrol(w.code(false)))
	w.group.hold(t, lost.Chain, 0, 20)
	if _, err := w.registrar.Recall(lost.leaf()); !errors.Is(err, registrar.ErrNoRecall) {
		t.Errorf("a box that replaces nobody may read: %v", err)
	}

	bare := func(c enrol.Code) enrol.Request {
		q := b.request("ISB-01", c)
		q.Replace, q.Nonce, q.Seq, q.Hash = true, nil, 0, nil
		return q.Sign(b.Key)
	}
	c := w.code(false)
	_, _, err := b.door.Enrol(t.Context(), c, bare(c))
	refused(t, "an ordinary code", enrol.CodeReplace, err)
	c = w.code(true)
	refused(t, "with a ledger", enrol.CodeReplace, b.enrol(c))
	a, root, err := b.door.Enrol(t.Context(), c, bare(c))
	must(t, err)
	if !bytes.Equal(a.Nonce, lost.In.Nonce[:]) {
		t.Errorf("goes on with %x, want %x", a.Nonce, lost.In.Nonce)
	}
	pair, err := roster.ParseChain(a.Certs)
	must(t, err, roster.SaveNext(b.dir, pair, root, nil))
	if in, err := w.registrar.Recall(pair.Cert); in != lost.In || err != nil {
		t.Errorf("may read %s, %v", in, err)
	}
	if _, err := w.registrar.Admit(lost.leaf()); !errors.Is(err, office.ErrShut) {
		t.Errorf("the lost box is let in: %v", err)
	}
}

// A box that is behind what headquarters holds, or contradicts it, is not the box.
func TestContradictingLedgerIsNotEnrolled(t *testing.T) {
	w := newWorld(t)
	b, cloned := w.box(1), w.box(1)
	cloned.Chain = b.Clone(7)
	cloned.Truncate(10)
	cloned.Grow(10)
	w.group.hold(t, b.Chain, 0, 20)
	refused(t, "another history", enrol.CodeLedger, cloned.enrol(w.code(false)))
	older := &box{Chain: wiretest.New("ISB-01", 1), w: w, dir: t.TempDir(), door: b.door}
	older.Grow(5)
	refused(t, "an older copy", enrol.CodeLedger, older.enrol(w.code(false)))
	must(t, b.enrol(w.code(false)))
}

func TestRenewal(t *testing.T) {
	w := newWorld(t)
	b := w.box(1)
	must(t, b.enrol(w.code(false)))
	first := b.leaf()
	must(t, b.renewer().Look(t.Context()))
	if !b.leaf().Equal(first) {
		t.Error("renewed before half of its life")
	}
	w.pass(roster.BoxLife/2 + time.Hour)
	must(t, b.renewer().Look(t.Context())) // headquarters holds nothing yet: the genesis is asked for
	second := b.leaf()
	if second.Equal(first) {
		t.Fatal("not renewed after half of its life")
	}
	w.group.hold(t, b.Chain, 0, 20)
	b.Grow(3)
	w.pass(roster.BoxLife + 90*24*time.Hour) // expired long ago, after an outage
	must(t, b.renewer().Look(t.Context()))
	if b.leaf().Equal(second) || b.leaf().NotAfter.Before(w.time()) {
		t.Error("an expired certificate was not renewed")
	}
	if _, err := w.registrar.Admit(b.leaf()); err != nil {
		t.Error(err)
	}
	must(t, w.registrar.Revoke(t.Context(), registrar.Revocation{Centre: "ISB-01", Why: "stolen", By: "test"}))
	w.pass(roster.BoxLife)
	refused(t, "a revoked box", enrol.CodeRevoked, b.renewer().Look(t.Context()))
}

// A certificate that the authority made itself is renewed too, once headquarters holds something of its ledger.
func TestRenewalOfACarriedCertificate(t *testing.T) {
	w := newWorld(t)
	b := w.box(1)
	pair, err := w.authority.IssueBox("ISB-01", w.time())
	must(t, err, w.authority.SaveBox(b.dir, pair))
	b.id, err = roster.OpenIdentity(b.dir, "hq.test", b.door.Clock)
	must(t, err)
	w.pass(3 * 365 * 24 * time.Hour / 2)
	w.pass(time.Hour * 24 * 7)
	refused(t, "nothing is held", enrol.CodeLedger, b.renewer().Look(t.Context()))
	w.group.hold(t, b.Chain, 0, 20)
	must(t, b.renewer().Look(t.Context()))
	if b.leaf().Equal(pair.Cert) {
		t.Error("not renewed")
	}
}

// A thief has the certificate and its key, but not the ledger, or not the key of its checkpoints.
func TestThiefCannotRenew(t *testing.T) {
	w := newWorld(t)
	b := w.box(1)
	must(t, b.enrol(w.code(false)))
	w.group.hold(t, b.Chain, 0, 20)
	w.pass(roster.BoxLife)
	for name, c := range map[string]struct {
		steal func(r *enrol.Renewer)
		code  string
	}{
		"no ledger":            {func(r *enrol.Renewer) { r.Ledger = guessing{b} }, enrol.CodeLedger},
		"another key":          {func(r *enrol.Renewer) { r.Key = wiretest.New("ISB-01", 9).Key }, enrol.CodeLedger},
		"an older copy":        {func(r *enrol.Renewer) { r.Ledger = older{b} }, ""},
		"another incarnation":  {func(r *enrol.Renewer) { r.Ledger = w.box(2) }, enrol.CodeLedger},
		"another box's ledger": {func(r *enrol.Renewer) { x := w.box(2); r.Ledger, r.Key = x, x.Key }, enrol.CodeLedger},
	} {
		r := b.renewer()
		c.steal(r)
		before := b.leaf()
		err := r.Look(t.Context())
		if c.code != "" {
			refused(t, name, c.code, err)
		} else if err == nil {
			t.Errorf("%s: renewed", name)
		}
		if !b.leaf().Equal(before) {
			t.Errorf("%s: the certificate is another", name)
		}
		w.pass(time.Minute)
	}
	must(t, b.renewer().Look(t.Context())) // the control: the box itself
}

// guessing knows where the ledger ends, and not what is in it.
type guessing struct{ *box }

func (g guessing) HashAt(uint64) (chain.Hash, error) { return chain.Hash{1}, nil }

// older is a copy of the ledger from a while ago.
type older struct{ *box }

func (o older) Acknowledged() chain.Position { return o.At(5) }

// Without the key of the certificate, what a thief of the ledger's disk image has is of no use.
func TestRenewalNeedsTheCertificatesKey(t *testing.T) {
	w := newWorld(t)
	b := w.box(1)
	must(t, b.enrol(w.code(false)))
	w.pass(roster.BoxLife)
	pair := b.id.Pair()
	pair.Key = crypto.Signer(wiretest.New("ISB-01", 9).Key)
	q, err := enrol.Renewal{
		Version: 1, Token: []byte("x"), Certs: pair.Chain(), CSR: []byte("x"), Nonce: b.In.Nonce[:], Hash: make([]byte, 32),
		Shown: make([]byte, 32), Checkpoint: make([]byte, 64),
	}.Sign(b.Key, pair.Key)
	must(t, err)
	if err := q.Verify(pair.Cert.PublicKey.(ed25519.PublicKey), "ISB-01"); !errors.Is(err, enrol.ErrSignature) {
		t.Errorf("got %v", err)
	}
}

func TestTriesAreCounted(t *testing.T) {
	w := newWorld(t)
	b := w.box(1)
	c := w.code(false)
	wrong := c
	wrong.Secret[0] ^= 1
	var err error
	tries := 0
	for ; tries < 100; tries++ {
		var r enrol.Refused
		if err = b.enrol(wrong); errors.As(err, &r) && r.Code == enrol.CodeMany {
			break
		}
	}
	refused(t, "the last try", enrol.CodeMany, err)
	if tries < 5 || tries > 40 {
		t.Errorf("%d tries in a minute", tries)
	}
	refused(t, "the right code after that", enrol.CodeMany, b.enrol(c))
	w.pass(2 * time.Minute)
	must(t, b.enrol(c))
}

func TestOrders(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	if _, err := w.registrar.Issue(ctx, registrar.Order{Centre: "KHI-01"}); !errors.Is(err, roster.ErrUnknownCentre) {
		t.Errorf("an unlisted centre: got %v", err)
	}
	if _, err := w.registrar.Issue(ctx, registrar.Order{Centre: "ISB-01", Replace: true}); !errors.Is(err, registrar.ErrNoChain) {
		t.Errorf("nothing to replace: got %v", err)
	}
	a, b := w.box(1), w.box(2)
	w.group.hold(t, a.Chain, 0, 20)
	w.group.hold(t, b.Chain, 0, 20)
	if _, err := w.registrar.Issue(ctx, registrar.Order{Centre: "ISB-01", Replace: true}); !errors.Is(err, registrar.ErrWhichChain) {
		t.Errorf("two chains: got %v", err)
	}
	_, nonce, _ := strings.Cut(b.In.String(), "/")
	given, err := w.registrar.Issue(ctx, registrar.Order{Centre: "ISB-01", Replace: true, Chain: nonce[:6]})
	if err != nil || given.Chain != b.In.String() || given.Records != 20 {
		t.Errorf("named: got %+v, %v", given, err)
	}
	if err := w.registrar.Revoke(ctx, registrar.Revocation{Centre: "ISB-01", By: "test"}); !errors.Is(err, office.ErrAct) {
		t.Errorf("without a reason: got %v", err)
	}
	if err := w.registrar.Revoke(ctx, registrar.Revocation{Serial: "xyz", Why: "lost"}); !errors.Is(err, registrar.ErrOrder) {
		t.Errorf("no serial number: got %v", err)
	}
	s, err := w.registrar.Look("ISB-01")
	if err != nil || !s.Listed || s.Enrolled || s.Code.IsZero() || len(s.Chains) != 2 {
		t.Errorf("stands %+v, %v", s, err)
	}
	w.registrar.Issuer = nil
	if _, err := w.registrar.Issue(ctx, registrar.Order{Centre: "ISB-01"}); !errors.Is(err, registrar.ErrNoIssuer) {
		t.Errorf("without an issuer: got %v", err)
	}
	refused(t, "without an issuer", enrol.CodeClosed, a.enrol(enrol.Code{Root: w.root()}))
}

// root is the second half of every code of this headquarters.
func (w *world) root() [10]byte {
	c, err := enrol.NewCode(bytes.NewReader(make([]byte, 10)), w.authority.Root())
	must(w.t, err)
	return c.Root
}

// What is not a request of enrolment is answered or dropped, and costs nothing that lasts.
func TestNonsenseIsRefused(t *testing.T) {
	w := newWorld(t)
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true,
	}}
	post := func(path, origin string, body []byte) (status int, answer enrol.Answer) {
		q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+w.address+path, bytes.NewReader(body))
		must(t, err)
		if origin != "" {
			q.Header.Set("Origin", origin)
		}
		a, err := client.Do(q)
		must(t, err)
		defer a.Body.Close()
		if a.Header.Get("Content-Type") == enrol.ContentType {
			answer, err = enrol.Decode[enrol.Answer](a.Body)
			must(t, err)
		}
		return a.StatusCode, answer
	}
	for name, body := range map[string][]byte{
		"nothing": nil, "text": []byte("hello"), "a list of four billion": {0xa1, 0x02, 0x9a, 0xff, 0xff, 0xff, 0xff},
		"too much": make([]byte, 200<<10), "not UTF-8": {0xa1, 0x03, 0x61, 0xff},
	} {
		if status, a := post(enrol.PathEnrol, "", body); status != http.StatusOK || a.Code != enrol.CodeMalformed {
			t.Errorf("%s: %d, %+v", name, status, a)
		}
	}
	if status, _ := post(enrol.PathEnrol, "https://evil.example", nil); status != http.StatusForbidden {
		t.Errorf("from a web page: %d", status)
	}
	if status, _ := post("/elsewhere", "", nil); status != http.StatusNotFound {
		t.Errorf("elsewhere: %d", status)
	}
}
