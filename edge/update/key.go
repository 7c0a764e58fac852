package update

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// ErrNoKey is reported where no release key is known.
var ErrNoKey = errors.New("the box knows no release key: put release.pub into /etc/markaz, as root")

// ReadKeys reads the release keys of files, one or more PEM blocks "PUBLIC KEY" each; a file that is not there is passed
// over. It reports ErrNoKey when there are none.
func ReadKeys(files ...string) (keys []ed25519.PublicKey, err error) {
	for _, name := range files {
		b, err := readBounded(name, keyFileBytesMax)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read release keys: %w", err)
		}
		more, err := parseKeys(b)
		if err != nil {
			return nil, fmt.Errorf("read release keys in %s: %w", name, err)
		}
		keys = append(keys, more...)
	}
	if len(keys) == 0 {
		return nil, ErrNoKey
	}
	return keys, nil
}

func readBounded(name string, most int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most))
}

var errKeyFile = errors.New("want PEM blocks PUBLIC KEY with Ed25519 keys")

func parseKeys(b []byte) (keys []ed25519.PublicKey, err error) {
	for len(keys) < keysMax {
		var block *pem.Block
		if block, b = pem.Decode(b); block == nil {
			break
		}
		parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
		key, ok := parsed.(ed25519.PublicKey)
		if err != nil || !ok {
			return nil, errKeyFile
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, errKeyFile
	}
	return keys, nil
}

// ReadPrivateKey reads the release key that signs: one PEM block "PRIVATE KEY".
func ReadPrivateKey(name string) (ed25519.PrivateKey, error) {
	b, err := readBounded(name, keyFileBytesMax)
	if err != nil {
		return nil, fmt.Errorf("read the release key: %w", err)
	}
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, fmt.Errorf("read the release key in %s: want a PEM block PRIVATE KEY", name)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, ok := parsed.(ed25519.PrivateKey)
	if err != nil || !ok {
		return nil, fmt.Errorf("read the release key in %s: want an Ed25519 key", name)
	}
	return key, nil
}

// EncodeKeys gives a key pair as the two files' text.
func EncodeKeys(key ed25519.PrivateKey) (private, public []byte, err error) {
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	open, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}),
		pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: open}), nil
}
