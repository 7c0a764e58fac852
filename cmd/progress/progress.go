// Package progress tells a person at a terminal how far a long task has come, how fast, and how long it will still
// take. A task of less than a second says nothing.
package progress

import (
	"fmt"
	"io"
	"time"
)

const (
	quiet = time.Second            // how long a task runs before it says anything
	every = 500 * time.Millisecond // between two lines
)

// Bar is one task. It is not safe for concurrent use.
type Bar struct {
	w     io.Writer
	what  string
	now   func() time.Time
	start time.Time
	last  time.Time
	done  uint64
}

// New begins a task: "verifying" of so many records.
func New(w io.Writer, what string) *Bar { return newBar(w, what, time.Now) }

func newBar(w io.Writer, what string, now func() time.Time) *Bar {
	return &Bar{w: w, what: what, now: now, start: now()}
}

// TellBytes is Tell of records that are so many bytes as far as they have come.
func (b *Bar) TellBytes(done, total, bytes uint64) { b.tell(done, total, ", "+size(bytes)) }

// Tell says where the task stands, if it is time to say so.
func (b *Bar) Tell(done, total uint64) { b.tell(done, total, "") }

func (b *Bar) tell(done, total uint64, more string) {
	b.done = done
	now := b.now()
	spent := now.Sub(b.start)
	if spent < quiet || now.Sub(b.last) < every || done == 0 || total == 0 {
		return
	}
	b.last = now
	rate := float64(done) / spent.Seconds()
	left := time.Duration(float64(total-min(done, total)) / rate * float64(time.Second))
	fmt.Fprintf(b.w, "\r%s %d of %d records%s, %.0f a second, %s left   ", b.what, done, total, more, rate, left.Round(time.Second))
}

func size(bytes uint64) string {
	if bytes < 1<<20 {
		return fmt.Sprintf("%d KiB", bytes>>10)
	}
	return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20))
}

// Done ends the line, if one was begun.
func (b *Bar) Done() {
	if !b.last.IsZero() {
		fmt.Fprintln(b.w)
	}
}

// Summary says how much was done, what it was, how long it took and how fast it went.
func (b *Bar) Summary(what string) string {
	spent := max(b.now().Sub(b.start), time.Millisecond)
	return fmt.Sprintf("%d %s (%.1f s, %.0f a second)", b.done, what, spent.Seconds(), float64(b.done)/spent.Seconds())
}
