package vault

import (
	"fmt"
)

// Copy writes the vault to a file that is not there, for its owner alone, and gives what its key's file holds. A key that
// was made before Copy began is in it; who forgets meanwhile waits for it.
func (v *Vault) Copy(path string) (key []byte, err error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	to, err := v.copyWithout("", path)
	if err != nil {
		return nil, fmt.Errorf("copy the vault: %w", err)
	}
	if err := to.Close(); err != nil {
		return nil, fmt.Errorf("copy the vault: %w", err)
	}
	return v.box.file(), nil
}
