package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/edge/durable"
	"markaz.example/edge/id"
	"markaz.example/edge/witness"
)

// What Create and Open report.
var (
	ErrMissing = errors.New("there is no ledger file")
	ErrExists  = errors.New("there is a ledger file already")
	ErrInUse   = errors.New("another process has the ledger open: is a markaz already running on this directory?")
	ErrFormat  = errors.New("not a ledger that this version can read")
	ErrDamaged = errors.New("the ledger file is damaged")
)

// A file has the first format until its first block is sealed: a version that knows no blocks can open it until then,
// and refuses it afterwards. It has the third once it was put into a new incarnation.
const (
	formatRows    = 1
	formatBlocks  = 2
	formatLineage = 3
)

var (
	logName         = []byte("log")
	blocksName      = []byte("blocks")
	metaName        = []byte("meta")
	ancestorsName   = []byte("ancestors")
	formatKey       = []byte("format")
	incarnationKey  = []byte("incarnation")
	afterKey        = []byte("after")
	confirmedKey    = []byte("confirmed")
	baseKey         = []byte("base")
	viewPrefix      = []byte("view/")         // then the book's name
	viewVersionsKey = []byte("view-version/") // then the book's name
)

// store is what a ledger's file is to bbolt.
var store = durable.Store{
	Mmap: mmapInitial, Missing: ErrMissing, InUse: ErrInUse, Format: ErrFormat, Damaged: ErrDamaged, Full: ErrFull,
}

// Create makes an empty ledger; a power cut leaves either none or a whole one. It reports ErrExists, and ErrMissing where the
// witness of one is left: then a new chain is not begun in its place.
func Create(path string, in chain.Incarnation) error {
	if err := in.Centre.Check(); err != nil {
		return fmt.Errorf("create ledger: %w", err)
	}
	if in.After > 0 {
		return fmt.Errorf("create ledger: %s goes on after another's records: Succeed makes it", in)
	}
	if said, ok, _ := witness.Read(path); ok && absent(path) == nil {
		return fmt.Errorf("create ledger: %w, but one with %d records was kept here; %s", ErrMissing, said.Head.Seq, wayOut)
	}
	err := store.Create(path, func(tx *bolt.Tx) error {
		if _, err := tx.CreateBucket(logName); err != nil {
			return err
		}
		meta, err := tx.CreateBucket(metaName)
		if err != nil {
			return err
		}
		return errors.Join(
			meta.Put(formatKey, []byte{formatRows}),
			meta.Put(incarnationKey, append(in.Nonce[:], in.Centre...)),
		)
	})
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w: %w", ErrExists, err)
	}
	return err
}

// openFile opens the file and reads whose it is.
func openFile(path string, readOnly bool) (db *bolt.DB, g lineage, err error) {
	db, err = store.Open(path, readOnly, func(tx *bolt.Tx) (err error) { g, err = readMeta(tx); return err })
	if err != nil {
		return nil, g, fmt.Errorf("open %s: %w", path, err)
	}
	return db, g, nil
}

func readMeta(tx *bolt.Tx) (g lineage, err error) {
	meta := tx.Bucket(metaName)
	if meta == nil || tx.Bucket(logName) == nil {
		return g, fmt.Errorf("%w: its buckets are missing", ErrFormat)
	}
	if f := meta.Get(formatKey); len(f) != 1 || f[0] < formatRows || f[0] > formatLineage {
		return g, fmt.Errorf("%w: format %v, want %d to %d", ErrFormat, f, formatRows, formatLineage)
	}
	in, err := readOwn(meta)
	if err != nil {
		return g, err
	}
	return readLineage(tx, in)
}

// readOwn is the incarnation that the file goes on with.
func readOwn(meta *bolt.Bucket) (in chain.Incarnation, err error) {
	b := meta.Get(incarnationKey)
	if len(b) <= chain.NonceBytes {
		return in, fmt.Errorf("%w: no incarnation", ErrFormat)
	}
	in.Centre = id.Centre(b[chain.NonceBytes:])
	copy(in.Nonce[:], b)
	switch after := meta.Get(afterKey); len(after) {
	case 0:
	case 8:
		in.After = binary.BigEndian.Uint64(after)
	default:
		return in, fmt.Errorf("%w: its incarnation begins after %d bytes", ErrFormat, len(after))
	}
	return in, in.Centre.Check()
}

// raiseFormat makes the file one that versions before a format refuse.
func raiseFormat(tx *bolt.Tx, format byte) error {
	meta := tx.Bucket(metaName)
	if f := meta.Get(formatKey); len(f) == 1 && f[0] >= format {
		return nil
	}
	return meta.Put(formatKey, []byte{format})
}

func seqKey(seq uint64) []byte { return binary.BigEndian.AppendUint64(nil, seq) }

// row is a record in the log bucket: its hash, then its stored bytes.
func row(h chain.Hash, stored []byte) []byte {
	return append(append(make([]byte, 0, len(h)+len(stored)), h[:]...), stored...)
}

func parseRow(key, value []byte) (chain.Position, []byte, error) {
	var p chain.Position
	if len(key) != 8 || len(value) < len(p.Hash) {
		return p, nil, fmt.Errorf("%w: log row with %d and %d bytes", ErrDamaged, len(key), len(value))
	}
	p.Seq = binary.BigEndian.Uint64(key)
	copy(p.Hash[:], value)
	return p, value[len(p.Hash):], nil
}

// headOf is where the file ends, as what comes next follows it: behind a row, else the last record of the last block, else
// where the chain was pruned.
func headOf(tx *bolt.Tx, g lineage) (chain.Position, error) {
	if k, v := tx.Bucket(logName).Cursor().Last(); k != nil {
		p, _, err := parseRow(k, v)
		return g.enter(p), err
	}
	return sealedEnd(tx, g)
}

// baseOf is the position before the oldest record that is kept; the start while nothing was pruned.
func baseOf(tx *bolt.Tx, g lineage) (chain.Position, error) {
	b := tx.Bucket(metaName).Get(baseKey)
	if b == nil {
		return g.eldest().Start(), nil
	}
	return parsePosition(b, "base")
}

func positionBytes(p chain.Position) []byte { return append(seqKey(p.Seq), p.Hash[:]...) }

func parsePosition(b []byte, what string) (p chain.Position, err error) {
	if len(b) != 8+len(p.Hash) {
		return p, fmt.Errorf("%w: %s position of %d bytes", ErrDamaged, what, len(b))
	}
	p.Seq = binary.BigEndian.Uint64(b)
	copy(p.Hash[:], b[8:])
	return p, nil
}
