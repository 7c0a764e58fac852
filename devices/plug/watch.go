package plug

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Source is where messages come from: the kernel, or a test.
type Source interface {
	// Next waits for a message. ErrLost when some were dropped since the last; ErrClosed after Close, which wakes it.
	Next() ([]byte, error)
	Close() error
}

// What a Source answers besides a message.
var (
	ErrLost   = errors.New("messages of the kernel were lost")
	ErrClosed = errors.New("no longer listening to the kernel")
)

// Watcher tells what is plugged in and pulled out. Set the fields before Run.
type Watcher struct {
	Tell func(Event)  // called by Run's goroutines one at a time; must not block
	Log  *slog.Logger // nil means silence

	Listen func() (Source, error) // nil means the kernel's socket
	Poll   time.Duration          // between two Rescans where there is no socket; 0 means 30 s
}

// Run tells a Rescan first, since what was plugged in before is in no message, and then every message until the context
// ends. It never fails: without the socket it polls.
func (w *Watcher) Run(ctx context.Context) error {
	listen := w.Listen
	if listen == nil {
		listen = Kernel
	}
	source, err := listen()
	w.Tell(Event{Action: Rescan})
	if err == nil {
		err = w.follow(ctx, source)
	}
	if ctx.Err() == nil {
		w.log().Warn("the kernel does not tell what is plugged in; looking around instead", "err", err, "every", w.poll())
		w.ask(ctx)
	}
	return context.Cause(ctx)
}

// follow tells what the source says until it ends.
func (w *Watcher) follow(ctx context.Context, source Source) error {
	following, stop := context.WithCancel(ctx)
	var closing sync.WaitGroup
	closing.Go(func() { <-following.Done(); source.Close() })
	defer closing.Wait()
	defer stop()
	for {
		b, err := source.Next()
		if errors.Is(err, ErrLost) {
			w.Tell(Event{Action: Rescan})
			continue
		}
		if err != nil {
			return fmt.Errorf("listen to the kernel: %w", err)
		}
		if e, err := ParseEvent(b); err == nil {
			w.Tell(e)
		}
	}
}

// ask stands in for messages.
func (w *Watcher) ask(ctx context.Context) {
	tick := time.NewTicker(w.poll())
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			w.Tell(Event{Action: Rescan})
		case <-ctx.Done():
			return
		}
	}
}

func (w *Watcher) poll() time.Duration { return cmp.Or(w.Poll, pollDefault) }

func (w *Watcher) log() *slog.Logger {
	if w.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return w.Log
}
