package main

import (
	"fmt"
	"io"
	"time"
)

// progressPause is how often a long task speaks; what takes less than the first second stays silent.
const progressPause = time.Second

// progress tells how far a task has come, how fast, and how long it will still take.
type progress struct {
	to     io.Writer
	verb   string
	now    func() time.Time
	begun  time.Time
	spoken time.Time
	done   uint64
}

func newProgress(to io.Writer, verb string, now func() time.Time) *progress {
	return &progress{to: to, verb: verb, now: now, begun: now(), spoken: now()}
}

// tell is an archive.Progress.
func (p *progress) tell(done, total uint64) {
	p.done = done
	now := p.now()
	if now.Sub(p.spoken) < progressPause {
		return
	}
	p.spoken = now
	left := time.Duration(float64(now.Sub(p.begun)) * float64(total-done) / float64(max(done, 1)))
	fmt.Fprintf(p.to, "%s %d of %d records, %.0f/s, %s left\n", p.verb, done, total, p.rate(), left.Round(time.Second))
}

func (p *progress) rate() float64 {
	return float64(p.done) / max(p.now().Sub(p.begun).Seconds(), 1e-3)
}

func (p *progress) summary(what string) string {
	return fmt.Sprintf("%d %s (%.1f s, %.0f/s)", p.done, what, p.now().Sub(p.begun).Seconds(), p.rate())
}
