package strongbox

import (
	"crypto/cipher"
	"fmt"

	"markaz.example/edge/aead"
)

// cipherOf is the cipher for one name under a secret, until done.
func cipherOf(secret []byte, name string) (c cipher.AEAD, done func(), err error) {
	k, err := derive(secret, name)
	if err != nil {
		return nil, nil, fmt.Errorf("draw the key of %s: %w", name, err)
	}
	done = func() { clear(k) }
	if c, err = aead.New(k); err != nil {
		done()
		return nil, nil, fmt.Errorf("make the cipher of %s: %w", name, err)
	}
	return c, done, nil
}
