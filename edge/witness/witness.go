package witness

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"markaz.example/edge/durable"
)

// ErrUnreadable is reported when files are there and neither can be read: nothing is known, and that is said.
var ErrUnreadable = errors.New("neither file of the witness can be read")

// names of the two files, behind the path of the store.
var suffixes = [2]string{".witness.a", ".witness.b"}

// Witness writes what a store has come to. One goroutine may use it at a time. Make it with Open.
type Witness struct {
	path  string
	turn  uint64              // of the newest file
	files [2]*os.File         // nil until written to
	took  func(time.Duration) // told how long each sync took; may be nil
}

// Open reads what was said of the store at a path; false when nobody said anything yet. Took is told of each sync. It reports
// ErrUnreadable, with a Witness that begins anew.
func Open(path string, took func(time.Duration)) (*Witness, Testimony, bool, error) {
	w := &Witness{path: path, took: took}
	said, turn, ok, err := read(path)
	w.turn = turn
	return w, said, ok, err
}

// Read reads what was said of the store at a path.
func Read(path string) (Testimony, bool, error) {
	said, _, ok, err := read(path)
	return said, ok, err
}

// read takes the newer of the two that is whole.
func read(path string) (said Testimony, turn uint64, ok bool, err error) {
	var bad []error
	for _, suffix := range suffixes {
		b, err := os.ReadFile(path + suffix)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var t Testimony
		var n uint64
		if err == nil {
			t, n, err = decode(b)
		}
		if err != nil {
			bad = append(bad, fmt.Errorf("%s: %w", filepath.Base(path)+suffix, err))
			continue
		}
		if !ok || n > turn {
			said, turn, ok = t, n, true
		}
	}
	if !ok && len(bad) > 0 {
		return said, 0, false, fmt.Errorf("%w: %w", ErrUnreadable, errors.Join(bad...))
	}
	return said, turn, ok, nil
}

// Write says what a store has come to, over the older of the two files, and returns when that is on disk. After an error the
// other file says what was said last.
func (w *Witness) Write(t Testimony) error {
	turn := w.turn + 1
	if err := w.put(int(turn%2), t.encode(turn)); err != nil {
		return fmt.Errorf("write the witness of %s: %w", w.path, err)
	}
	w.turn = turn
	return nil
}

// put writes in place, which takes no room and one sync. A file that is not there yet is made whole.
func (w *Witness) put(i int, b []byte) (err error) {
	path := w.path + suffixes[i]
	if w.files[i] == nil {
		if w.files[i], err = os.OpenFile(path, os.O_WRONLY, 0); errors.Is(err, fs.ErrNotExist) {
			w.files[i] = nil
			return durable.WriteFile(path, b)
		}
	}
	if err != nil {
		w.files[i] = nil
		return err
	}
	if _, err := w.files[i].WriteAt(b, 0); err != nil {
		return w.drop(i, err)
	}
	began := time.Now()
	if err := syscall.Fdatasync(int(w.files[i].Fd())); err != nil {
		return w.drop(i, err)
	}
	if w.took != nil {
		w.took(time.Since(began))
	}
	return nil
}

// drop makes the next attempt open the file anew: a descriptor whose sync failed once may say that all is well the next time.
func (w *Witness) drop(i int, err error) error {
	f := w.files[i]
	w.files[i] = nil
	return errors.Join(err, f.Close())
}

// Close lets go of the files.
func (w *Witness) Close() error {
	var errs []error
	for i, f := range w.files {
		if f != nil {
			errs = append(errs, f.Close())
		}
		w.files[i] = nil
	}
	return errors.Join(errs...)
}

// Forget removes the witness of a store, when a person has said that the store's present state is the right one, or when
// another takes its place.
func Forget(path string) error {
	for _, suffix := range suffixes {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("forget the witness of %s: %w", path, err)
		}
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("forget the witness of %s: %w", path, err)
	}
	return errors.Join(dir.Sync(), dir.Close())
}
