package ledger

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/disk"
	"markaz.example/edge/durable"
	"markaz.example/edge/patrol"
	"markaz.example/edge/witness"
)

// What Update and View report besides the decision's own refusal.
var (
	// ErrStopped: the ledger was closed or its Run ended. Nothing was written.
	ErrStopped = errors.New("the ledger is stopped")
	// ErrUnknown: a commit failed and its outcome is unknown. The ledger answers nobody any more; the process must
	// leave and start again.
	ErrUnknown = errors.New("a commit failed and its outcome is unknown")
	// ErrFull: the disk has no room. Nothing was written; reading goes on.
	ErrFull = errors.New("the disk is full")
	// ErrPanic: the decision panicked. Nothing was written.
	ErrPanic = errors.New("the decision panicked")
)

// Options is what a ledger needs besides its file.
type Options struct {
	Books    []Book       // of this program, in fixed order
	Software string       // for the record of this start: "markaz 0.1.0"
	Source   clock.Source // nil means the machine's clock
	Built    time.Time    // a time known to be past; the clock never says less
	Log      *slog.Logger // nil means none
	Sealing  Sealing      // of cold records, while Run runs
	Beat     func()       // called by the one writer itself, each BeatEvery, while it goes round; may be nil
	Room     Rationing    // when the disk has little
}

// Ledger is an open ledger. Any goroutine may call it; decisions are taken only while Run runs.
type Ledger struct {
	path    string
	db      *bolt.DB
	in      chain.Incarnation
	lineage lineage
	shelf   shelf
	clock   *clock.Clock
	log     *slog.Logger

	sealing  Sealing
	beat     func()
	requests chan *request
	filings  chan filing
	stopped  chan struct{} // closed when Run ends

	mu        sync.Mutex
	acked     chain.Position // guarded by mu: the newest position callers were answered for
	changed   chan struct{}  // guarded by mu: closed and replaced when acked moves or failed is set
	failed    error          // guarded by mu: once set, nobody is answered
	confirmed chain.Position // guarded by mu: what headquarters holds

	head chain.Position // of the file; owned by Open, then by the writer
	base chain.Position // before the oldest record kept; pruning is for closed files alone

	opened opened
	reads  atomic.Uint64 // of the road, so far
	begun  atomic.Int64  // when the commit that is being made began, nanoseconds since 1970; 0 between commits

	boot    uint64           // this start's number; set by Open
	witness *witness.Witness // owned by Open, then by tend
	ballast disk.Ballast
	ceiling atomic.Int64 // of the file, bytes; 0 for none
	syncs   disk.Times   // of the witness
	commits disk.Times   // of the file
	patrol  *patrol.Patrol
	care    care
	told    atomic.Bool // what the clock was told last is recorded

	commitTx func(*bolt.Tx) error // bolt.Tx.Commit; tests let it fail
}

// Open opens a ledger, checks its newest records, rebuilds views whose version changed, and records this start. It
// reports ErrMissing, ErrInUse, ErrFormat, ErrDamaged, ErrBehind, ErrOther, ErrFull or chain.ErrBroken.
func Open(path string, o Options) (*Ledger, error) {
	l, err := open(path, o, false)
	if err != nil {
		return nil, err
	}
	if err := l.start(o); err != nil {
		return nil, errors.Join(err, l.db.Close())
	}
	return l, nil
}

// OpenReadOnly opens a ledger for the tools that inspect it: no start is recorded and Update does nothing.
func OpenReadOnly(path string, books []Book) (*Ledger, error) {
	l, err := open(path, Options{Books: books}, true)
	if err != nil {
		return nil, err
	}
	close(l.stopped)
	return l, nil
}

func open(path string, o Options, readOnly bool) (*Ledger, error) {
	shelf, err := newShelf(append([]Book{own()}, o.Books...), o.Room)
	if err != nil {
		return nil, err
	}
	db, g, err := openFile(path, readOnly)
	if err != nil {
		return nil, err
	}
	l := &Ledger{
		path: path, db: db, in: g.own, lineage: g, shelf: shelf, log: o.Log,
		sealing: o.Sealing.filled(), beat: o.Beat, filings: make(chan filing),
		requests: make(chan *request, queueMax), stopped: make(chan struct{}), changed: make(chan struct{}),
	}
	if l.beat == nil {
		l.beat = func() {}
	}
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	l.ballast.Path, l.ballast.Bytes = path+ballastSuffix, o.Room.Ballast
	l.ballast.Spare, l.ballast.Free = o.Room.Spare, o.Room.Free
	l.patrol, l.commitTx = l.inspector(), (*bolt.Tx).Commit
	if err := l.load(); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), db.Close())
	}
	return l, nil
}

// load reads where the file stands.
func (l *Ledger) load() (err error) {
	defer store.Guard(&err)()
	return l.db.View(func(tx *bolt.Tx) error {
		if l.head, err = headOf(tx, l.lineage); err != nil {
			return err
		}
		if l.base, err = baseOf(tx, l.lineage); err != nil {
			return err
		}
		l.acked = l.head
		l.confirmed, err = readConfirmed(tx, l.in)
		return err
	})
}

// start makes the file ready for decisions. The boot number rises before anything else happens, and nothing is shown
// or sent before the record of the start is on disk.
func (l *Ledger) start(o Options) (err error) {
	defer store.Guard(&err)()
	last, floor, err := l.checkTail(o.Built)
	if err != nil {
		return err
	}
	if err := l.compare(last); err != nil {
		return err
	}
	if err := l.prepareViews(); err != nil {
		return err
	}
	l.boot = last + 1
	if err := l.prepareSums(); err != nil {
		return err
	}
	source := o.Source
	if source == nil {
		source = clock.System()
	}
	l.clock = clock.New(source, l.boot, floor)
	started := &request{actor: "box", done: make(chan error, 1), decide: func(tx *Tx) error {
		if s, ok := l.succession(); ok {
			if err := tx.Append("", s); err != nil {
				return err
			}
		}
		return tx.Append("", Started{Software: o.Software})
	}}
	l.commit([]*request{started})
	return <-started.done
}

// Close lets go of the file. Run must have ended, or never begun.
func (l *Ledger) Close() error {
	select {
	case <-l.stopped:
	default:
		close(l.stopped)
	}
	if l.witness == nil { // opened to read
		return l.db.Close()
	}
	return errors.Join(l.witness.Close(), l.db.Close())
}

// Incarnation is the history this file holds.
func (l *Ledger) Incarnation() chain.Incarnation { return l.in }

// Base is the position before the oldest record kept: the start, unless the file was pruned.
func (l *Ledger) Base() chain.Position { return l.base }

// Clock is the box's clock for this boot; nil when opened read-only.
func (l *Ledger) Clock() *clock.Clock { return l.clock }

// Acknowledged is the newest position that callers were answered for. Senders and screens live on it.
func (l *Ledger) Acknowledged() chain.Position {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.acked
}

// Changed is closed when the acknowledged position moves next, or when the ledger fails.
func (l *Ledger) Changed() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.changed
}

// Failed is why the ledger answers nobody; nil while all is well.
func (l *Ledger) Failed() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failed
}

// View shows one acknowledged state. It reports ErrUnknown after a failed commit, ErrStopped after Close, ErrDamaged, or
// what look reports.
func (l *Ledger) View(ctx context.Context, look func(Snapshot) error) error {
	return l.read(ctx, func(tx *bolt.Tx) error {
		head, err := headOf(tx, l.lineage)
		if err != nil {
			return err
		}
		return look(Snapshot{tx, head.Seq})
	})
}

// read gives a transaction that shows no more than what was acknowledged: a commit is visible in the file a moment
// before its sync returns, and stays visible if that sync fails.
func (l *Ledger) read(ctx context.Context, look func(*bolt.Tx) error) (err error) {
	defer store.Guard(&err)()
	err = l.db.View(func(tx *bolt.Tx) error {
		head, err := headOf(tx, l.lineage)
		if err != nil {
			return err
		}
		if err := l.awaitAcknowledged(ctx, head.Seq); err != nil {
			return err
		}
		return look(tx)
	})
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		return ErrStopped
	}
	return err
}

// readOn is read for whoever reads the file from end to end, a little at a time: what was mapped for it is let go of now and
// then.
func (l *Ledger) readOn(look func(*bolt.Tx) error) error {
	return l.read(context.Background(), func(tx *bolt.Tx) error {
		if l.reads.Add(1)%unmapEvery == 0 {
			defer durable.Unmap(tx)
		}
		return look(tx)
	})
}

func (l *Ledger) awaitAcknowledged(ctx context.Context, seq uint64) error {
	for {
		l.mu.Lock()
		failed, acked, changed := l.failed, l.acked.Seq, l.changed
		l.mu.Unlock()
		switch {
		case failed != nil:
			return failed
		case acked >= seq:
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// acknowledge moves the position that everybody may rely on, and wakes them.
func (l *Ledger) acknowledge(p chain.Position) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.acked = p
	close(l.changed)
	l.changed = make(chan struct{})
}

// poison stops all answers: what the last commit did is unknown until the file is opened again.
func (l *Ledger) poison(err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failed = fmt.Errorf("%w: %w", ErrUnknown, err)
	close(l.changed)
	l.changed = make(chan struct{})
	l.log.Error("ledger commit failed; leaving", "seq", l.acked.Seq, "err", err)
	return l.failed
}
