package roster

import (
	"crypto/ed25519"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

const (
	postName   = "post" // post.key at headquarters, post.pub at a box
	publicExt  = ".pub"
	publicType = "PUBLIC KEY"
)

func savePost(dir string, key ed25519.PublicKey) error {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return fmt.Errorf("encode headquarters' public key: %w", err)
	}
	return writePEM(filepath.Join(dir, postName+publicExt), publicType, der)
}

// PostKey is the public half of the key in post.key of headquarters' directory, by which boxes know what comes down from
// it; nil where there is none.
func PostKey(dir string) (ed25519.PublicKey, error) {
	key, err := loadKey(filepath.Join(dir, postName+keyExt))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("headquarters' key for what it sends down: %w", err)
	}
	if public, ok := key.Public().(ed25519.PublicKey); ok {
		return public, nil
	}
	return nil, fmt.Errorf("headquarters' key for what it sends down: %w: not of Ed25519", ErrPEM)
}
