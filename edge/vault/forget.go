package vault

import (
	"errors"
	"fmt"
	"os"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/durable"
)

// Forget deletes the key of a subject and returns when that is on disk: whatever was sealed under it opens never again. A
// subject without one is no error. The file is written anew without the key, since bbolt leaves what was deleted in pages
// that it will use again. After an error before the new file took the old one's place, everything is as it was. What a flash drive
// keeps of the old file is beyond reach from here; it is wrapped by the box's key.
func (v *Vault) Forget(subject string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	aside := v.path + ".new"
	if err := os.Remove(aside); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("clear an unfinished vault: %w", err)
	}
	without, err := v.copyWithout(subject, aside)
	if err != nil {
		return fmt.Errorf("write the vault anew: %w", errors.Join(err, os.Remove(aside)))
	}
	if err := durable.Replace(aside, v.path); err != nil {
		// Which file has the name is not known. Neither is written to any more: keys made in the one that has none would be lost.
		return errors.Join(err, without.Close(), v.db.Close())
	}
	before := v.db
	v.db = without
	return before.Close()
}

// copyWithout writes everything but one subject's key to a new file, and leaves it open, so that it is locked when it takes
// the place of the old one. Called with mu held.
func (v *Vault) copyWithout(subject, aside string) (*bolt.DB, error) {
	to, err := bolt.Open(aside, 0o600, store.Options())
	if err != nil {
		return nil, err
	}
	err = v.db.View(func(from *bolt.Tx) error {
		return to.Update(func(into *bolt.Tx) error {
			return errors.Join(copyBucket(from, into, metaName, ""), copyBucket(from, into, keysName, subject))
		})
	})
	if err != nil {
		return nil, errors.Join(store.CommitError(err), to.Close())
	}
	return to, nil
}

func copyBucket(from, into *bolt.Tx, name []byte, without string) error {
	to, err := into.CreateBucket(name)
	if err != nil {
		return err
	}
	return from.Bucket(name).ForEach(func(key, value []byte) error {
		if string(key) == without {
			return nil
		}
		return to.Put(key, value)
	})
}
