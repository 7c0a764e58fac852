package roster

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"path/filepath"
	"time"

	"markaz.example/edge/id"
)

// ErrExists is reported when an authority is to be made where one is: its certificates would be void.
var ErrExists = errors.New("there is an authority already")

const organisation = "markaz"

// Authority is the private root of a headquarters and its boxes. Its key stays with whoever issues certificates; a
// running headquarters does not need it.
type Authority struct{ root Pair }

// Pair is a certificate and its key.
type Pair struct {
	Cert  *x509.Certificate
	Above []*x509.Certificate // who signed it, and so on; without the root, so none where the root signed
	Key   crypto.Signer
}

// Chain is the certificate and those above it, as TLS sends them.
func (p Pair) Chain() [][]byte {
	ders := [][]byte{p.Cert.Raw}
	for _, c := range p.Above {
		ders = append(ders, c.Raw)
	}
	return ders
}

// NewAuthority makes a root. Now is the time from which it counts.
func NewAuthority(now time.Time) (*Authority, error) {
	template := template(pkix.Name{Organization: []string{organisation}, CommonName: "markaz root"}, now, rootLife)
	template.IsCA, template.MaxPathLen = true, 1 // an issuer stands between the root and a box
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	pair, err := sign(template, nil)
	if err != nil {
		return nil, fmt.Errorf("make an authority: %w", err)
	}
	return &Authority{pair}, nil
}

// Root is the certificate that boxes and headquarters trust.
func (a *Authority) Root() *x509.Certificate { return a.root.Cert }

// IssueBox makes the certificate of a centre's box.
func (a *Authority) IssueBox(centre id.Centre, now time.Time) (Pair, error) {
	if err := centre.Check(); err != nil {
		return Pair{}, fmt.Errorf("issue a box certificate: %w", err)
	}
	pair, err := sign(boxTemplate(centre, now, leafLife), &a.root)
	if err != nil {
		return Pair{}, fmt.Errorf("issue the certificate of %s: %w", centre, err)
	}
	return pair, nil
}

// IssueHQ makes headquarters' certificate for its DNS names and IP addresses. The boxes pin one of them.
func (a *Authority) IssueHQ(names []string, now time.Time) (Pair, error) {
	if len(names) == 0 {
		return Pair{}, errors.New("issue headquarters' certificate: give at least one name or address that boxes dial")
	}
	t := template(pkix.Name{Organization: []string{organisation}, CommonName: "headquarters"}, now, leafLife)
	t.KeyUsage, t.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, n := range names {
		if ip := net.ParseIP(n); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, n)
		}
	}
	pair, err := sign(t, &a.root)
	if err != nil {
		return Pair{}, fmt.Errorf("issue headquarters' certificate: %w", err)
	}
	return pair, nil
}

func boxTemplate(centre id.Centre, now time.Time, life time.Duration) *x509.Certificate {
	t := template(pkix.Name{Organization: []string{organisation}, CommonName: "box of " + string(centre)}, now, life)
	t.KeyUsage, t.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	t.URIs = []*url.URL{centreURI(centre)}
	return t
}

func template(subject pkix.Name, now time.Time, life time.Duration) *x509.Certificate {
	return &x509.Certificate{
		Subject: subject, NotBefore: now.Add(-skew), NotAfter: now.Add(life), BasicConstraintsValid: true,
	}
}

// sign makes a key and its certificate, signed by the issuer, or by itself when there is none.
func sign(t *x509.Certificate, issuer *Pair) (Pair, error) {
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return Pair{}, err
	}
	if issuer == nil {
		issuer = &Pair{Cert: t, Key: key}
	}
	cert, err := certify(t, public, issuer)
	return Pair{Cert: cert, Key: key}, err
}

// certify signs a certificate of a key, with a serial number of its own.
func certify(t *x509.Certificate, public crypto.PublicKey, issuer *Pair) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), serialBits))
	if err != nil {
		return nil, err
	}
	t.SerialNumber = serial
	der, err := x509.CreateCertificate(rand.Reader, t, issuer.Cert, public, issuer.Key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

const (
	rootName   = "root"
	issuerName = "issuer"
	boxName    = "box"
	hqName     = "hq"
)

// Save writes root.crt and root.key into a directory that has none. It reports ErrExists.
func (a *Authority) Save(dir string) error {
	if exists(filepath.Join(dir, rootName+keyExt)) || exists(filepath.Join(dir, rootName+certExt)) {
		return fmt.Errorf("%s: %w: choose another directory, or go on with the one that is there", dir, ErrExists)
	}
	return a.root.save(dir, rootName)
}

// LoadAuthority reads what Save wrote.
func LoadAuthority(dir string) (*Authority, error) {
	p, err := loadPair(dir, rootName)
	if err != nil {
		return nil, fmt.Errorf("load the authority: %w", err)
	}
	if !p.Cert.IsCA {
		return nil, fmt.Errorf("load the authority from %s: its certificate is not an authority's", dir)
	}
	return &Authority{p}, nil
}

// SaveBox writes box.crt, box.key and root.crt, all that a box needs.
func (a *Authority) SaveBox(dir string, p Pair) error { return a.saveLeaf(dir, boxName, p) }

// SaveHQ writes hq.crt, hq.key and root.crt, all that headquarters needs.
func (a *Authority) SaveHQ(dir string, p Pair) error { return a.saveLeaf(dir, hqName, p) }

func (a *Authority) saveLeaf(dir, name string, p Pair) error {
	return errors.Join(p.save(dir, name), saveCert(filepath.Join(dir, rootName+certExt), a.root.Cert))
}
