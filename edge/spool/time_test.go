package spool_test

import (
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/spool"
)

// What passes by itself is waited for, a few seconds and a few tries; what does not pass is held.
func TestPassingTrouble(t *testing.T) {
	busy := notSent(paper.ReasonBusy, true)
	tests := []struct {
		name     string
		script   []error
		readyIn  time.Duration // how long Ready says that the printer is restarting
		want     paper.State
		attempts int
		within   time.Duration
	}{
		{"ready at once", nil, 0, paper.StatePrinted, 1, 0},
		{"refuses twice", []error{busy, busy}, 0, paper.StatePrinted, 3, 2 * time.Second},
		{"refuses always", []error{busy, busy, busy, busy}, 0, paper.StateHeld, 3, 2 * time.Second},
		{"restarts", nil, 2500 * time.Millisecond, paper.StatePrinted, 1, 3 * time.Second},
		{"hangs in its restart", nil, time.Hour, paper.StateHeld, 0, 5 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &printer{script: tt.script}
				if tt.readyIn > 0 {
					p.state = &spool.Trouble{Reason: paper.ReasonBusy, Passing: true}
				}
				s := open(t, p)
				s.run()
				s.queue("one")
				begun := time.Now()
				go func() { time.Sleep(tt.readyIn); p.set(nil) }()
				j := s.await("one", tt.want)
				if j.Attempt != tt.attempts {
					t.Errorf("%d attempts, want %d", j.Attempt, tt.attempts)
				}
				if took := time.Since(begun); took != tt.within {
					t.Errorf("took %v, want %v", took, tt.within)
				}
				s.halt()
				time.Sleep(tt.readyIn)
			})
		})
	}
}

// A printer that is offline is waited for while the box starts, and only then.
func TestOffline(t *testing.T) {
	tests := []struct {
		name           string
		asked, readyIn time.Duration // after the start
		want           paper.State
		within         time.Duration // of asking
	}{
		{"its driver starts", 0, 2500 * time.Millisecond, paper.StatePrinted, 3 * time.Second},
		{"it is not there", 0, time.Hour, paper.StateHeld, 5 * time.Second},
		{"it went away later", time.Minute, time.Hour, paper.StateHeld, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &printer{state: &spool.Trouble{Reason: paper.ReasonOffline}}
				s := open(t, p)
				s.run()
				time.AfterFunc(tt.readyIn, func() { p.set(nil) })
				time.Sleep(tt.asked)
				asked := time.Now()
				s.queue("one")
				s.await("one", tt.want)
				if took := time.Since(asked); took != tt.within {
					t.Errorf("took %v, want %v", took, tt.within)
				}
				s.halt()
			})
		})
	}
}

// A second printer does not take the papers of a first that is starting, and takes those of one that is not there.
func TestSecondPrinterAtStart(t *testing.T) {
	tests := []struct {
		name    string
		readyIn time.Duration // of the first, after the start
		want    string
		within  time.Duration
	}{
		{"the first starts", 700 * time.Millisecond, "printer/1", time.Second},
		{"the first is not there", time.Hour, "printer/2", 5 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				first := &printer{state: &spool.Trouble{Reason: paper.ReasonOffline}}
				s := open(t, first, &printer{})
				begun := time.Now()
				s.run()
				time.AfterFunc(tt.readyIn, func() { first.set(nil) })
				s.queue("one")
				if j := s.await("one", paper.StatePrinted); j.Printer != tt.want {
					t.Errorf("printed by %s, want %s", j.Printer, tt.want)
				}
				if took := time.Since(begun); took != tt.within {
					t.Errorf("took %v, want %v", took, tt.within)
				}
				s.halt()
			})
		})
	}
}

// While the only printer is at work the next job waits for it, however long that takes.
func TestBusyPrinterIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &printer{asleep: make(chan struct{})}
		s := open(t, p)
		s.run()
		s.queue("one", "two")
		time.Sleep(time.Hour)
		if j := s.job("two"); j.State != paper.StateQueued {
			t.Errorf("the second job is %s (%s)", j.State, j.Reason)
		}
		close(p.asleep)
		s.await("two", paper.StatePrinted)
		s.halt()
	})
}

// A spool that is stopped in a print says that the paper may be out.
func TestStopInPrint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &printer{asleep: make(chan struct{}), begun: make(chan paper.Job, 1)}
		s := open(t, p)
		s.run()
		s.queue("one")
		<-p.begun
		if err := s.halt(); err != nil {
			t.Errorf("run: %v", err)
		}
		if j := s.job("one"); j.State != paper.StateUncertain {
			t.Errorf("the job is %s", j.State)
		}
	})
}
