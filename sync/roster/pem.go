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
	return saveCert(filepath.Join(dir, name+certExt), p.Cert)
}

func saveCert(path string, c *x509.Certificate) error { return writePEM(path, certType, c.Raw) }

func writePEM(path, kind string, der []byte) error {
	return durable.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func loadPair(dir, name string) (Pair, error) {
	cert, err := loadCert(filepath.Join(dir, name+certExt))
	if err != nil {
		return Pair{}, err
	}
	path := filepath.Join(dir, name+keyExt)
	der, err := readPEM(path, keyType)
	if err != nil {
		return Pair{}, err
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return Pair{}, fmt.Errorf("%s: %w: %w", path, ErrPEM, err)
	}
	signer, ok := key.(crypto.Signer)
	public, _ := cert.PublicKey.(ed25519.PublicKey)
	if !ok || !public.Equal(signer.Public()) {
		return Pair{}, fmt.Errorf("%s: %w: the key is not the one of the certificate beside it", path, ErrPEM)
	}
	return Pair{cert, signer}, nil
}

func loadCert(path string) (*x509.Certificate, error) {
	der, err := readPEM(path, certType)
	if err != nil {
		return nil, err
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", path, ErrPEM, err)
	}
	return c, nil
}

func readPEM(path, kind string) ([]byte, error) {
	b, err := readFile(path)
	if err != nil {
		return nil, err
	}
	block, rest := pem.Decode(b)
	if block == nil || block.Type != kind || len(rest) > 0 {
		return nil, fmt.Errorf("%s: %w: want one block of type %s", path, ErrPEM, kind)
	}
	return block.Bytes, nil
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
