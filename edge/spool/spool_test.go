package spool_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/clock"
	"markaz.example/edge/health"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
	"markaz.example/edge/spool"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// printer is a printer of the tests: a roll of paper, and a script of what goes wrong.
type printer struct {
	mu     sync.Mutex
	roll   []string       // guarded by mu: what came out, in order
	script []error        // guarded by mu: of the next calls of Print; then all goes well
	state  error          // guarded by mu: what Ready says
	inked  bool           // a scripted error comes after the ink
	asleep chan struct{}  // when set, Print waits for it or for the context
	begun  chan paper.Job // when set, told when Print begins
	inHand chan struct{}  // when set, told when the paper is out, and once more before Print says so
}

func (p *printer) Ready() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

func (p *printer) Print(ctx context.Context, j paper.Job) error {
	if p.begun != nil {
		p.begun <- j
	}
	if p.asleep != nil {
		select {
		case <-p.asleep:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	err := p.ink(j)
	if p.inHand != nil {
		p.inHand <- struct{}{}
		p.inHand <- struct{}{}
	}
	return err
}

func (p *printer) ink(j paper.Job) (err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.script) > 0 {
		err, p.script = p.script[0], p.script[1:]
	}
	if err == nil || p.inked {
		p.roll = append(p.roll, label(j))
	}
	return err
}

func label(j paper.Job) string {
	if j.Reprint {
		return j.Subject + " reprint"
	}
	return j.Subject
}

func (p *printer) set(state error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state = state
}

func (p *printer) out() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.roll)
}

// shop is a spool on a ledger of the test.
type shop struct {
	*ledgertest.File
	t       *testing.T
	spool   spool.Spool
	printed []string // what Printed was called for; owned by the ledger's writer
	names   *counter
	stop    context.CancelFunc
	ended   chan error
}

// counter is a source of names that are all different.
type counter struct{ n uint64 }

func (c *counter) Read(b []byte) (int, error) {
	c.n++
	return copy(b, fmt.Sprintf("%010d", c.n)), nil
}

var _ io.Reader = (*counter)(nil)

func open(t *testing.T, printers ...*printer) *shop {
	t.Helper()
	s := &shop{File: ledgertest.Create(t, paper.Book()), t: t, names: &counter{}}
	for i, p := range printers {
		s.spool.Printers = append(s.spool.Printers, spool.Device{Name: fmt.Sprintf("printer/%d", i+1), Printer: p})
	}
	s.spool.Printed = func(_ *ledger.Tx, j paper.Job) error { s.printed = append(s.printed, j.Subject); return nil }
	t.Cleanup(func() {
		s.halt()
		s.Close(t)
	})
	return s
}

// run starts the spool.
func (s *shop) run() {
	ctx, stop := context.WithCancel(context.Background())
	s.stop, s.ended = stop, make(chan error, 1)
	sp := s.spool
	sp.Ledger = s.Ledger
	go func() { s.ended <- sp.Run(ctx) }()
}

// halt ends the spool, if it runs, as a box does that is switched off in good order.
func (s *shop) halt() error {
	if s.stop == nil {
		return nil
	}
	s.stop()
	s.stop = nil
	return <-s.ended
}

// kill ends ledger and spool at this instant: what was not recorded never will be.
func (s *shop) kill() {
	s.t.Helper()
	s.Stop(s.t)
	if err := s.halt(); err != nil && !errors.Is(err, ledger.ErrStopped) {
		s.t.Error("run:", err)
	}
}

func (s *shop) update(decide func(*ledger.Tx) error) {
	s.t.Helper()
	if err := s.Update(context.Background(), "test", decide); err != nil {
		s.t.Fatal(err)
	}
}

// queue asks for a slip for each subject.
func (s *shop) queue(subjects ...string) {
	s.t.Helper()
	for _, subject := range subjects {
		job, err := id.NewJob(s.names)
		if err != nil {
			s.t.Fatal(err)
		}
		s.update(func(tx *ledger.Tx) error {
			return paper.Queue(tx, subject, paper.Queued{Job: job, Form: "token"})
		})
	}
}

// askAgain asks for a slip that is not in hand, as a kiosk does.
func (s *shop) askAgain(subject string) {
	s.t.Helper()
	s.update(func(tx *ledger.Tx) error {
		j, _ := paper.For(tx, subject)
		if j.State == paper.StatePrinted {
			return nil
		}
		return paper.Ask(tx, j.ID)
	})
}

func (s *shop) job(subject string) (j paper.Job) {
	s.t.Helper()
	err := s.View(context.Background(), func(snap ledger.Snapshot) error {
		j, _ = paper.For(snap, subject)
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return j
}

// await waits until a subject's job is in a state, woken by the ledger.
func (s *shop) await(subject string, want paper.State) paper.Job {
	s.t.Helper()
	for {
		changed := s.Changed()
		j := s.job(subject)
		if j.State == want {
			return j
		}
		select {
		case <-changed:
		case <-time.After(20 * time.Second):
			s.t.Fatalf("the slip of %s is %s (%s), want %s", subject, j.State, j.Reason, want)
		}
	}
}

func notSent(reason string, passing bool) error {
	return fmt.Errorf("%w: %w", spool.ErrNotSent, &spool.Trouble{Reason: reason, Passing: passing})
}

func TestPrintsInOrder(t *testing.T) {
	p := &printer{}
	s := open(t, p)
	s.queue("one", "two", "three")
	s.run()
	s.await("three", paper.StatePrinted)
	s.halt()
	want := []string{"one", "two", "three"}
	if diff := cmp.Diff(want, p.out()); diff != "" {
		t.Error("roll:", diff)
	}
	if diff := cmp.Diff(want, s.printed); diff != "" {
		t.Error("printed:", diff)
	}
}

// The paper is out before anything is sent, or the printer says so when it is given the job: either way the job is held
// with the reason, and comes out once when somebody asks, however many ask.
func TestPaperOut(t *testing.T) {
	for _, when := range []string{"before", "at the job"} {
		t.Run(when, func(t *testing.T) {
			p := &printer{}
			if when == "before" {
				p.state = &spool.Trouble{Reason: paper.ReasonPaperOut}
			} else {
				p.script = []error{notSent(paper.ReasonPaperOut, false)}
			}
			s := open(t, p)
			board := health.New(func() clock.Stamp { return clock.Stamp{} })
			s.spool.Health = board
			s.run()
			s.queue("one")
			if j := s.await("one", paper.StateHeld); j.Reason != paper.ReasonPaperOut {
				t.Errorf("held for %q", j.Reason)
			}
			p.set(nil)
			for range 5 {
				s.askAgain("one")
			}
			s.await("one", paper.StatePrinted)
			s.halt()
			if diff := cmp.Diff([]string{"one"}, p.out()); diff != "" {
				t.Error(diff)
			}
			if list := board.List(); len(list) != 0 {
				t.Errorf("conditions after all is well: %v", list)
			}
		})
	}
}

func TestHeldIsToldToHealth(t *testing.T) {
	p := &printer{state: &spool.Trouble{Reason: paper.ReasonCoverOpen}}
	s := open(t, p)
	board := health.New(func() clock.Stamp { return clock.Stamp{} })
	s.spool.Health = board
	s.run()
	told := board.Changed()
	s.queue("one")
	<-told
	s.halt()
	if list := board.List(); len(list) != 1 || list[0].Code != spool.ConditionHeld || list[0].Detail != "1 held, 0 uncertain" {
		t.Errorf("conditions: %+v", list)
	}
}

// A job that may be out is never tried again by itself; asked for, it is marked.
func TestUncertain(t *testing.T) {
	p := &printer{script: []error{errors.New("line went dead")}, inked: true}
	s := open(t, p, &printer{state: &spool.Trouble{Reason: paper.ReasonOffline}})
	s.run()
	s.queue("one")
	s.await("one", paper.StateUncertain)
	s.queue("two")
	s.await("two", paper.StatePrinted)
	s.askAgain("one")
	s.await("one", paper.StatePrinted)
	s.halt()
	if diff := cmp.Diff([]string{"one", "two", "one reprint"}, p.out()); diff != "" {
		t.Error(diff)
	}
}

// A second printer takes what the first certainly did not print.
func TestSecondPrinter(t *testing.T) {
	first := &printer{script: []error{notSent(paper.ReasonPaperOut, false)}}
	second := &printer{}
	s := open(t, first, second)
	s.run()
	s.queue("one")
	j := s.await("one", paper.StatePrinted)
	s.halt()
	if j.Printer != "printer/2" || j.Attempt != 2 || j.Reprint {
		t.Errorf("job: %+v, want the second attempt on the second printer, not a reprint", j)
	}
	if len(first.out()) != 0 || len(second.out()) != 1 {
		t.Errorf("rolls: %v and %v", first.out(), second.out())
	}
}

// The one who is refused what the paper leads to has to be told: the job does not count as printed.
func TestPrintedRefuses(t *testing.T) {
	p := &printer{}
	s := open(t, p)
	s.spool.Printed = func(*ledger.Tx, paper.Job) error { return errors.New("no") }
	s.run()
	s.queue("one")
	s.await("one", paper.StateUncertain)
	s.halt()
}

// A crash at each step: whatever the step, no job leaves two papers of which the later does not say that it is a
// reprint, and every paper can be had by asking.
func TestCrashAtEachStep(t *testing.T) {
	tests := []struct {
		name   string
		before func(*shop, *printer) // brings the job to the step and kills
		state  paper.State           // after the restart, when the spool has settled
		want   []string              // the roll after asking once more
	}{
		{"before started", func(s *shop, _ *printer) { s.queue("one"); s.Stop(s.t) },
			paper.StatePrinted, []string{"one"}},
		{"after started, before the print", crashInPrint,
			paper.StateUncertain, []string{"one reprint"}},
		{"after the print, before printed", crashAfterPrint,
			paper.StateUncertain, []string{"one", "one reprint"}},
		{"after printed", func(s *shop, _ *printer) { s.queue("one"); s.run(); s.await("one", paper.StatePrinted); s.kill() },
			paper.StatePrinted, []string{"one"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := &printer{}
			s := open(t, p)
			tt.before(s, p)
			p.asleep, p.begun, p.inHand = nil, nil, nil
			s.Start(t)
			s.run()
			s.await("one", tt.state)
			if tt.state != paper.StatePrinted {
				s.askAgain("one")
				s.await("one", paper.StatePrinted)
			}
			s.halt()
			if diff := cmp.Diff(tt.want, p.out()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// crashInPrint kills while the printer has been called and has not inked yet.
func crashInPrint(s *shop, p *printer) {
	p.asleep, p.begun = make(chan struct{}), make(chan paper.Job)
	s.queue("one")
	s.run()
	<-p.begun
	s.kill()
}

// crashAfterPrint kills when the paper is out and the confirmation is on its way.
func crashAfterPrint(s *shop, p *printer) {
	p.inHand = make(chan struct{})
	s.queue("one")
	s.run()
	<-p.inHand
	s.Stop(s.t)
	<-p.inHand
	s.kill()
}

// TestCrashControl shows that the crash test can see the fault: a spool that records the start after the print leaves
// a second paper that looks like a first.
func TestCrashControl(t *testing.T) {
	p := &printer{}
	s := open(t, p)
	s.queue("one")
	if err := p.Print(t.Context(), s.job("one")); err != nil { // as such a spool would, and then the power went
		t.Fatal(err)
	}
	s.Reboot(t)
	s.run()
	s.await("one", paper.StatePrinted)
	s.halt()
	if diff := cmp.Diff([]string{"one", "one"}, p.out()); diff != "" {
		t.Error("the fault was not seen:", diff)
	}
}

// A job that was withdrawn while it waited is passed over.
func TestWithdrawn(t *testing.T) {
	p := &printer{}
	s := open(t, p)
	s.queue("one", "two")
	s.update(func(tx *ledger.Tx) error { return paper.Withdraw(tx, "one", paper.ReasonLeft) })
	s.run()
	s.await("two", paper.StatePrinted)
	s.halt()
	if diff := cmp.Diff([]string{"two"}, p.out()); diff != "" {
		t.Error(diff)
	}
}

// Two printers share one queue: nothing comes out twice.
func TestTwoPrinters(t *testing.T) {
	a, b := &printer{}, &printer{}
	s := open(t, a, b)
	s.run()
	const jobs = 60
	for i := range jobs {
		s.queue(fmt.Sprint("job ", i))
	}
	for i := range jobs {
		s.await(fmt.Sprint("job ", i), paper.StatePrinted)
	}
	s.halt()
	all := append(a.out(), b.out()...)
	slices.Sort(all)
	if n := len(slices.Compact(slices.Clone(all))); n != jobs || len(all) != jobs {
		t.Errorf("%d papers of %d jobs, want %d", len(all), n, jobs)
	}
}

func TestStoppedLedger(t *testing.T) {
	s := open(t, &printer{})
	s.run()
	s.queue("one")
	s.await("one", paper.StatePrinted)
	l := s.Ledger
	s.Stop(t)
	s.Start(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	sp := s.spool
	sp.Ledger = l
	if err := sp.Run(ctx); !errors.Is(err, ledger.ErrStopped) {
		t.Errorf("run on a stopped ledger: %v, want ErrStopped", err)
	}
}
