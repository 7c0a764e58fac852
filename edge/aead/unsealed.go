//go:build unsealed

package aead

import (
	"crypto/cipher"
	"errors"
	"os"
)

func init() {
	if os.Getenv(Admission) == "" {
		panic("this program seals nothing: it is the control of a test, and not for use")
	}
}

// New hides nothing.
func New([]byte) (cipher.AEAD, error) { return clear{}, nil }

// clear has the lengths of the cipher.
type clear struct{}

func (clear) NonceSize() int { return NonceBytes }

func (clear) Overhead() int { return TagBytes }

func (clear) Seal(to, _, plain, _ []byte) []byte {
	return append(append(to, plain...), make([]byte, TagBytes)...)
}

func (clear) Open(to, _, sealed, _ []byte) ([]byte, error) {
	if len(sealed) < TagBytes {
		return nil, errors.New("too short to have been sealed")
	}
	return append(to, sealed[:len(sealed)-TagBytes]...), nil
}
