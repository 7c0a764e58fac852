package notary

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"

	"markaz.example/edge/durable"
)

// The files of the directory.
const (
	KeyName       = "authority.key"
	authorityCert = "authority.crt"
	desksFile     = "desks.pem"
)

// What opening reports.
var (
	// ErrHalf: there is a certificate of the authority and no key, or one of another.
	ErrHalf = errors.New("the key of the authority for the desks' pages is gone: put authority.key back, or make another authority with markaz tls new, which every desk's machine has to be given anew")
	// ErrFile: a file is none of ours.
	ErrFile = errors.New("not a file of the authority for the desks' pages")
)

// authority is the root and its key.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// openAuthority reads the authority, or makes one where there is none. A cut between its two files leaves a key, which gets
// its certificate at the next start.
func openAuthority(c Config) (a authority, err error) {
	dir := c.Dir
	key, cert := filepath.Join(dir, KeyName), filepath.Join(dir, authorityCert)
	switch hasKey, hasCert := c.Secrets.Has(key), exists(cert); {
	case hasKey && hasCert:
		return c.readAuthority()
	case hasCert:
		return a, fmt.Errorf("%s: %w", key, ErrHalf)
	case hasKey:
		a.key, err = readKey(c.Secrets, key)
	default:
		a.key, err = makeKey(c.Secrets, key)
	}
	if err != nil {
		return a, err
	}
	if a.cert, err = a.ofItself(c.Centre, c.Names); err != nil {
		return a, err
	}
	return a, durable.WriteFile(cert, pemOf("CERTIFICATE", a.cert.Raw))
}

// ofItself is the root: of one level, for servers alone, and bound to what this centre calls its own.
func (a authority) ofItself(centre string, n Names) (*x509.Certificate, error) {
	names, networks := n.own()
	public, err := a.key.PublicKey.Bytes()
	if err != nil {
		return nil, fmt.Errorf("name the authority: %w", err)
	}
	id := sha256.Sum256(public)
	id[0] &= 0x7f // a serial number is positive
	root := &x509.Certificate{
		Subject:      pkix.Name{CommonName: "markaz " + centre + " desks", Organization: []string{"markaz " + centre}},
		SerialNumber: new(big.Int).SetBytes(id[:16]), SubjectKeyId: id[:20],
		NotBefore: authorityFrom, NotAfter: authorityUntil,
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: names, PermittedIPRanges: networks,
	}
	return sign(root, root, a.key, a.key)
}

func sign(what, parent *x509.Certificate, of, by *ecdsa.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, what, parent, &of.PublicKey, by)
	if err != nil {
		return nil, fmt.Errorf("sign %s: %w", what.Subject.CommonName, err)
	}
	return x509.ParseCertificate(der)
}

func (c Config) readAuthority() (a authority, err error) {
	if a.cert, err = ReadRoot(c.Dir); err != nil || c.Locked {
		return a, err
	}
	if a.key, err = readKey(c.Secrets, filepath.Join(c.Dir, KeyName)); err != nil {
		return a, err
	}
	if !a.key.PublicKey.Equal(a.cert.PublicKey) {
		return a, fmt.Errorf("%s: %w", c.Dir, ErrHalf)
	}
	return a, nil
}

// ReadRoot reads the authority's certificate. It reports fs.ErrNotExist and ErrFile.
func ReadRoot(dir string) (*x509.Certificate, error) {
	path := filepath.Join(dir, authorityCert)
	der, err := readPEM(path, "CERTIFICATE")
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", path, ErrFile, err)
	}
	return cert, nil
}

// Renounce deletes the authority and its certificate, so that Open makes others.
func Renounce(dir string, secrets durable.Secrets) error {
	var failed []error
	for _, name := range []string{desksFile, authorityCert} {
		if err := os.Remove(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			failed = append(failed, err)
		}
	}
	if err := secrets.Remove(filepath.Join(dir, KeyName)); !errors.Is(err, fs.ErrNotExist) {
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// Fingerprint is the SHA-256 of a certificate as browsers and Windows show it: "AB:CD:...", 32 pairs.
func Fingerprint(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	pairs := make([]string, len(sum))
	for i, b := range sum {
		pairs[i] = fmt.Sprintf("%02X", b)
	}
	return strings.Join(pairs, ":")
}

// makeKey draws a key and keeps it.
func makeKey(secrets durable.Secrets, path string) (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make %s: %w", path, err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("make %s: %w", path, err)
	}
	return key, secrets.Write(path, pemOf("PRIVATE KEY", der))
}

// keepSecret is the one way in which a secret of this package reaches the disk.
func keepSecret(path string, b []byte) error {
	if err := durable.WriteFile(path, b); err != nil {
		return fmt.Errorf("save %s: %w", filepath.Base(path), err)
	}
	return nil
}

func readKey(secrets durable.Secrets, path string) (*ecdsa.PrivateKey, error) {
	b, err := secrets.Read(path)
	if err != nil {
		return nil, fmt.Errorf("authority for the desks' pages: %w", err)
	}
	der, err := parsePEM(path, "PRIVATE KEY", b)
	if err != nil {
		return nil, err
	}
	return parseKey(path, der)
}

func parseKey(path string, der []byte) (*ecdsa.PrivateKey, error) {
	key, err := x509.ParsePKCS8PrivateKey(der)
	if own, ok := key.(*ecdsa.PrivateKey); ok && err == nil {
		return own, nil
	}
	return nil, errors.Join(fmt.Errorf("%s: %w", path, ErrFile), err)
}

func readPEM(path, kind string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("authority for the desks' pages: %w", err)
	}
	return parsePEM(path, kind, b)
}

func parsePEM(path, kind string, b []byte) ([]byte, error) {
	block, _ := pem.Decode(b)
	if block == nil || block.Type != kind {
		return nil, fmt.Errorf("%s: %w", path, ErrFile)
	}
	return block.Bytes, nil
}

func pemOf(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// private are the networks that no machine of the Internet is on, and the machine itself.
// Source: RFC 1918, 3927, 4193, 4291, 6598.
var private = networksOf("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8", "fc00::/7", "::1/128")

func networksOf(texts ...string) (out []*net.IPNet) {
	for _, text := range texts {
		_, network, err := net.ParseCIDR(text)
		if err != nil {
			panic("BUG: " + err.Error())
		}
		out = append(out, network)
	}
	return out
}
