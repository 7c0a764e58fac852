package drive

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"sync"
)

// Drive is a disk with a volatile cache, for one machine at a time.
type Drive struct {
	// Lying makes every flush a lie. Set before Serve.
	Lying bool

	mu      sync.Mutex
	file    *os.File
	size    int64
	newest  map[int64][]byte // guarded by mu: sectors of the cache, by number
	pending []write          // guarded by mu: the same in the order of writing
	stats   Stats            // guarded by mu
	left    int              // guarded by mu: writes and flushes until the power goes; 0 for never
	gone    chan struct{}    // guarded by mu: closed then
}

// write is one sector that waits in the cache.
type write struct {
	at   int64 // number of the sector
	data []byte
}

// Stats counts what happened to a drive.
type Stats struct {
	Writes, Flushes    int // requests
	Unflushed, Kept    int // sectors that were in the cache when the power went, and those of them that stayed
	Cuts, CutsWithLoss int
}

func (s Stats) String() string {
	return fmt.Sprintf("the drive had %d writes and %d flushes, and forgot %d of %d unflushed sectors, some in %d of %d cuts",
		s.Writes, s.Flushes, s.Unflushed-s.Kept, s.Unflushed, s.CutsWithLoss, s.Cuts)
}

// ErrSize is reported for a file that is no whole number of sectors.
var ErrSize = errors.New("the file of a drive is a whole number of sectors")

// Open takes a file as the platter.
func Open(name string) (*Drive, error) {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && (info.Size() == 0 || info.Size()%sector != 0) {
		err = fmt.Errorf("%w: %d bytes", ErrSize, info.Size())
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &Drive{file: f, size: info.Size(), newest: map[int64][]byte{}}, nil
}

// Close lets go of the file. What is in the cache is forgotten.
func (d *Drive) Close() error { return d.file.Close() }

// Stats is what happened so far.
func (d *Drive) Stats() Stats {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.stats
}

// Arm lets the power go at the nth write or flush from now. That one may have reached the cache, and is not answered; nor
// is anything after it, until the machine is gone. What is returned is closed at that moment.
func (d *Drive) Arm(n int) <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.left, d.gone = n, make(chan struct{})
	return d.gone
}

// powered counts a write or flush, and says whether it is to be answered.
func (d *Drive) powered() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.left == 0 {
		return true
	}
	d.left--
	if d.left == 0 {
		close(d.gone)
		return false
	}
	return true
}

// within says whether a request lies on the drive, in whole sectors.
func (d *Drive) within(off, n int64) bool {
	return off >= 0 && n >= 0 && off <= d.size-n && off%sector == 0 && n%sector == 0
}

// read gives the newest bytes.
func (d *Drive) read(off, n int64) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	b := make([]byte, n)
	if _, err := d.file.ReadAt(b, off); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	for at := int64(0); at < n; at += sector {
		if s, ok := d.newest[(off+at)/sector]; ok {
			copy(b[at:], s)
		}
	}
	return b, nil
}

// write takes bytes into the cache, which owns them from now on.
func (d *Drive) write(off int64, b []byte, now bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stats.Writes++
	if now && !d.Lying {
		return d.through(off, b)
	}
	for at := 0; at < len(b); at += sector {
		w := write{(off + int64(at)) / sector, b[at : at+sector]}
		d.newest[w.at] = w.data
		d.pending = append(d.pending, w)
	}
	return nil
}

// through writes past the cache. What waited there for the same sectors is older.
func (d *Drive) through(off int64, b []byte) error {
	first, after := off/sector, (off+int64(len(b)))/sector
	for at := first; at < after; at++ {
		delete(d.newest, at)
	}
	kept := d.pending[:0]
	for _, w := range d.pending {
		if w.at < first || w.at >= after {
			kept = append(kept, w)
		}
	}
	d.pending = kept
	_, err := d.file.WriteAt(b, off)
	return err
}

// flush puts the cache on the platter.
func (d *Drive) flush() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stats.Flushes++
	if d.Lying {
		return nil
	}
	for at, b := range d.newest {
		if _, err := d.file.WriteAt(b, at*sector); err != nil {
			return err
		}
	}
	d.empty()
	return nil
}

func (d *Drive) empty() { d.newest, d.pending = map[int64][]byte{}, nil }

// Cut takes the power: of the sectors in the cache some stay. The machine must be gone, and Serve over.
func (d *Drive) Cut(random *rand.Rand) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	stays := fate(len(d.pending), random)
	kept := 0
	for i, w := range d.pending {
		if !stays(i) {
			continue
		}
		kept++
		if _, err := d.file.WriteAt(w.data, w.at*sector); err != nil {
			return err
		}
	}
	d.left = 0
	d.stats.Cuts++
	d.stats.Unflushed += len(d.pending)
	d.stats.Kept += kept
	if kept < len(d.pending) {
		d.stats.CutsWithLoss++
	}
	d.empty()
	return nil
}

// fate draws how a drive loses what it had not written yet: all, none, what came after some moment, or here and there.
func fate(n int, random *rand.Rand) func(i int) bool {
	switch random.IntN(4) {
	case 0:
		return func(int) bool { return false }
	case 1:
		return func(int) bool { return true }
	case 2:
		end := random.IntN(n + 1)
		return func(i int) bool { return i < end }
	}
	share := []float64{0.05, 0.5, 0.95}[random.IntN(3)]
	return func(int) bool { return random.Float64() < share }
}
