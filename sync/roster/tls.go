package roster

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"markaz.example/edge/id"
)

// What Admit and CentreOf report.
var (
	ErrNotBox        = errors.New("the certificate is not a box's")
	ErrUnknownCentre = errors.New("the centre is not on headquarters' list: add it to roster.toml and restart headquarters")
)

const (
	uriScheme = "markaz"
	uriCentre = "centre/"
)

// centreURI is where a certificate names its centre: "markaz:centre/ISB-01", among the subject's alternative names.
func centreURI(c id.Centre) *url.URL {
	return &url.URL{Scheme: uriScheme, Opaque: uriCentre + string(c)}
}

// CentreOf is the centre that a box's certificate speaks for. It reports ErrNotBox. TLS has checked the certificate.
func CentreOf(cert *x509.Certificate) (id.Centre, error) {
	var named []id.Centre
	for _, u := range cert.URIs {
		if code, ok := strings.CutPrefix(u.Opaque, uriCentre); ok && u.Scheme == uriScheme {
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

// ServerTLS is headquarters' end of a link, from hq.crt, hq.key and root.crt of a directory.
func ServerTLS(dir string) (*tls.Config, error) {
	c, roots, err := loadTLS(dir, hqName)
	if err != nil {
		return nil, fmt.Errorf("headquarters' certificate: %w", err)
	}
	c.ClientCAs, c.ClientAuth = roots, tls.RequireAndVerifyClientCert
	return c, nil
}

// ClientTLS is a box's end of a link, from box.crt, box.key and root.crt of a directory. Name is what headquarters'
// certificate must say; nothing but our own root may say it.
func ClientTLS(dir, name string) (*tls.Config, error) {
	c, roots, err := loadTLS(dir, boxName)
	if err != nil {
		return nil, fmt.Errorf("the box's certificate: %w", err)
	}
	c.RootCAs, c.ServerName = roots, name
	return c, nil
}

func loadTLS(dir, name string) (*tls.Config, *x509.CertPool, error) {
	root, err := loadCert(filepath.Join(dir, rootName+certExt))
	if err != nil {
		return nil, nil, err
	}
	p, err := loadPair(dir, name)
	if err != nil {
		return nil, nil, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(root)
	own := tls.Certificate{Certificate: [][]byte{p.Cert.Raw}, PrivateKey: p.Key, Leaf: p.Cert}
	return &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{own}}, roots, nil
}
