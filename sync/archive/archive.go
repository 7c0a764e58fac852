package archive

import (
	"cmp"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/edge/disk"
	"markaz.example/edge/id"
	"markaz.example/edge/witness"
	"markaz.example/sync/wire"
)

// Archive is an open archive file. Any goroutine may read; Apply is for one at a time.
type Archive struct {
	file   sync.RWMutex         // held for reading while db is used, for writing while Replace swaps it
	db     *bolt.DB             // guarded by file
	office Office               // may be nil
	commit func(*bolt.Tx) error // bolt.Tx.Commit; tests let it fail

	witness   *witness.Witness // owned by Testify
	said      witness.Mark     // what it says; owned by Testify
	witnessed uint64           // when it was opened
	syncs     disk.Times       // of it

	mu      sync.RWMutex
	chains  map[chain.Incarnation]Chain // guarded by mu; what was committed, never what a transaction happens to see
	applied uint64                      // guarded by mu
	failed  error                       // guarded by mu; set once, by a commit of unknown outcome
}

// Chain is how one chain stands. Its slices are nobody's to change.
type Chain struct {
	Incarnation chain.Incarnation
	Held        chain.Position    // the newest record here
	Key         ed25519.PublicKey // signs its checkpoints now
	Keys        []wire.Signer     // all that have; the first was pinned when the first batch came
	Branches    []Branch          // kept aside, by name
	Forks       int               // branches that nobody has settled
	Odd         int               // records that are named as ones this version, or an older one, cannot decode

	// Of a chain that goes on after another's records: whose, and the record. It is on the other's chain or on a branch of it.
	Of chain.Incarnation
	At chain.Position
}

// Open opens the archive and makes an empty one when there is none; one of format 1 becomes format 2. Office takes the
// acts; it may be nil where there are none. It reports ErrInUse, ErrFormat, ErrDamaged or ErrOther.
func Open(path string, office Office) (*Archive, error) {
	if err := store.Create(path, fill); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	a, err := open(path, false)
	if err != nil {
		return nil, err
	}
	a.office = office
	if err := a.compare(path); err != nil {
		return nil, errors.Join(fmt.Errorf("open archive %s: %w", path, err), a.Close())
	}
	return a, nil
}

// OpenReadOnly opens an archive that exists, for tools. It also reports ErrMissing.
func OpenReadOnly(path string) (*Archive, error) { return open(path, true) }

func open(path string, readOnly bool) (*Archive, error) {
	db, err := store.Open(path, readOnly, checkMeta)
	if err != nil {
		return nil, fmt.Errorf("open archive %s: %w", path, err)
	}
	a := &Archive{db: db, commit: (*bolt.Tx).Commit, chains: map[chain.Incarnation]Chain{}}
	if !readOnly {
		err = a.upgrade()
	}
	if err = errors.Join(err, a.view(a.load)); err != nil {
		return nil, errors.Join(fmt.Errorf("open archive %s: %w", path, err), db.Close())
	}
	return a, nil
}

// Close waits for readers and lets go of the file.
func (a *Archive) Close() error {
	a.file.RLock()
	defer a.file.RUnlock()
	if a.witness == nil { // opened to read
		return a.db.Close()
	}
	return errors.Join(a.witness.Close(), a.db.Close())
}

// load reads how every chain stands.
func (a *Archive) load(tx *bolt.Tx) error {
	a.applied = binary.BigEndian.Uint64(tx.Bucket(metaName).Get(appliedKey))
	chains := tx.Bucket(chainsName)
	return chains.ForEachBucket(func(name []byte) error {
		c, err := loadChain(string(name), chains.Bucket(name))
		a.chains[c.Incarnation] = c
		return err
	})
}

func loadChain(name string, b *bolt.Bucket) (c Chain, err error) {
	if c.Incarnation, err = parseIncarnation(name); err != nil {
		return c, err
	}
	if c.Held, c.Keys, err = loadStrand(b); err != nil {
		return c, fmt.Errorf("chain %s: %w", name, err)
	}
	if err = loadOf(b, &c); err != nil {
		return c, fmt.Errorf("chain %s: %w", name, err)
	}
	c.Key = c.Keys[len(c.Keys)-1].Key
	if c.Branches, err = loadBranches(b); err != nil {
		return c, fmt.Errorf("chain %s: %w", name, err)
	}
	c.Forks = unsettled(c.Branches)
	if odd := b.Bucket(oddName); odd != nil {
		c.Odd = odd.Inspect().KeyN
	}
	return c, nil
}

// loadStrand reads what a chain and a branch have in common.
func loadStrand(b *bolt.Bucket) (end chain.Position, keys []wire.Signer, err error) {
	if b.Bucket(batchesName) == nil {
		return end, nil, fmt.Errorf("%w: its batches are missing", ErrDamaged)
	}
	if end, err = parsePosition(b.Get(endKey)); err != nil {
		return end, nil, fmt.Errorf("its end: %w", err)
	}
	keys, err = loadKeys(b)
	return end, keys, err
}

// Held is the newest committed record of a chain; Start when nothing is held.
func (a *Archive) Held(in chain.Incarnation) chain.Position {
	if c, ok := a.Chain(in); ok {
		return c.Held
	}
	return in.Start()
}

// Chain is how one chain stands; false when nothing of it is held.
func (a *Archive) Chain(in chain.Incarnation) (Chain, bool) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	c, ok := a.chains[in]
	return c, ok
}

// Chains is every chain, ordered by centre, then by nonce.
func (a *Archive) Chains() []Chain {
	a.mu.RLock()
	defer a.mu.RUnlock()
	out := make([]Chain, 0, len(a.chains))
	for _, c := range a.chains {
		out = append(out, c)
	}
	slices.SortFunc(out, func(x, y Chain) int {
		return cmp.Compare(x.Incarnation.String(), y.Incarnation.String())
	})
	return out
}

func (a *Archive) count(centre id.Centre) int {
	a.mu.RLock()
	defer a.mu.RUnlock()
	n := 0
	for in := range a.chains {
		if in.Centre == centre {
			n++
		}
	}
	return n
}

// Applied is the index of the newest raft entry whose effect is here.
func (a *Archive) Applied() uint64 {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.applied
}

// Failed is the commit error after which the archive takes nothing more: its outcome is unknown, the process must
// leave and start again. Nil in health.
func (a *Archive) Failed() error {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.failed
}

// view reads under guard. It must not be called inside another view: Replace, waiting between the two, would wait for ever.
func (a *Archive) view(read func(*bolt.Tx) error) (err error) {
	a.file.RLock()
	defer a.file.RUnlock()
	defer store.Guard(&err)()
	return a.db.View(read)
}
