package roster

import (
	"context"
	"log/slog"
	"time"
)

// Watch reads the list again whenever its file changes, until the context ends. A list with a mistake is not taken: the
// one before it goes on, and Fault says so.
func (r *Roster) Watch(ctx context.Context, log *slog.Logger) error {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	last := r.list.Load().read
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			last = r.lookAgain(last, log)
		}
	}
}

// lookAgain gives the version of the file that was looked at last, whether or not it could be read.
func (r *Roster) lookAgain(last stamp, log *slog.Logger) stamp {
	now, err := look(r.path)
	if err == nil && now == last {
		return last
	}
	var l *list
	if err == nil {
		l, err = readList(r.path)
	}
	switch {
	case err == nil:
		r.list.Store(l)
		log.Info("the list of centres was read again", "centres", len(l.centres))
	case r.Fault() == nil || now != last:
		log.Error("the list of centres is not taken; the one before it goes on", "err", err)
	}
	r.mu.Lock()
	r.fault = err
	r.mu.Unlock()
	return now
}

// Fault is what is wrong with the list's file, while an older list is in force; nil when all is well.
func (r *Roster) Fault() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.fault
}
