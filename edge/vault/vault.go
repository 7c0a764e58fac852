package vault

import (
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"sync"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/durable"
)

// FileName is the key table's in the vault's directory.
const FileName = "vault.db"

// What making and opening a vault report.
var (
	ErrMissing   = errors.New("the vault's file is missing; bring vault.db back from a copy")
	ErrInUse     = errors.New("another process has the vault open: is a markaz already running on this directory?")
	ErrFormat    = errors.New("not a vault that this version can read")
	ErrDamaged   = errors.New("the vault's file is damaged; bring vault.db back from a copy")
	ErrFull      = errors.New("the disk of the vault is full")
	ErrForgotten = errors.New("there is no key for this subject: it was forgotten, or the vault is an older copy")
	ErrName      = errors.New("the name of a subject has 1 to 64 bytes")
)

const formatVersion = 1

var (
	metaName   = []byte("meta")
	keysName   = []byte("keys")
	formatKey  = []byte("format")
	lookupName = []byte("lookup") // in meta: the look-up key, wrapped
)

// lookupPlace is the associated data of the look-up key. A subject's name is longer than none.
var lookupPlace = keyPlace("")

func keyPlace(subject string) []byte { return append([]byte(keyPlacePrefix), subject...) }

var store = durable.Store{
	Mmap: mmapInitial, Missing: ErrMissing, InUse: ErrInUse, Format: ErrFormat, Damaged: ErrDamaged, Full: ErrFull,
}

// Vault is an open key table. Any goroutine may call it.
type Vault struct {
	path   string
	box    Key // wraps the others
	lookup Key

	mu sync.RWMutex // Forget replaces the file
	db *bolt.DB     // guarded by mu
}

// Format hides the keys from every verb.
func (v *Vault) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "vault %s", v.path) }

// Create makes a vault in a directory: its file, and a key where there is none. The key comes first, so that a power cut between the two leaves a key that the next start
// uses. It reports fs.ErrExist when there is a vault already.
func Create(dir string, keys Keys) error {
	if err := durable.MakeDir(dir); err != nil {
		return fmt.Errorf("directory of the vault: %w", err)
	}
	box, err := keys.find(dir)
	if errors.Is(err, ErrKeyMissing) {
		box, err = keys.make(dir)
	}
	if err != nil {
		return err
	}
	lookup, err := wrappedKey(box, lookupPlace)
	if err != nil {
		return err
	}
	return store.Create(filepath.Join(dir, FileName), func(tx *bolt.Tx) error {
		meta, err := tx.CreateBucket(metaName)
		if err != nil {
			return err
		}
		_, err = tx.CreateBucket(keysName)
		return errors.Join(err, meta.Put(formatKey, []byte{formatVersion}), meta.Put(lookupName, lookup))
	})
}

// wrappedKey draws a key and wraps it.
func wrappedKey(box Key, place []byte) ([]byte, error) {
	var k Key
	if _, err := rand.Read(k.b[:]); err != nil {
		return nil, fmt.Errorf("draw a data key: %w", err)
	}
	return box.seal(k.b[:], place)
}

// Open opens the vault of a directory. It makes nothing. It reports ErrMissing, ErrInUse, ErrFormat, ErrDamaged,
// ErrKeyMissing, ErrKeyFormat or ErrKeyWrong.
func Open(dir string, keys Keys) (*Vault, error) {
	v := &Vault{path: filepath.Join(dir, FileName)}
	if _, err := os.Stat(v.path); errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: there is no %s", ErrMissing, v.path)
	}
	var err error
	if v.box, err = keys.find(dir); err != nil {
		return nil, err
	}
	v.db, err = store.Open(v.path, false, v.check)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", v.path, err)
	}
	return v, nil
}

// check reads the look-up key, which shows whether the box's key is the right one.
func (v *Vault) check(tx *bolt.Tx) error {
	meta := tx.Bucket(metaName)
	if meta == nil || tx.Bucket(keysName) == nil {
		return ErrFormat
	}
	if f := meta.Get(formatKey); len(f) != 1 || f[0] != formatVersion {
		return fmt.Errorf("%w: format %x, want %d", ErrFormat, f, formatVersion)
	}
	k, err := v.unwrap(meta.Get(lookupName), lookupPlace)
	if err != nil {
		return ErrKeyWrong
	}
	v.lookup = k
	return nil
}

func (v *Vault) unwrap(wrapped, place []byte) (k Key, err error) {
	b, err := v.box.open(wrapped, place)
	if err != nil || len(b) != keyBytes {
		return k, ErrForged
	}
	copy(k.b[:], b)
	return k, nil
}

// Close lets go of the file.
func (v *Vault) Close() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.db.Close()
}

// Make makes the key of a subject, and returns when it is on disk: then records may be sealed under it. A subject that has
// one keeps it. It reports ErrName, ErrFull, or what the file reports.
func (v *Vault) Make(subject string) error {
	if subject == "" || len(subject) > nameBytesMax {
		return fmt.Errorf("%w: this has %d", ErrName, len(subject))
	}
	wrapped, err := wrappedKey(v.box, keyPlace(subject))
	if err != nil {
		return err
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	return store.CommitError(v.db.Update(func(tx *bolt.Tx) error {
		keys := tx.Bucket(keysName)
		if keys.Get([]byte(subject)) != nil {
			return nil
		}
		return keys.Put([]byte(subject), wrapped)
	}))
}

// Without counts the subjects that have no key. It reads no key, so that a hundred thousand take a moment.
func (v *Vault) Without(subjects iter.Seq[string]) (missing int, err error) {
	defer store.Guard(&err)()
	v.mu.RLock()
	defer v.mu.RUnlock()
	err = v.db.View(func(tx *bolt.Tx) error {
		keys := tx.Bucket(keysName)
		for s := range subjects {
			if keys.Get([]byte(s)) == nil {
				missing++
			}
		}
		return nil
	})
	return missing, err
}

// Has says whether a subject has a key.
func (v *Vault) Has(subject string) bool {
	_, err := v.key(subject)
	return err == nil
}

// key is the data key of a subject. It reports ErrForgotten or ErrDamaged.
func (v *Vault) key(subject string) (k Key, err error) {
	defer store.Guard(&err)()
	v.mu.RLock()
	defer v.mu.RUnlock()
	err = v.db.View(func(tx *bolt.Tx) error {
		wrapped := tx.Bucket(keysName).Get([]byte(subject))
		if wrapped == nil {
			return ErrForgotten
		}
		if k, err = v.unwrap(wrapped, keyPlace(subject)); err != nil {
			return fmt.Errorf("%w: a key does not open", ErrDamaged)
		}
		return nil
	})
	return k, err
}
