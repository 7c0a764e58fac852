package doctor

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// pair is a certificate with its key.
type pair struct {
	cert *x509.Certificate
	key  ed25519.PrivateKey
}

// issue makes a certificate for a name, by an issuer or by itself.
func issue(t *testing.T, name string, from, until time.Time, by *pair) pair {
	t.Helper()
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotBefore: from, NotAfter: until,
		IsCA: by == nil, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	parent, signer := form, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, form, parent, public, signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return pair{cert, key}
}

func (p pair) save(t *testing.T, dir, name string) {
	t.Helper()
	write(t, dir, name+".crt", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.cert.Raw})))
	der, err := x509.MarshalPKCS8PrivateKey(p.key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, name+".key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
}

// serve answers every TLS connection with a certificate until the test ends, and gives its address.
func serve(t *testing.T, p pair) string {
	t.Helper()
	l := listener(t)
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{p.cert.Raw}, PrivateKey: p.key}}}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = tls.Server(c, config).Handshake()
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-ended })
	return l.Addr().String()
}

const year = 365 * 24 * time.Hour

// TestWhoAnswersAtHeadquarters dials real TLS ends, each wrong in one way.
func TestWhoAnswersAtHeadquarters(t *testing.T) {
	root := issue(t, "root", noon.Add(-year), noon.Add(10*year), nil)
	other := issue(t, "root", noon.Add(-year), noon.Add(10*year), nil)
	gone := listener(t)
	_ = gone.Close()
	for name, c := range map[string]struct {
		address string
		want    Severity
		says    string
	}{
		"right":       {serve(t, issue(t, "hq.test", noon.Add(-year), noon.Add(year), &root)), Well, "is who it says"},
		"not ours":    {serve(t, issue(t, "hq.test", noon.Add(-year), noon.Add(year), &other)), Broken, "not certified by our root"},
		"another":     {serve(t, issue(t, "elsewhere.test", noon.Add(-year), noon.Add(year), &root)), Broken, "and not \"hq.test\""},
		"ran out":     {serve(t, issue(t, "hq.test", noon.Add(-year), noon.Add(-time.Hour), &root)), Warning, "not valid at what the clock says"},
		"nobody":      {gone.Addr().String(), Warning, "is not reached"},
		"no such one": {"nowhere.invalid:1", Warning, "nowhere.invalid"},
	} {
		p := machine(t)
		p.Identity, p.Name = filepath.Join(p.Root, "tls"), "hq.test"
		root.save(t, p.Identity, "root")
		if f := p.dial(t.Context(), c.address); f.Severity != c.want || !strings.Contains(f.What, c.says) || (f.Severity != Well) != (f.Remedy != "") {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestCertificates(t *testing.T) {
	root := issue(t, "root", noon.Add(-year), noon.Add(10*year), nil)
	for name, c := range map[string]struct {
		from, until time.Duration
		want        Severity
		says        string
	}{
		"lasting": {-year, year, Well, "lasts 365 days"},
		"short":   {-year, 30 * 24 * time.Hour, Warning, "less than the longest outage"},
		"ran out": {-year, -24 * time.Hour, Broken, "ran out 1 days ago"},
		"not yet": {24 * time.Hour, year, Warning, "the clock is wrong"},
	} {
		p := machine(t)
		p.Identity = filepath.Join(p.Root, "tls")
		root.save(t, p.Identity, "root")
		issue(t, "ISB-01", noon.Add(c.from), noon.Add(c.until), &root).save(t, p.Identity, "box")
		if f := certificates(t.Context(), p)[0]; f.Severity != c.want || !strings.Contains(f.What, c.says) {
			t.Errorf("%s: %+v", name, f)
		}
	}
	p := machine(t)
	p.Desks = filepath.Join(p.Root, "tls")
	for until, want := range map[time.Duration]Severity{year: Well, 24 * time.Hour: Warning, -time.Hour: Broken} {
		issue(t, "markaz desks", noon.Add(-year), noon.Add(until), nil).save(t, p.Desks, "authority")
		if got := Worst(p.authority()); got != want {
			t.Errorf("an authority until %s: %v, want %v", until, got, want)
		}
	}
	p.Identity = filepath.Join(p.Root, "tls")
	root.save(t, p.Identity, "root")
	issue(t, "ISB-01", noon.Add(-year), noon.Add(year), &root).save(t, p.Identity, "box")
	issue(t, "ISB-01", noon.Add(-year), noon.Add(year), &root).save(t, p.Identity, "other")
	write(t, p.Identity, "box.key", mustRead(t, filepath.Join(p.Identity, "other.key")))
	if got := Worst(certificates(t.Context(), p)); got != Broken {
		t.Errorf("a key that is another certificate's: %v", got)
	}
}

func mustRead(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
