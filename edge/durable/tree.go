package durable

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"

	bolt "go.etcd.io/bbolt"
)

// The shape of a bbolt file, version 2, as far as its tree goes: a page begins with its number, what it is, how many elements
// it has and how many pages more it takes; elements say where their key is, counted from themselves.
// Source: go.etcd.io/bbolt, internal/common: page.go, meta.go, bucket.go.
const (
	headerBytes  = 16
	elementBytes = 16
	firstPage    = 2 // behind the two headers of the file

	branchPage = 0x01
	leafPage   = 0x02
	freePage   = 0x10

	bucketFlag  = 0x01
	bucketBytes = 16 // of a bucket's value, before the page of one that is kept inside
)

var native = binary.NativeEndian

// tree checks the pages of one transaction.
type tree struct {
	store Store
	file  io.ReaderAt
	size  int64  // of a page
	top   uint64 // the first page that is not of the file
	seen  []uint64
	all   bool
}

// Sound checks that the pages lead to each other as they must: each is reached once, and every key lies between those that
// lead to it. bbolt does not look: a flipped bit in a page of branches lets it go round for ever, or find nothing where there
// is something. With all it looks at every page, and that none is in use and free; otherwise at those that lead to others, as
// far as the buckets of the first level go. It reports Damaged.
func (s Store) Sound(tx *bolt.Tx, all bool) (err error) {
	defer s.Guard(&err)()
	file, err := os.Open(tx.DB().Path())
	if err != nil {
		return err
	}
	defer file.Close()
	t := &tree{store: s, file: file, size: int64(tx.DB().Info().PageSize), all: all}
	t.top = uint64(tx.Size() / t.size)
	t.seen = make([]uint64, t.top/64+1)
	root, free, err := t.meta(uint64(tx.ID()))
	if err != nil {
		return err
	}
	if err := t.page(root, span{level: 0}); err != nil || !all {
		return err
	}
	return t.free(free)
}

// meta reads the header of the file that a transaction goes by.
func (t *tree) meta(id uint64) (root, free uint64, err error) {
	for page := range int64(firstPage) {
		b, err := t.read(page*t.size, headerBytes+64)
		if err != nil {
			return 0, 0, err
		}
		if m := b[headerBytes:]; native.Uint64(m[48:]) == id {
			return native.Uint64(m[16:]), native.Uint64(m[32:]), nil
		}
	}
	return 0, 0, t.damage(0, "no header of transaction %d", id)
}

func (t *tree) read(at, n int64) ([]byte, error) {
	b := make([]byte, n)
	if _, err := t.file.ReadAt(b, at); err != nil {
		return nil, fmt.Errorf("%w: read at %d: %w", t.store.Damaged, at, err)
	}
	return b, nil
}

func (t *tree) damage(page uint64, format string, args ...any) error {
	return fmt.Errorf("%w: page %d: %s", t.store.Damaged, page, fmt.Sprintf(format, args...))
}

// span is between which keys a page lies; nil for no bound. Level counts the buckets above.
type span struct {
	low, high []byte
	level     int
}

// enter marks pages, which nothing else may lead to.
func (t *tree) enter(first, more uint64) error {
	if first < firstPage || first >= t.top || more >= t.top-first {
		return t.damage(first, "with %d more it is not of the file", more)
	}
	for p := first; p <= first+more; p++ {
		if t.seen[p/64]&(1<<(p%64)) != 0 {
			return t.damage(p, "two ways lead to it")
		}
		t.seen[p/64] |= 1 << (p % 64)
	}
	return nil
}

// open reads a page and what it takes besides.
func (t *tree) open(id uint64) (b []byte, kind uint16, count int, err error) {
	if id < firstPage || id >= t.top {
		return nil, 0, 0, t.damage(id, "it is not of the file")
	}
	head, err := t.read(int64(id)*t.size, headerBytes)
	if err != nil {
		return nil, 0, 0, err
	}
	if native.Uint64(head) != id {
		return nil, 0, 0, t.damage(id, "it says that it is %d", native.Uint64(head))
	}
	more := uint64(native.Uint32(head[12:]))
	if err := t.enter(id, more); err != nil {
		return nil, 0, 0, err
	}
	b, err = t.read(int64(id)*t.size, int64(more+1)*t.size)
	return b, native.Uint16(head[8:]), int(native.Uint16(head[10:])), err
}

func (t *tree) page(id uint64, s span) error {
	b, kind, count, err := t.open(id)
	if err != nil {
		return err
	}
	if headerBytes+count*elementBytes > len(b) {
		return t.damage(id, "%d elements have no room in it", count)
	}
	switch kind {
	case branchPage:
		return t.branch(id, b, count, s)
	case leafPage:
		return t.leaf(id, b, count, s)
	}
	return t.damage(id, "it is of kind %#x", kind)
}

// branch follows each element. Where leaves are passed over, the first child tells what its neighbours are.
func (t *tree) branch(id uint64, b []byte, count int, s span) error {
	if count == 0 {
		return t.damage(id, "it leads nowhere")
	}
	keys := make([][]byte, count+1)
	for i := range count {
		e := headerBytes + i*elementBytes
		key, err := t.key(id, b, e, native.Uint32(b[e:]), native.Uint32(b[e+4:]))
		if err != nil {
			return err
		}
		if keys[i] = key; i > 0 && bytes.Compare(keys[i-1], key) >= 0 {
			return t.damage(id, "its keys do not rise")
		}
	}
	if !s.has(keys[0]) || !s.has(keys[count-1]) {
		return t.damage(id, "its keys are not those that lead to it")
	}
	keys[count] = s.high
	pass := false
	for i := range count {
		child := native.Uint64(b[headerBytes+i*elementBytes+8:])
		if pass {
			if err := t.enter(child, 0); err != nil {
				return err
			}
			continue
		}
		if err := t.page(child, span{keys[i], keys[i+1], s.level}); err != nil {
			return err
		}
		pass = !t.all && s.level > 0 && t.isLeaf(child)
	}
	return nil
}

// isLeaf is of a page that was read before.
func (t *tree) isLeaf(id uint64) bool {
	head, err := t.read(int64(id)*t.size, headerBytes)
	return err == nil && native.Uint16(head[8:]) == leafPage
}

// has tells whether a key may be here.
func (s span) has(key []byte) bool {
	return bytes.Compare(s.low, key) <= 0 && (s.high == nil || bytes.Compare(key, s.high) < 0)
}

func (t *tree) key(id uint64, b []byte, element int, pos, size uint32) ([]byte, error) {
	from := uint64(element) + uint64(pos)
	if from+uint64(size) > uint64(len(b)) {
		return nil, t.damage(id, "a key is outside of it")
	}
	return b[from : from+uint64(size)], nil
}

// leaf looks at the keys, and follows buckets.
func (t *tree) leaf(id uint64, b []byte, count int, s span) error {
	var before []byte
	for i := range count {
		e := headerBytes + i*elementBytes
		flags, pos, keySize, size := native.Uint32(b[e:]), native.Uint32(b[e+4:]), native.Uint32(b[e+8:]), native.Uint32(b[e+12:])
		key, err := t.key(id, b, e, pos, keySize)
		if err != nil {
			return err
		}
		value, err := t.key(id, b, e+int(keySize), pos, size)
		if err != nil {
			return err
		}
		if i > 0 && bytes.Compare(before, key) >= 0 || !s.has(key) {
			return t.damage(id, "key %d is not in its place", i)
		}
		before = key
		if err := t.bucket(id, flags, value, s.level); err != nil {
			return err
		}
	}
	return nil
}

// bucket follows a bucket that has pages of its own.
func (t *tree) bucket(id uint64, flags uint32, value []byte, level int) error {
	switch {
	case flags == 0:
		return nil
	case flags != bucketFlag || len(value) < bucketBytes:
		return t.damage(id, "an element of kind %#x with %d bytes", flags, len(value))
	}
	root := native.Uint64(value)
	switch {
	case root == 0:
		return t.inside(id, value[bucketBytes:], level+1)
	case !t.all && level > 0:
		return nil
	}
	return t.page(root, span{level: level + 1})
}

// inside is of a small bucket, whose one page is its value.
func (t *tree) inside(id uint64, b []byte, level int) error {
	if len(b) < headerBytes || native.Uint16(b[8:]) != leafPage {
		return t.damage(id, "a bucket in it is no leaf")
	}
	count := int(native.Uint16(b[10:]))
	if headerBytes+count*elementBytes > len(b) {
		return t.damage(id, "%d elements have no room in a bucket in it", count)
	}
	return t.leaf(id, b, count, span{level: level})
}

// free checks the list of free pages, where the file keeps one: what is in use may not be in it.
func (t *tree) free(id uint64) error {
	if id == ^uint64(0) {
		return nil
	}
	b, kind, count, err := t.open(id)
	if err != nil {
		return err
	}
	list := b[headerBytes:]
	if kind != freePage {
		return t.damage(id, "it is no list of free pages")
	}
	if count == 0xffff { // there are more than fit the header: the first entry is how many
		if count, list = int(native.Uint64(list)), list[8:]; count < 0xffff {
			return t.damage(id, "%d free pages", count)
		}
	}
	if count < 0 || count > len(list)/8 {
		return t.damage(id, "%d free pages have no room in it", count)
	}
	for i := range count {
		if err := t.enter(native.Uint64(list[i*8:]), 0); err != nil {
			return err
		}
	}
	return nil
}
