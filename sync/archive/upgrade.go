package archive

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// upgrade makes an archive of format 1 one of format 2, in one transaction.
func (a *Archive) upgrade() (err error) {
	defer store.Guard(&err)()
	err = a.db.Update(func(tx *bolt.Tx) error {
		meta, chains := tx.Bucket(metaName), tx.Bucket(chainsName)
		if meta.Get(formatKey)[0] == formatVersion {
			return nil
		}
		err := chains.ForEachBucket(func(name []byte) error { return upgradeChain(string(name), chains.Bucket(name)) })
		return errors.Join(err, meta.Put(formatKey, []byte{formatVersion}))
	})
	if err != nil {
		return fmt.Errorf("make it format %d: %w", formatVersion, store.CommitError(err))
	}
	return nil
}

// upgradeChain makes a list of the one key, and a branch of each batch that was set aside.
func upgradeChain(name string, b *bolt.Bucket) error {
	in, err := parseIncarnation(name)
	if err != nil {
		return err
	}
	key, forks := slices.Clone(b.Get(pinKey)), b.Bucket(forksName)
	if len(key) != ed25519.PublicKeySize || forks == nil {
		return fmt.Errorf("%w: chain %s lacks its key or its buckets", ErrDamaged, in)
	}
	if err := errors.Join(putKeys(b, withKey(nil, 1, key)), b.Delete(pinKey)); err != nil {
		return err
	}
	branches, err := b.CreateBucket(branchesName)
	if err != nil {
		return err
	}
	err = forks.ForEach(func(_, frame []byte) error { return upgradeFork(in, branches, key, bytes.Clone(frame)) })
	return errors.Join(err, b.DeleteBucket(forksName))
}

func upgradeFork(in chain.Incarnation, branches *bolt.Bucket, key ed25519.PublicKey, frame []byte) error {
	batch, err := parseFrame(in, frame)
	if err != nil {
		return err
	}
	bucket, err := createStrand(branches, branchName(batch.Span))
	if err != nil {
		return err
	}
	end := batch.Last()
	return errors.Join(putBatch(bucket, end, frame), putBranch(bucket, Branch{
		Base: batch.Prev, End: end, Bytes: uint64(len(frame)), Keys: []wire.Signer{{From: batch.Prev.Seq + 1, Key: key}},
	}))
}
