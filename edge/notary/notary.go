package notary

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"markaz.example/edge/durable"
)

// Config is what a notary needs.
type Config struct {
	Dir    string // of its files; made if it is missing
	Centre string // code, for the name of the authority
	Names  Names
	Clock  func() Reading // nil means the machine's, which nobody set
	Log    *slog.Logger   // nil means none

	Secrets durable.Secrets // keeps authority.key; nil means a plain file
	Locked  bool            // the key cannot be read now: the certificate that there is goes on
}

// Notary holds the authority and the certificate of the desks' pages. Any goroutine may call it.
type Notary struct {
	Config
	authority authority
	tls       *tls.Config
	held      atomic.Pointer[leaf]
}

// leaf is a certificate in use.
type leaf struct {
	tls   tls.Certificate
	cert  *x509.Certificate
	since time.Time // when it was taken up, by the monotonic clock
}

// Open reads the authority and the certificate, and makes what is missing. It reports ErrHalf and ErrFile.
func Open(c Config) (*Notary, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Secrets == nil {
		c.Secrets = durable.Plain{}
	}
	if c.Clock == nil {
		c.Clock = func() Reading { return Reading{At: time.Now()} }
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("authority for the desks' pages: %w", err)
	}
	own, err := openAuthority(c)
	if err != nil {
		return nil, err
	}
	n := &Notary{Config: c, authority: own}
	n.tls = &tls.Config{MinVersion: tls.VersionTLS13, NextProtos: []string{"http/1.1"}, GetCertificate: n.present}
	if cert, key, err := n.read(); err == nil {
		n.take(cert, key)
	} else if !errors.Is(err, fs.ErrNotExist) {
		c.Log.Warn("the certificate of the desks' pages is made anew", "err", err)
	}
	if err := n.look(c.Clock()); err != nil {
		if n.held.Load() == nil {
			return nil, err
		}
		c.Log.Warn("the certificate of the desks' pages is used and was not kept", "err", err) // a full disk stops no desk
	}
	return n, nil
}

// TLS is how the desks' pages are served: TLS 1.3 alone, and no second version of HTTP, whose many streams in one connection
// nobody here counts.
func (n *Notary) TLS() *tls.Config { return n.tls }

// Root is the authority's certificate.
func (n *Notary) Root() *x509.Certificate { return n.authority.cert }

// Covers are the names and addresses that the certificate in use is for.
func (n *Notary) Covers() []string {
	c := n.held.Load().cert
	return list{names: c.DNSNames, addresses: c.IPAddresses}.strings()
}

func (n *Notary) present(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return &n.held.Load().tls, nil
}

// Run makes the certificate anew when its day comes or the box is reached by another name, until ctx ends. Clock takes the
// place of the one that Open had: it is the ledger's, once there is one.
func (n *Notary) Run(ctx context.Context, clock func() Reading) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if err := n.look(clock()); err != nil {
			n.Log.Warn("the certificate of the desks' pages could not be made anew; the old one is in use", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// look makes a certificate if there is none, if the one in use lacks a name, or if its day has come.
func (n *Notary) look(now Reading) error {
	if n.Locked && n.held.Load() != nil {
		return nil
	}
	if n.Locked {
		return fmt.Errorf("%w: %s cannot be read while the box is locked", ErrHalf, KeyName)
	}
	names, not := n.Names.now().permitted(n.authority.cert)
	held := n.held.Load()
	if held == nil {
		n.warn(not)
		return n.issue(names, dayFor(now, nil, 0))
	}
	day := dayFor(now, held.cert, time.Since(held.since))
	if names.in(held.cert) && !due(held.cert, day) {
		return nil
	}
	n.warn(not)
	return n.issue(names, day)
}

func (n *Notary) warn(not list) {
	if out := not.strings(); len(out) > 0 {
		n.Log.Warn("the authority was made before these names were configured and may not speak for them; make another with markaz tls new", "names", out)
	}
}

// issue makes a certificate for a day, keeps it and takes it up.
func (n *Notary) issue(names list, day time.Time) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial := make([]byte, 16)
	rand.Read(serial) // never fails
	serial[0] &= 0x7f // positive
	cert, err := sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: "markaz " + n.Centre}, SerialNumber: new(big.Int).SetBytes(serial),
		NotBefore: day.Add(-halfLife), NotAfter: day.Add(halfLife),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, DNSNames: names.names, IPAddresses: names.addresses,
	}, n.authority.cert, key, n.authority.key)
	if err != nil {
		return err
	}
	n.take(cert, key)
	n.Log.Info("a certificate for the desks' pages", "names", names.strings(), "until", cert.NotAfter.Format(time.DateOnly))
	return n.keep(cert, key)
}

func (n *Notary) take(cert *x509.Certificate, key *ecdsa.PrivateKey) {
	n.held.Store(&leaf{
		tls:  tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key, Leaf: cert},
		cert: cert, since: time.Now(),
	})
}

// keep writes certificate and key in one file, so that a cut leaves both or neither.
func (n *Notary) keep(cert *x509.Certificate, key *ecdsa.PrivateKey) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return keepSecret(filepath.Join(n.Dir, desksFile), bytes.Join([][]byte{pemOf("CERTIFICATE", cert.Raw), pemOf("PRIVATE KEY", der)}, nil))
}

// read gives back what keep wrote, if this authority signed it. It reports fs.ErrNotExist and ErrFile.
func (n *Notary) read() (*x509.Certificate, *ecdsa.PrivateKey, error) {
	path := filepath.Join(n.Dir, desksFile)
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	first, rest := pem.Decode(b)
	second, _ := pem.Decode(rest)
	if first == nil || second == nil {
		return nil, nil, fmt.Errorf("%s: %w", path, ErrFile)
	}
	cert, err := x509.ParseCertificate(first.Bytes)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w: %w", path, ErrFile, err)
	}
	key, err := parseKey(path, second.Bytes)
	if err != nil {
		return nil, nil, err
	}
	if !key.PublicKey.Equal(cert.PublicKey) || cert.CheckSignatureFrom(n.authority.cert) != nil {
		return nil, nil, fmt.Errorf("%s: %w: another authority signed it", path, ErrFile)
	}
	return cert, key, nil
}
