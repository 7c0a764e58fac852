package roster

import (
	"crypto/ed25519"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"time"

	"markaz.example/edge/id"
)

// What an issuer reports when it cannot sign.
var (
	ErrIssuerOld = errors.New("the issuer's certificate ends too soon: make another with markaz-hq authority issue-issuer")
	ErrRequest   = errors.New("not a certificate request that headquarters can sign")
)

// Issuer signs certificates of boxes and nothing else, on machines that serve. Whoever has its key can make boxes, and
// no headquarters: its own certificate allows only clients, without a name or address of the network.
type Issuer struct {
	pair Pair
	root *x509.Certificate
}

// IssueIssuer makes an issuer's certificate.
func (a *Authority) IssueIssuer(now time.Time) (Pair, error) {
	t := template(pkix.Name{Organization: []string{organisation}, CommonName: "issuer of boxes"}, now, issuerLife)
	t.IsCA, t.MaxPathLenZero = true, true
	t.KeyUsage, t.ExtKeyUsage = x509.KeyUsageCertSign, []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	t.PermittedDNSDomainsCritical = true
	t.PermittedURIDomains = []string{uriCentre}
	t.ExcludedDNSDomains = []string{""} // every name there is
	t.ExcludedIPRanges = []*net.IPNet{
		{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 32)},
		{IP: net.IPv6zero, Mask: net.CIDRMask(0, 128)},
	}
	pair, err := sign(t, &a.root)
	if err != nil {
		return Pair{}, fmt.Errorf("issue an issuer's certificate: %w", err)
	}
	return pair, nil
}

// SaveIssuer writes issuer.crt, issuer.key and root.crt, all that a node needs to enrol boxes.
func (a *Authority) SaveIssuer(dir string, p Pair) error { return a.saveLeaf(dir, issuerName, p) }

// LoadIssuer reads what SaveIssuer wrote.
func LoadIssuer(dir string) (*Issuer, error) {
	root, err := loadCert(filepath.Join(dir, rootName+certExt))
	if err != nil {
		return nil, fmt.Errorf("load the issuer: %w", err)
	}
	p, err := loadPair(dir, issuerName)
	if err != nil {
		return nil, fmt.Errorf("load the issuer: %w", err)
	}
	if !p.Cert.IsCA || p.Cert.CheckSignatureFrom(root) != nil {
		return nil, fmt.Errorf("load the issuer from %s: its certificate is not one that this root signed for issuing", dir)
	}
	return &Issuer{p, root}, nil
}

// Root is the certificate above the issuer's.
func (i *Issuer) Root() *x509.Certificate { return i.root }

// Sign makes the certificate of a centre's box for the key of a request. What else the request says is passed over. It
// reports ErrRequest or ErrIssuerOld.
func (i *Issuer) Sign(request []byte, centre id.Centre, now time.Time) (Pair, error) {
	if err := centre.Check(); err != nil {
		return Pair{}, fmt.Errorf("sign a box's certificate: %w", err)
	}
	if now.Add(issuerLeft).After(i.pair.Cert.NotAfter) {
		return Pair{}, fmt.Errorf("%w (it ends on %s)", ErrIssuerOld, i.pair.Cert.NotAfter.Format(time.DateOnly))
	}
	public, err := requested(request)
	if err != nil {
		return Pair{}, err
	}
	cert, err := certify(boxTemplate(centre, now, BoxLife), public, &i.pair)
	if err != nil {
		return Pair{}, fmt.Errorf("sign the certificate of %s: %w", centre, err)
	}
	return Pair{Cert: cert, Above: []*x509.Certificate{i.pair.Cert}}, nil
}

// requested is the key of a request, which proves that its sender has the private half.
func requested(request []byte) (ed25519.PublicKey, error) {
	r, err := x509.ParseCertificateRequest(request)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRequest, err)
	}
	if err := r.CheckSignature(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRequest, err)
	}
	if public, ok := r.PublicKey.(ed25519.PublicKey); ok {
		return public, nil
	}
	return nil, fmt.Errorf("%w: its key is not of Ed25519", ErrRequest)
}

// VerifyBox checks that our root, with or without an issuer between, made a box's certificate, and gives its centre. An
// expired one passes, as of its last hour: whoever renews says so. It reports ErrNotBox.
func VerifyBox(chain Pair, root *x509.Certificate, now time.Time) (id.Centre, error) {
	at := now
	if at.After(chain.Cert.NotAfter) {
		at = chain.Cert.NotAfter
	}
	_, err := chain.Cert.Verify(x509.VerifyOptions{
		Roots: pool(root), Intermediates: pool(chain.Above...), CurrentTime: at,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrNotBox, err)
	}
	return CentreOf(chain.Cert)
}

func pool(certs ...*x509.Certificate) *x509.CertPool {
	p := x509.NewCertPool()
	for _, c := range certs {
		p.AddCert(c)
	}
	return p
}
