package roster

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"markaz.example/edge/id"
)

// What Admit and CentreOf report.
var (
	ErrNotBox        = errors.New("the certificate is not a box's")
	ErrUnknownCentre = errors.New("the centre is not on headquarters' list: add it to roster.toml")
)

const (
	uriScheme = "markaz"
	uriCentre = "centre"
)

// FirstContact is the application protocol that a box offers which does not have the root yet: headquarters then shows
// it behind its own certificate, and the box holds it against the code that a person typed.
const FirstContact = "markaz.enrol.1"

// centreURI is where a certificate names its centre: "markaz://centre/ISB-01", among the subject's alternative names. The
// issuer's certificate allows URIs of that host, and no other name.
func centreURI(c id.Centre) *url.URL {
	return &url.URL{Scheme: uriScheme, Host: uriCentre, Path: "/" + string(c)}
}

// CentreOf is the centre that a box's certificate speaks for. It reports ErrNotBox. TLS has checked the certificate.
func CentreOf(cert *x509.Certificate) (id.Centre, error) {
	var named []id.Centre
	for _, u := range cert.URIs {
		if code, ok := strings.CutPrefix(u.Path, "/"); ok && u.Scheme == uriScheme && u.Host == uriCentre {
			named = append(named, id.Centre(code))
		}
	}
	if len(named) != 1 {
		return "", fmt.Errorf("%w: it names %d centres, want 1 (subject %s)", ErrNotBox, len(named), cert.Subject)
	}
	if err := named[0].Check(); err != nil {
		return "", fmt.Errorf("%w: %w", ErrNotBox, err)
	}
	return named[0], nil
}

// ServerTLS is headquarters' end of a link, from hq.crt, hq.key and root.crt of a directory. A client may come without a
// certificate, to enrol or to renew one that has expired: whoever serves a path looks whether one was shown.
func ServerTLS(dir string) (*tls.Config, error) {
	p, root, err := load(dir, hqName)
	if err != nil {
		return nil, fmt.Errorf("headquarters' certificate: %w", err)
	}
	c := &tls.Config{
		MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{p.tls()},
		ClientCAs: pool(root), ClientAuth: tls.VerifyClientCertIfGiven,
	}
	first := c.Clone()
	first.Certificates = []tls.Certificate{p.tls(root)}
	c.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if slices.Contains(hello.SupportedProtos, FirstContact) {
			return first, nil
		}
		return nil, nil // c itself
	}
	return c, nil
}

// ClientTLS is Place.ClientTLS with a plain file.
func ClientTLS(dir, name string, clock Clock) (*tls.Config, error) {
	return In(dir).ClientTLS(name, clock)
}

// ClientTLS is a box's end of a link: that of an Identity.
func (at Place) ClientTLS(name string, clock Clock) (*tls.Config, error) {
	i, err := at.Open(name, clock)
	if err != nil {
		return nil, err
	}
	return i.TLS(), nil
}

func load(dir, name string) (Pair, *x509.Certificate, error) { return In(dir).load(name) }

func (at Place) load(name string) (Pair, *x509.Certificate, error) {
	root, err := loadCert(filepath.Join(at.Dir, rootName+certExt))
	if err != nil {
		return Pair{}, nil, err
	}
	p, err := at.loadPair(name)
	return p, root, err
}

func (p Pair) tls(more ...*x509.Certificate) tls.Certificate {
	c := tls.Certificate{Certificate: p.Chain(), PrivateKey: p.Key, Leaf: p.Cert}
	for _, m := range more {
		c.Certificate = append(c.Certificate, m.Raw)
	}
	return c
}

// VerifyServer checks that the root made headquarters' certificate for a name. While the clock is not trusted, its time
// decides nothing: the chain is checked at the moment of its validity that is nearest.
func VerifyServer(shown []*x509.Certificate, root *x509.Certificate, name string, clock Clock) error {
	if len(shown) == 0 {
		return errors.New("headquarters showed no certificate")
	}
	at, trusted := clock()
	if !trusted {
		at = nearest(at, append([]*x509.Certificate{root}, shown...))
	}
	_, err := shown[0].Verify(x509.VerifyOptions{
		Roots: pool(root), Intermediates: pool(shown[1:]...), DNSName: name, CurrentTime: at,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	if err != nil {
		return fmt.Errorf("headquarters' certificate: %w", err)
	}
	return nil
}

func nearest(at time.Time, certs []*x509.Certificate) time.Time {
	begin, end := certs[0].NotBefore, certs[0].NotAfter
	for _, c := range certs[1:] {
		if c.NotBefore.After(begin) {
			begin = c.NotBefore
		}
		if c.NotAfter.Before(end) {
			end = c.NotAfter
		}
	}
	switch {
	case at.Before(begin):
		return begin
	case at.After(end):
		return end
	}
	return at
}
