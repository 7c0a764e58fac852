package archive

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// keyAt is the key that signs the batch ending at a sequence.
func keyAt(keys []wire.Signer, seq uint64) ed25519.PublicKey {
	for _, k := range slices.Backward(keys) {
		if k.From <= seq {
			return k.Key
		}
	}
	return nil
}

func hasKey(keys []wire.Signer, key ed25519.PublicKey) bool {
	return slices.ContainsFunc(keys, func(k wire.Signer) bool { return bytes.Equal(k.Key, key) })
}

// withKey is the list once a key signs what begins at a sequence. The list given is left as it is.
func withKey(keys []wire.Signer, from uint64, key ed25519.PublicKey) []wire.Signer {
	if len(keys) > 0 && bytes.Equal(keys[len(keys)-1].Key, key) {
		return keys
	}
	return append(slices.Clip(keys), wire.Signer{From: from, Key: slices.Clone(key)})
}

// Admits is whether a key may speak for a chain: nothing is held of it and it begins by itself, the key has signed it before,
// or the office says that it succeeds. Apply asks the same again.
func (a *Archive) Admits(in chain.Incarnation, key ed25519.PublicKey) (ok bool, err error) {
	c, known := a.Chain(in)
	if !known && in.After == 0 || hasKey(c.Keys, key) {
		return true, nil
	}
	err = a.view(func(tx *bolt.Tx) error {
		ok = a.succeeds(tx, in, key)
		return nil
	})
	if err == nil && !ok && !known {
		err = fmt.Errorf("%w: %s", ErrHeir, in)
	}
	return ok, err
}

func (a *Archive) succeeds(tx *bolt.Tx, in chain.Incarnation, key ed25519.PublicKey) bool {
	b := tx.Bucket(officeName)
	return a.office != nil && b != nil && a.office.Succeeds(b, in, key)
}

// Speaks is whether a key may have signed a batch of a strand. Only the newest key of a chain, or its successor, goes on
// with it; what is held already, and branches, any key of the chain may show.
func Speaks(v Verdict, chain, strand []wire.Signer, key ed25519.PublicKey, succeeds func() bool) bool {
	switch {
	case len(strand) == 0, bytes.Equal(strand[len(strand)-1].Key, key):
		return true
	case v != Append && (hasKey(chain, key) || hasKey(strand, key)):
		return true
	}
	return succeeds()
}

func (s *staging) checkKey(c Chain, v Verdict, strand []wire.Signer, key ed25519.PublicKey) error {
	succeeds := func() bool { return s.archive.succeeds(s.root.Tx(), c.Incarnation, key) }
	switch grown := withKey(strand, 1, key); {
	case !Speaks(v, c.Keys, strand, key, succeeds):
		return fmt.Errorf("%w: %s", ErrKey, c.Incarnation)
	case (v == Append || v == Aside) && len(grown) > wire.SignersMax:
		return fmt.Errorf("%w: %s has had %d keys, the limit", ErrKey, c.Incarnation, len(strand))
	}
	return nil
}

func putKeys(strand *bolt.Bucket, keys []wire.Signer) error {
	b, err := strand.CreateBucketIfNotExists(keysName)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if err := b.Put(seqKey(k.From), k.Key); err != nil {
			return err
		}
	}
	return nil
}

func loadKeys(strand *bolt.Bucket) (keys []wire.Signer, err error) {
	b := strand.Bucket(keysName)
	if b == nil {
		return nil, fmt.Errorf("%w: its keys are missing", ErrDamaged)
	}
	err = b.ForEach(func(from, key []byte) error {
		if len(from) != 8 || len(key) != ed25519.PublicKeySize || len(keys) >= wire.SignersMax {
			return fmt.Errorf("%w: key from %x of %d bytes", ErrDamaged, from, len(key))
		}
		keys = append(keys, wire.Signer{From: binary.BigEndian.Uint64(from), Key: slices.Clone(key)})
		return nil
	})
	if err == nil && len(keys) == 0 {
		err = fmt.Errorf("%w: it has no key", ErrDamaged)
	}
	return keys, err
}
