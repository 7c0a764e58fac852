package vault

import (
	"errors"
	"fmt"
	"os"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/durable"
)

// compactBytes is how much of the file is copied in one transaction.
const compactBytes = 1 << 20

// Forget deletes the key of a subject and returns when that is on disk: whatever was sealed under it opens never again. A
// subject without one is no error. The file is written anew, since bbolt leaves what was deleted in pages it will use again.
// What a flash drive keeps of the old file is beyond reach from here; it is wrapped by the box's key.
func (v *Vault) Forget(subject string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	err := v.db.Update(func(tx *bolt.Tx) error { return tx.Bucket(keysName).Delete([]byte(subject)) })
	if err != nil {
		return fmt.Errorf("forget: %w", store.CommitError(err))
	}
	return v.rewrite()
}

// rewrite puts a copy that holds only what is in use in the place of the file. Called with mu held.
func (v *Vault) rewrite() error {
	aside := v.path + ".new"
	if err := os.Remove(aside); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("clear an unfinished vault: %w", err)
	}
	if err := v.copyTo(aside); err != nil {
		return fmt.Errorf("write the vault anew: %w", errors.Join(err, os.Remove(aside)))
	}
	if err := durable.Replace(aside, v.path); err != nil {
		return err
	}
	old := v.db
	db, err := store.Open(v.path, false, v.check)
	if err != nil {
		return fmt.Errorf("open the vault anew: %w", err)
	}
	v.db = db
	return old.Close()
}

func (v *Vault) copyTo(aside string) error {
	to, err := bolt.Open(aside, 0o600, store.Options())
	if err != nil {
		return err
	}
	return errors.Join(bolt.Compact(to, v.db, compactBytes), to.Sync(), to.Close())
}
