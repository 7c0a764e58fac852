package roster

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
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

// Place is where a box's identity is: box.crt, box.key and root.crt of a directory.
type Place struct {
	Dir     string
	Secrets durable.Secrets // keeps box.key
}

// KeyFiles are the paths under which its secrets may be kept.
func (at Place) KeyFiles() []string {
	key := filepath.Join(at.Dir, boxName+keyExt)
	return []string{key, key + newExt}
}

// In is a directory whose key is a plain file.
func In(dir string) Place { return Place{dir, durable.Plain{}} }

// Identity is who a box is on the road: what is at its place, and the name that headquarters' certificate must say. Any
// goroutine may call it.
type Identity struct {
	place Place
	name  string
	clock Clock
	root  *x509.Certificate
	pair  atomic.Pointer[Pair]

	mu    sync.Mutex
	shown []*x509.Certificate // guarded by mu: by headquarters, when its time decided nothing
}

// OpenIdentity reads a directory whose key is a plain file.
func OpenIdentity(dir, name string, clock Clock) (*Identity, error) { return In(dir).Open(name, clock) }

// Open reads what is there.
func (at Place) Open(name string, clock Clock) (*Identity, error) {
	if err := at.settleKey(); err != nil {
		return nil, fmt.Errorf("the box's certificate: %w", err)
	}
	p, root, err := at.load(boxName)
	if err != nil {
		return nil, fmt.Errorf("the box's certificate: %w", err)
	}
	i := &Identity{place: at, name: name, clock: clock, root: root}
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

// NextKey is Place.NextKey with a plain file.
func NextKey(dir string) (crypto.Signer, error) { return In(dir).NextKey() }

// NextKey is the key for the next certificate.
func (i *Identity) NextKey() (crypto.Signer, error) { return i.place.NextKey() }

// NextKey is the key to ask a certificate for. It is on disk before it is given, so that asking again after a power cut
// is asking the same.
func (at Place) NextKey() (crypto.Signer, error) {
	if err := at.settleKey(); err != nil {
		return nil, err
	}
	path := filepath.Join(at.Dir, boxName+keyExt+newExt)
	key, err := at.loadKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := os.MkdirAll(at.Dir, 0o700); err != nil {
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
	return made, at.Secrets.Write(path, pem.EncodeToMemory(&pem.Block{Type: keyType, Bytes: der}))
}

// Request is a certificate request for a key; the same each time.
func Request(key crypto.Signer) ([]byte, error) {
	return x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
}

// SaveNext is Place.SaveNext with a plain file.
func SaveNext(dir string, chain Pair, root *x509.Certificate, post ed25519.PublicKey) error {
	return In(dir).SaveNext(chain, root, post)
}

// SaveNext puts the certificate that was asked for with NextKey, with the root and headquarters' key for what it sends
// down, which may be nil, into the place of what is there. The certificate decides: cut off before it is in place,
// everything is as it was; after that, the key follows at the next opening.
func (at Place) SaveNext(chain Pair, root *x509.Certificate, post ed25519.PublicKey) error {
	dir := at.Dir
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
	return at.settleKey()
}

// Renewed takes the certificate that was asked for into use.
func (i *Identity) Renewed(chain Pair) error {
	if err := i.place.SaveNext(chain, nil, nil); err != nil {
		return err
	}
	p, err := i.place.loadPair(boxName)
	if err == nil {
		i.pair.Store(&p)
	}
	return err
}

// settleKey ends what a power cut interrupted: the certificate is of the new key, which is not in its place yet.
func (at Place) settleKey() error {
	name := filepath.Join(at.Dir, boxName)
	chain, err := loadChain(name + certExt)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	next, err := at.loadKey(name + keyExt + newExt)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if chain.Key = next; !chain.fits() {
		return nil
	}
	return at.Secrets.Move(name+keyExt+newExt, name+keyExt)
}
