package strongbox

import (
	"crypto/cipher"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"
)

// cipherOf is the cipher for one name under a secret, until done.
func cipherOf(secret []byte, name string) (aead cipher.AEAD, done func(), err error) {
	k, err := derive(secret, name)
	if err != nil {
		return nil, nil, fmt.Errorf("draw the key of %s: %w", name, err)
	}
	done = func() { clear(k) }
	if aead, err = chacha20poly1305.NewX(k); err != nil {
		done()
		return nil, nil, fmt.Errorf("make the cipher of %s: %w", name, err)
	}
	return aead, done, nil
}
