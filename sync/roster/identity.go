package roster

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"markaz.example/edge/durable"
)

// Clock is the time as a box knows it. Trusted is false while nobody has told it the time in this boot: nothing is then
// refused because of the time alone.
type Clock func() (now time.Time, trusted bool)

// MachineClock is the machine's own clock, trusted.
func MachineClock() (time.Time, bool) { return time.Now(), true }

// Identity is who a box is on the road: box.crt, box.key and root.crt of a directory, and the name that headquarters'
// certificate must say. Any goroutine may call it.
type Identity struct {
	dir, name string
	clock     Clock
	root      *x509.Certificate
	pair      atomic.Pointer[Pair]

	mu    sync.Mutex
	shown []*x509.Certificate // guarded by mu: by headquarters, when its time decided nothing
}

// OpenIdentity reads a directory.
func OpenIdentity(dir, name string, clock Clock) (*Identity, error) {
	if err := settleKey(dir); err != nil {
		return nil, fmt.Errorf("the box's certificate: %w", err)
	}
	p, root, err := load(dir, boxName)
	if err != nil {
		return nil, fmt.Errorf("the box's certificate: %w", err)
	}
	i := &Identity{dir: dir, name: name, clock: clock, root: root}
	i.pair.Store(&p)
	return i, nil
}

// Pair is the certificate and key in use.
func (i *Identity) Pair() Pair { return *i.pair.Load() }

// TLS is the box's end of a link. It shows the pair that is in use when a link begins.
func (i *Identity) TLS() *tls.Config {
	c := i.Anonymous()
	c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		own := i.Pair().tls()
		return &own, nil
	}
	return c
}

// Anonymous is the same without a certificate: an expired one would end the handshake.
func (i *Identity) Anonymous() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13, ServerName: i.name, RootCAs: pool(i.root),
		InsecureSkipVerify: true, // only the time differs from what crypto/tls would do: verify does all of it
		VerifyConnection:   i.verify,
	}
}

func (i *Identity) verify(s tls.ConnectionState) error {
	err := VerifyServer(s.PeerCertificates, i.root, i.name, i.clock)
	if err == nil {
		i.mu.Lock()
		i.shown = s.PeerCertificates
		i.mu.Unlock()
	}
	return err
}

// Recheck looks again at the certificate that headquarters showed last, at a time that was told since.
func (i *Identity) Recheck(now time.Time) error {
	i.mu.Lock()
	shown := i.shown
	i.mu.Unlock()
	if shown == nil {
		return nil
	}
	return VerifyServer(shown, i.root, i.name, func() (time.Time, bool) { return now, true })
}

// NextKey is the key to ask a certificate for. It is on disk before it is given, so that asking again after a power cut
// is asking the same.
func NextKey(dir string) (crypto.Signer, error) {
	if err := settleKey(dir); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, boxName+keyExt+newExt)
	key, err := loadKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the directory of the box's certificate: %w", err)
	}
	_, made, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(made)
	if err != nil {
		return nil, err
	}
	return made, writePEM(path, keyType, der)
}

// Request is a certificate request for a key; the same each time.
func Request(key crypto.Signer) ([]byte, error) {
	return x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
}

// SaveNext puts the certificate that was asked for with NextKey, with the root and headquarters' key for what it sends
// down, which may be nil, into the place of what is there. The certificate decides: cut off before it is in place,
// everything is as it was; after that, the key follows at the next opening.
func SaveNext(dir string, chain Pair, root *x509.Certificate, post ed25519.PublicKey) error {
	if root != nil {
		if err := saveCert(filepath.Join(dir, rootName+certExt), root); err != nil {
			return err
		}
	}
	if post != nil {
		if err := SavePostPublic(dir, post); err != nil {
			return err
		}
	}
	if err := writePEM(filepath.Join(dir, boxName+certExt), certType, chain.Chain()...); err != nil {
		return err
	}
	return settleKey(dir)
}

// Renewed takes the certificate that was asked for into use.
func (i *Identity) Renewed(chain Pair) error {
	if err := SaveNext(i.dir, chain, nil, nil); err != nil {
		return err
	}
	p, err := loadPair(i.dir, boxName)
	if err == nil {
		i.pair.Store(&p)
	}
	return err
}

// settleKey ends what a power cut interrupted: the certificate is of the new key, which is not in its place yet.
func settleKey(dir string) error {
	name := filepath.Join(dir, boxName)
	chain, err := loadChain(name + certExt)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	next, err := loadKey(name + keyExt + newExt)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if chain.Key = next; !chain.fits() {
		return nil
	}
	return durable.Replace(name+keyExt+newExt, name+keyExt)
}
