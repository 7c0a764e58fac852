package warehouse

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/archive"
)

// Archive is the warehouse's view of headquarters' archive. Any goroutine may call it.
type Archive interface {
	// Applied rises with every change. It is the same on all nodes for the same state.
	Applied() uint64
	// Chains is every chain and how it stands.
	Chains() []archive.Chain
	// HashAt is the hash of a record that is held, and an error for any other.
	HashAt(in chain.Incarnation, seq uint64) (chain.Hash, error)
	// Records gives the records of a chain behind after, in order, and ends at the first error.
	Records(in chain.Incarnation, after uint64) iter.Seq2[archive.Stored, error]
}

// Why nothing is loaded. State gives their text.
var (
	ErrUnset    = errors.New("no PostgreSQL is configured: everything waits in the archive")
	ErrOther    = errors.New("another node loads")
	ErrBehind   = errors.New("this node's archive is behind the one that was loaded last: another node has to load, or this one to catch up")
	ErrEncoding = errors.New("the database is not in UTF8: make it anew with createdb --encoding UTF8 --template template0")
)

// Warehouse brings the archive to one database. Set the fields before Run; any goroutine may ask State.
type Warehouse struct {
	// URL says where: as libpq reads it, postgres:///markaz?host=/run/postgresql. What it leaves out comes from the
	// environment (PGHOST, PGPASSFILE and so on). It may hold a password and is never logged.
	URL string
	// URLFile is a file with it, read for every new connection. Neither of the two: nothing is loaded.
	URLFile string
	Archive Archive
	Log     *slog.Logger

	pace pace // zero outside of tests

	mu      sync.Mutex
	reason  error                        // guarded by mu; why nothing is loaded, nil while it is
	known   bool                         // guarded by mu; whether the cursors were ever read
	cursors map[chain.Incarnation]cursor // guarded by mu; as last committed
	trouble map[chain.Incarnation]error  // guarded by mu; chains that the archive does not give
	last    time.Time                    // guarded by mu; when rows were brought last
}

// pace is how fast things go; zero means as limits.go says.
type pace struct {
	poll, floor time.Duration
	records     int // in a transaction
}

// Run works until the context ends. It never fails: whatever is wrong with PostgreSQL is reported, logged, and tried
// again.
func (w *Warehouse) Run(ctx context.Context) error {
	if w.URL == "" && w.URLFile == "" {
		w.because(ErrUnset)
		<-ctx.Done()
		return nil
	}
	for pause := w.floor(); ctx.Err() == nil; pause = min(2*pause, backoffCeiling) {
		worked, err := w.session(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if worked {
			pause = w.floor()
		}
		w.because(err)
		sleep(ctx, pause/2+rand.N(pause/2+1))
	}
	return nil
}

// because keeps why nothing is loaded, and logs it when it is another reason than before.
func (w *Warehouse) because(err error) {
	w.mu.Lock()
	before := w.reason
	w.reason = err
	w.mu.Unlock()
	switch {
	case fmt.Sprint(before) == fmt.Sprint(err):
	case err == nil:
		w.Log.Info("the warehouse is loaded by this node")
	case errors.Is(err, ErrUnset), errors.Is(err, ErrOther):
		w.Log.Info("the warehouse is not loaded by this node", "reason", err)
	default:
		w.Log.Warn("the warehouse waits", "err", err)
	}
}

func (w *Warehouse) floor() time.Duration { return orElse(w.pace.floor, backoffFloor) }
func (w *Warehouse) poll() time.Duration  { return orElse(w.pace.poll, pollEvery) }

func orElse[T comparable](value, standard T) T {
	var zero T
	if value == zero {
		return standard
	}
	return value
}

// sleep waits, or reports false when the context ends.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
