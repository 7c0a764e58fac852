package roster

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// issuer is an authority's, loaded from its files.
func issuer(t *testing.T, a *Authority, now time.Time) *Issuer {
	t.Helper()
	p, err := a.IssueIssuer(now)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := a.SaveIssuer(dir, p); err != nil {
		t.Fatal(err)
	}
	i, err := LoadIssuer(dir)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// enrolled is the directory of a box whose certificate the issuer signed.
func enrolled(t *testing.T, a *Authority, i *Issuer, now time.Time) string {
	t.Helper()
	dir := t.TempDir()
	chain := next(t, dir, i, now)
	if err := SaveNext(dir, chain, a.Root(), nil); err != nil {
		t.Fatal(err)
	}
	return dir
}

// next is the certificate for the key that the box would ask with.
func next(t *testing.T, dir string, i *Issuer, now time.Time) Pair {
	t.Helper()
	key, err := NextKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	csr, err := Request(key)
	if err != nil {
		t.Fatal(err)
	}
	chain, err := i.Sign(csr, "ISB-01", now)
	if err != nil {
		t.Fatal(err)
	}
	return chain
}

func TestIssuersCertificatesAreBoxes(t *testing.T) {
	now := time.Now()
	w := newWorld(t, now)
	i := issuer(t, w.authority, now)
	server, client := configs(t, w.hq, enrolled(t, w.authority, i, now), "hq.test")
	seen, serverErr, clientErr := shake(t, server, client)
	if err := errors.Join(serverErr, clientErr); err != nil {
		t.Fatal(err)
	}
	if c, err := CentreOf(seen); c != "ISB-01" || err != nil {
		t.Errorf("the box speaks for %q, %v", c, err)
	}
	if _, err := i.Sign([]byte("no request"), "ISB-01", now); !errors.Is(err, ErrRequest) {
		t.Errorf("garbage: got %v", err)
	}
	if _, err := i.Sign(nil, "ISB-01", now.Add(issuerLife-BoxLife/2)); !errors.Is(err, ErrIssuerOld) {
		t.Errorf("an issuer near its end: got %v", err)
	}
}

// What a thief of the issuer's key can make is boxes, and nothing that anybody takes for a headquarters or a node.
func TestIssuerMakesNothingButBoxes(t *testing.T) {
	now := time.Now()
	w := newWorld(t, now)
	i := issuer(t, w.authority, now)
	forged := func(change func(*x509.Certificate)) tls.Certificate {
		public, key, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		x := boxTemplate("ISB-01", now, BoxLife)
		x.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
		change(x)
		cert, err := certify(x, public, &i.pair)
		if err != nil {
			t.Fatal(err)
		}
		return Pair{Cert: cert, Above: []*x509.Certificate{i.pair.Cert}, Key: key}.tls()
	}
	uris := func(text string) []*url.URL {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return []*url.URL{u}
	}
	_, box := configs(t, w.hq, w.box, "hq.test")
	asHQ := forged(func(x *x509.Certificate) { x.URIs, x.DNSNames = nil, []string{"hq.test"} })
	false1 := &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{asHQ}}
	if _, _, err := shake(t, false1, box); err == nil {
		t.Error("a box took an issuer's make for headquarters")
	}
	hq, _ := configs(t, w.hq, w.box, "hq.test")
	for name, cert := range map[string]tls.Certificate{
		"a node": forged(func(x *x509.Certificate) { x.URIs = uris("markaz:node/hq-1") }),
		"a name": forged(func(x *x509.Certificate) { x.DNSNames = []string{"hq.test"} }),
		"an IP":  forged(func(x *x509.Certificate) { x.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)} }),
		"host":   forged(func(x *x509.Certificate) { x.URIs = uris("markaz://node/hq-1") }),
	} {
		client := &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{cert}, InsecureSkipVerify: true}
		if _, err, _ := shake(t, hq, client); err == nil {
			t.Errorf("%s made by an issuer was let in", name)
		}
	}
	control := &tls.Config{MinVersion: tls.VersionTLS13, InsecureSkipVerify: true, Certificates: []tls.Certificate{
		forged(func(*x509.Certificate) {}),
	}}
	if _, err, _ := shake(t, hq, control); err != nil {
		t.Errorf("the control, a box, was not let in: %v", err)
	}
}

// A box whose clock nobody has set finds headquarters in 1970 and in 2038 alike; one that knows the time does not accept
// what is not valid then.
func TestClockThatIsNotTrustedRefusesNobody(t *testing.T) {
	now := time.Now()
	w, old := newWorld(t, now), newWorld(t, now.Add(-leafLife-24*time.Hour))
	for name, c := range map[string]struct {
		w       world
		at      time.Time
		trusted bool
		name    string
		want    bool
	}{
		"1970":                      {w, time.Unix(0, 0), false, "hq.test", true},
		"2038":                      {w, time.Unix(1<<31, 0), false, "hq.test", true},
		"now":                       {w, now, true, "hq.test", true},
		"1970, trusted":             {w, time.Unix(0, 0), true, "hq.test", false},
		"2038, trusted":             {w, time.Unix(1<<31, 0), true, "hq.test", false},
		"1970, another name":        {w, time.Unix(0, 0), false, "elsewhere.test", false},
		"1970, another authority's": {world{w.authority, old.hq, w.box}, time.Unix(0, 0), false, "hq.test", false},
		"expired, trusted":          {old, now, true, "hq.test", false},
	} {
		server, err := ServerTLS(c.w.hq)
		if err != nil {
			t.Fatal(err)
		}
		i, err := OpenIdentity(c.w.box, c.name, func() (time.Time, bool) { return c.at, c.trusted })
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := shake(t, server, i.Anonymous()); (err == nil) != c.want {
			t.Errorf("%s: got %v, want it to work: %v", name, err, c.want)
		}
	}
}

// What was believed without the time is looked at again once the time is known.
func TestRecheckAtTheTimeThatWasTold(t *testing.T) {
	now := time.Now()
	w := newWorld(t, now)
	server, err := ServerTLS(w.hq)
	if err != nil {
		t.Fatal(err)
	}
	i, err := OpenIdentity(w.box, "hq.test", func() (time.Time, bool) { return time.Unix(0, 0), false })
	if err != nil {
		t.Fatal(err)
	}
	if _, serverErr, clientErr := shake(t, server, i.TLS()); errors.Join(serverErr, clientErr) != nil {
		t.Fatal(serverErr, clientErr)
	}
	if err := i.Recheck(now); err != nil {
		t.Errorf("today: %v", err)
	}
	if err := i.Recheck(now.Add(leafLife + time.Hour)); err == nil {
		t.Error("an expired certificate passed")
	}
}

// Whenever the power goes while a certificate is renewed, the box has a pair that works, and asking again ends the matter.
func TestPowerCutWhileACertificateIsSaved(t *testing.T) {
	now := time.Now()
	w := newWorld(t, now)
	i := issuer(t, w.authority, now)
	for name, cut := range map[string]struct {
		keep    []string // of the new files
		renewed bool
	}{
		"key made":          {[]string{"box.key.new"}, false},
		"certificate saved": {[]string{"box.key.new", "box.crt"}, true},
		"all":               {[]string{"box.key", "box.crt"}, true},
	} {
		before, after := enrolled(t, w.authority, i, now), t.TempDir()
		copyDir(t, before, after)
		chain := next(t, after, i, now)
		copyFile(t, after, before, "box.key.new")
		if err := SaveNext(after, chain, nil, nil); err != nil {
			t.Fatal(err)
		}
		asked, err := NextKey(before)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range cut.keep {
			if f != "box.key.new" {
				copyFile(t, after, before, f)
			}
		}
		if cut.keep[0] == "box.key" {
			if err := os.Remove(filepath.Join(before, "box.key.new")); err != nil {
				t.Fatal(err)
			}
		}
		id, err := OpenIdentity(before, "hq.test", MachineClock)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := id.Pair().Cert.Equal(chain.Cert); got != cut.renewed {
			t.Errorf("%s: renewed %v, want %v", name, got, cut.renewed)
		}
		again, err := NextKey(before)
		if err != nil {
			t.Fatal(err)
		}
		if same := asked.Public().(ed25519.PublicKey).Equal(again.Public()); same == cut.renewed {
			t.Errorf("%s: asks with the same key %v, want %v", name, same, !cut.renewed)
		}
	}
}

func copyDir(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

func copyFile(t *testing.T, from, to, name string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(from, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(to, name), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// A renewed pair is shown by the next link of the same configuration.
func TestRenewedPairIsShownWithoutARestart(t *testing.T) {
	now := time.Now()
	w := newWorld(t, now)
	i := issuer(t, w.authority, now)
	dir := enrolled(t, w.authority, i, now)
	server, err := ServerTLS(w.hq)
	if err != nil {
		t.Fatal(err)
	}
	id, err := OpenIdentity(dir, "hq.test", MachineClock)
	if err != nil {
		t.Fatal(err)
	}
	config := id.TLS()
	first, _, _ := shake(t, server, config)
	if err := id.Renewed(next(t, dir, i, now)); err != nil {
		t.Fatal(err)
	}
	second, _, _ := shake(t, server, config)
	if first == nil || second == nil || first.Equal(second) || !second.Equal(id.Pair().Cert) {
		t.Errorf("shown first %v, then %v", first, second)
	}
}

// Whoever has no root yet is shown it, and nobody else.
func TestFirstContactShowsTheRoot(t *testing.T) {
	w := newWorld(t, time.Now())
	server, err := ServerTLS(w.hq)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		protos []string
		want   int
	}{{nil, 1}, {[]string{"http/1.1"}, 1}, {[]string{FirstContact, "http/1.1"}, 2}} {
		shown := 0
		_, serverErr, clientErr := shake(t, server, &tls.Config{
			InsecureSkipVerify: true, NextProtos: c.protos,
			VerifyConnection: func(s tls.ConnectionState) error { shown = len(s.PeerCertificates); return nil },
		})
		if err := errors.Join(serverErr, clientErr); (err != nil && !errors.Is(err, io.EOF)) || shown != c.want {
			t.Errorf("%v: shown %d certificates, %v; want %d", c.protos, shown, err, c.want)
		}
	}
}
