package roster

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// Watch reads the list again whenever its file changes, until the context ends. A list with a mistake, or of nobody, is
// not taken: the one before it goes on, and Fault says so.
func (r *Roster) Watch(ctx context.Context, log *slog.Logger) error {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	w := watch{Roster: r, log: log, took: r.list.Load().read}
	w.seen = w.took
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			w.look()
		}
	}
}

// watch is one Watch.
type watch struct {
	*Roster
	log  *slog.Logger
	seen stamp // at the last look
	took stamp // the last version that was read, whether or not it was taken
}

// look reads a version once it has stood still for a look: somebody may be writing it.
func (w *watch) look() {
	now, err := look(w.path)
	if err != nil {
		w.refuse(err)
		w.seen, w.took = stamp{}, stamp{}
		return
	}
	still := now == w.seen
	w.seen = now
	if !still || now == w.took {
		return
	}
	w.took = now
	l, err := readList(w.path)
	if err == nil && len(l.centres) == 0 {
		err = fmt.Errorf("%w: it names no centre, and would shut out all of them", ErrRoster)
	}
	if err != nil {
		w.refuse(err)
		return
	}
	w.list.Store(l)
	w.setFault(nil)
	w.log.Info("the list of centres was read again", "centres", len(l.centres))
}

func (w *watch) refuse(err error) {
	if before := w.Fault(); before == nil || before.Error() != err.Error() {
		w.log.Error("the list of centres is not taken; the one before it goes on", "err", err)
	}
	w.setFault(err)
}

func (r *Roster) setFault(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fault = err
}

// Fault is what is wrong with the list's file, while an older list is in force; nil when all is well.
func (r *Roster) Fault() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.fault
}
