package box

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"markaz.example/edge/chain"
	"markaz.example/edge/durable"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// The files of the data directory.
const (
	ledgerName = "ledger.db"
	keyName    = "box.key"
	packsName  = "packs" // a directory: see package depot
)

// ErrLedgerGone is reported when there is a key and no ledger: the box has a history, and its file is not here.
var ErrLedgerGone = errors.New("this box has an identity but its ledger file is gone; it will not begin a new history by itself")

// ErrKey is reported when the key file is not one.
var ErrKey = errors.New("not the key of a box")

const pemType = "PRIVATE KEY"

// settle finds or makes the ledger file and the box's key. The ledger comes first, so that a power cut between the two
// leaves a ledger that gets its key at the next start.
func settle(secrets durable.Secrets, dir string, centre id.Centre) (ed25519.PrivateKey, error) {
	if err := makeDir(dir); err != nil {
		return nil, err
	}
	file, key := filepath.Join(dir, ledgerName), filepath.Join(dir, keyName)
	switch hasLedger, hasKey := exists(file), secrets.Has(key); {
	case !hasLedger && hasKey:
		return nil, fmt.Errorf("%w: %s; put the file back, or call headquarters, who hold a copy of what was sent: it is read back with markaz enrol --replace and markaz restore", ErrLedgerGone, file)
	case !hasLedger:
		in := chain.Incarnation{Centre: centre}
		if _, err := rand.Read(in.Nonce[:]); err != nil {
			return nil, err
		}
		if err := ledger.Create(file, in); err != nil {
			return nil, err
		}
		return makeKey(secrets, key)
	case !hasKey:
		return makeKey(secrets, key)
	}
	return readKey(secrets, key)
}

func makeDir(dir string) error {
	if err := durable.MakeDir(dir); err != nil {
		return fmt.Errorf("data directory: %w", err)
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

func makeKey(secrets durable.Secrets, path string) (ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the box's key: %w", err)
	}
	text, err := encodeKey(key)
	if err != nil {
		return nil, err
	}
	if err := secrets.Write(path, text); err != nil {
		return nil, fmt.Errorf("save the box's key: %w", err)
	}
	return key, nil
}

func readKey(secrets durable.Secrets, path string) (ed25519.PrivateKey, error) {
	b, err := secrets.Read(path)
	if err != nil {
		return nil, fmt.Errorf("read the box's key: %w", err)
	}
	key, err := parseKey(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return key, nil
}

func parseKey(b []byte) (ed25519.PrivateKey, error) {
	block, _ := pem.Decode(b)
	if block == nil || block.Type != pemType {
		return nil, ErrKey
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	if k, ok := key.(ed25519.PrivateKey); ok {
		return k, nil
	}
	return nil, fmt.Errorf("%w: it is of another kind", ErrKey)
}
