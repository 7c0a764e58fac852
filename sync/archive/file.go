package archive

import (
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/durable"
)

// What Open and everything that reads may report.
var (
	ErrMissing = errors.New("there is no archive file")
	ErrInUse   = errors.New("another process has the archive open: a markaz-hq is already running on this directory, stop it first")
	ErrFormat  = errors.New("not an archive that this version can read")
	ErrAbsent  = errors.New("headquarters does not hold it")
	ErrDamaged = errors.New("the archive is damaged")
)

const formatVersion = 2

var (
	metaName    = []byte("meta")
	chainsName  = []byte("chains")
	officeName  = []byte("office")
	formatKey   = []byte("format")
	appliedKey  = []byte("applied")
	batchesName = []byte("batches") // of a chain or a branch
	keysName    = []byte("keys")    // of a chain or a branch
	endKey      = []byte("end")     // of a chain or a branch
	ofKey       = []byte("of")      // of a successor: whom it succeeds

	branchesName    = []byte("branches")    // of a chain
	settlementsName = []byte("settlements") // of a chain
	oddName         = []byte("odd")         // of a chain
	baseKey         = []byte("base")        // of a branch
	bytesKey        = []byte("bytes")       // of a branch
	settledKey      = []byte("settled")     // of a branch

	forksName = []byte("forks") // of a chain, in format 1
	pinKey    = []byte("key")   // of a chain, in format 1
)

// store is what an archive's file is to bbolt. Headquarters starts seldom, so a commit is spared the free list.
var store = durable.Store{
	Mmap: mmapInitial, NoFreelistSync: true,
	Missing: ErrMissing, InUse: ErrInUse, Format: ErrFormat, Damaged: ErrDamaged, Full: ErrFull,
}

func fill(tx *bolt.Tx) error {
	if _, err := tx.CreateBucket(chainsName); err != nil {
		return err
	}
	meta, err := tx.CreateBucket(metaName)
	if err != nil {
		return err
	}
	return errors.Join(meta.Put(formatKey, []byte{formatVersion}), meta.Put(appliedKey, seqKey(0)))
}

func checkMeta(tx *bolt.Tx) error {
	meta := tx.Bucket(metaName)
	if meta == nil || tx.Bucket(chainsName) == nil {
		return fmt.Errorf("%w: its buckets are missing", ErrFormat)
	}
	switch f := meta.Get(formatKey); {
	case len(f) != 1 || f[0] == 0 || f[0] > formatVersion:
		return fmt.Errorf("%w: format %v, want %d", ErrFormat, f, formatVersion)
	case f[0] != formatVersion && readOnly(tx):
		return fmt.Errorf("%w: format %d; start headquarters on it once, which makes it format %d", ErrFormat, f[0], formatVersion)
	}
	if n := len(meta.Get(appliedKey)); n != 8 {
		return fmt.Errorf("%w: applied index of %d bytes", ErrDamaged, n)
	}
	return nil
}

func readOnly(tx *bolt.Tx) bool { return tx.DB().IsReadOnly() }
