package roster

import (
	"crypto"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"markaz.example/edge/durable"
)

// ErrPEM is reported when a file does not hold the one certificate or key that it should.
var ErrPEM = errors.New("not the PEM file that belongs here")

const (
	certExt, keyExt   = ".crt", ".key"
	newExt            = ".new" // behind keyExt: the key of a certificate that is being asked for
	certType, keyType = "CERTIFICATE", "PRIVATE KEY"
)

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func (p Pair) save(dir, name string) error {
	der, err := x509.MarshalPKCS8PrivateKey(p.Key)
	if err != nil {
		return fmt.Errorf("encode the key of %s: %w", name, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("save %s: %w", name, err)
	}
	if err := writePEM(filepath.Join(dir, name+keyExt), keyType, der); err != nil {
		return err
	}
	return writePEM(filepath.Join(dir, name+certExt), certType, p.Chain()...)
}

func saveCert(path string, c *x509.Certificate) error { return writePEM(path, certType, c.Raw) }

func writePEM(path, kind string, ders ...[]byte) error {
	var b []byte
	for _, der := range ders {
		b = append(b, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})...)
	}
	return durable.WriteFile(path, b)
}

func loadPair(dir, name string) (Pair, error) { return In(dir).loadPair(name) }

func (at Place) loadPair(name string) (Pair, error) {
	p, err := loadChain(filepath.Join(at.Dir, name+certExt))
	if err != nil {
		return Pair{}, err
	}
	path := filepath.Join(at.Dir, name+keyExt)
	if p.Key, err = at.loadKey(path); err != nil {
		return Pair{}, err
	}
	if !p.fits() {
		return Pair{}, fmt.Errorf("%s: %w: the key is not the one of the certificate beside it", path, ErrPEM)
	}
	return p, nil
}

func (p Pair) fits() bool {
	public, ok := p.Cert.PublicKey.(ed25519.PublicKey)
	return ok && public.Equal(p.Key.Public())
}

func (at Place) loadKey(path string) (crypto.Signer, error) {
	b, err := at.Secrets.Read(path)
	if err != nil {
		return nil, err
	}
	ders, err := parsePEMs(b, path, keyType, 1)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(ders[0])
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", path, ErrPEM, err)
	}
	if signer, ok := key.(crypto.Signer); ok {
		return signer, nil
	}
	return nil, fmt.Errorf("%s: %w: a key that cannot sign", path, ErrPEM)
}

// loadChain reads a certificate, and the issuer's behind it where there is one.
func loadChain(path string) (Pair, error) {
	ders, err := readPEMs(path, certType, chainMax)
	if err != nil {
		return Pair{}, err
	}
	p, err := ParseChain(ders)
	if err != nil {
		return p, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

// ParseChain reads a certificate and those of its issuers, in order, without the root and without a key. It reports
// ErrPEM.
func ParseChain(ders [][]byte) (Pair, error) {
	if len(ders) == 0 || len(ders) > chainMax {
		return Pair{}, fmt.Errorf("%w: %d certificates, want 1 to %d", ErrPEM, len(ders), chainMax)
	}
	certs := make([]*x509.Certificate, len(ders))
	for i, der := range ders {
		var err error
		if certs[i], err = x509.ParseCertificate(der); err != nil {
			return Pair{}, fmt.Errorf("%w: %w", ErrPEM, err)
		}
	}
	return Pair{Cert: certs[0], Above: certs[1:]}, nil
}

func loadCert(path string) (*x509.Certificate, error) {
	p, err := loadChain(path)
	return p.Cert, err
}

// readPEM reads a file of one block of a kind.
func readPEM(path, kind string) ([]byte, error) {
	ders, err := readPEMs(path, kind, 1)
	if err != nil {
		return nil, err
	}
	return ders[0], nil
}

// readPEMs reads a file of 1 to limit blocks of one kind.
func readPEMs(path, kind string, limit int) ([][]byte, error) {
	b, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return parsePEMs(b, path, kind, limit)
}

func parsePEMs(b []byte, path, kind string, limit int) ([][]byte, error) {
	var ders [][]byte
	for len(b) > 0 {
		var block *pem.Block
		if block, b = pem.Decode(b); block == nil || block.Type != kind || len(ders) == limit {
			return nil, fmt.Errorf("%s: %w: want 1 to %d blocks of type %s and nothing else", path, ErrPEM, limit, kind)
		}
		ders = append(ders, block.Bytes)
	}
	if len(ders) == 0 {
		return nil, fmt.Errorf("%s: %w: it is empty", path, ErrPEM)
	}
	return ders, nil
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, fileBytesMax+1))
	if err == nil && len(b) > fileBytesMax {
		err = fmt.Errorf("%s: larger than %d bytes", path, fileBytesMax)
	}
	return b, err
}
