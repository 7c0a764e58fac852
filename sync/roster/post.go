package roster

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// postName begins the names of the two halves of the post key, beside the certificates.
const (
	postName   = "post"
	pubExt     = ".pub"
	publicType = "PUBLIC KEY"
)

// ErrPostKey is reported when a post key is there already: another would not be believed by boxes that know the first.
var ErrPostKey = errors.New("there is a post key already; boxes believe that one")

// NewPostKey makes the key under what headquarters says to boxes: post.key for every node, post.pub for every box. It
// reports ErrPostKey.
func NewPostKey(dir string) error {
	path := filepath.Join(dir, postName+keyExt)
	if exists(path) {
		return fmt.Errorf("%s: %w", path, ErrPostKey)
	}
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("make the post key: %w", err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fmt.Errorf("encode the post key: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("save the post key: %w", err)
	}
	if err := writePEM(path, keyType, secret); err != nil {
		return err
	}
	return SavePostPublic(dir, public)
}

// SavePostPublic writes the half that boxes know.
func SavePostPublic(dir string, public ed25519.PublicKey) error {
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return fmt.Errorf("encode the post key: %w", err)
	}
	return writePEM(filepath.Join(dir, postName+pubExt), publicType, der)
}

// PostKey reads a node's post key; nil when it has none. It reports ErrPEM.
func PostKey(dir string) (ed25519.PrivateKey, error) {
	return ReadPostKey(filepath.Join(dir, postName+keyExt))
}

// ReadPostKey reads a post key; nil when there is no such file. It reports ErrPEM.
func ReadPostKey(path string) (ed25519.PrivateKey, error) {
	der, err := readPEM(path, keyType)
	if err != nil {
		return nil, absent(err)
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if own, ok := key.(ed25519.PrivateKey); ok {
		return own, nil
	}
	return nil, fmt.Errorf("%s: %w: want an Ed25519 key", path, errors.Join(ErrPEM, err))
}

// PostPublic reads the half that a box knows; nil when it has none. It reports ErrPEM.
func PostPublic(dir string) (ed25519.PublicKey, error) {
	path := filepath.Join(dir, postName+pubExt)
	der, err := readPEM(path, publicType)
	if err != nil {
		return nil, absent(err)
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if own, ok := key.(ed25519.PublicKey); ok {
		return own, nil
	}
	return nil, fmt.Errorf("%s: %w: want an Ed25519 key", path, errors.Join(ErrPEM, err))
}

// absent passes over a file that is not there.
func absent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
