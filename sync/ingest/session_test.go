package ingest_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"markaz.example/edge/chain"
	"markaz.example/sync/archive"
	"markaz.example/sync/ingest"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

// talk drives a Session by hand.
type talk struct {
	testing.TB
	*ingest.Session
	c   *wiretest.Chain
	now time.Time
}

func newTalk(t testing.TB, records int) *talk {
	c := wiretest.New("ISB-01", 1)
	c.Grow(records)
	now := time.Unix(1_767_225_600, 0)
	return &talk{t, ingest.NewSession(now, "ISB-01"), c, now}
}

// tell expects these acts, and no others.
func (s *talk) tell(e ingest.Event, want ...ingest.Act) {
	s.Helper()
	if d := cmp.Diff(want, s.Step(s.now, e)); d != "" {
		s.Fatalf("after %T (-want +got):\n%s", e, d)
	}
}

// refused expects a refusal alone, and silence after it.
func (s *talk) refused(e ingest.Event, code string, fatal bool) {
	s.Helper()
	acts := s.Step(s.now, e)
	if len(acts) != 1 {
		s.Fatalf("got %v, want a refusal alone", acts)
	}
	if r, ok := acts[0].(ingest.Refuse); !ok || r.Code != code || r.Fatal != fatal || r.Detail == "" {
		s.Fatalf("got %+v, want %q, fatal %t", acts[0], code, fatal)
	}
	s.tell(ingest.Heard{Message: wire.Beat{}})
	s.tell(ingest.Committed{})
	s.tell(ingest.Tick{})
}

func (s *talk) open(held uint64) {
	s.Helper()
	s.tell(ingest.Heard{Message: hello(s.c)}, ingest.Find{Incarnation: s.c.In, Head: s.c.Head()})
	s.tell(ingest.Found{Held: s.c.At(held)},
		ingest.Note{Head: s.c.Head(), Held: s.c.At(held)},
		ingest.Greet{Welcome: wire.Welcome{Version: wire.Version, Held: s.c.At(held), Window: 8}})
}

func (s *talk) batch(from, to uint64) ingest.Heard {
	return ingest.Heard{Message: batch(s, s.c, from, to)}
}

func (s *talk) submit(from, to uint64) {
	s.Helper()
	h := s.batch(from, to)
	s.tell(h, ingest.Submit{Batch: h.Message.(wire.Batch)})
}

func TestAcknowledgesAfterTheCommitOnly(t *testing.T) {
	s := newTalk(t, 30)
	s.open(10)
	s.submit(11, 20) // no Say here
	s.submit(21, 30)
	for _, to := range []uint64{20, 30} {
		s.tell(ingest.Committed{Verdict: archive.Append, Held: s.c.At(to)},
			ingest.Say{Message: wire.Ack{Held: s.c.At(to)}}, ingest.Note{Head: s.c.Head(), Held: s.c.At(to)})
	}
	s.submit(11, 20)
	s.tell(ingest.Committed{Verdict: archive.Duplicate, Held: s.c.At(30)},
		ingest.Say{Message: wire.Ack{Held: s.c.At(30)}}, ingest.Note{Head: s.c.Head(), Held: s.c.At(30)})
}

func TestWhatEndsASession(t *testing.T) {
	for name, c := range map[string]struct {
		event ingest.Event
		code  string
		fatal bool
	}{
		"gap":          {ingest.Committed{Verdict: archive.Gap}, wire.CodeGap, false},
		"settled":      {ingest.Committed{Verdict: archive.Settled}, wire.CodeSettled, true},
		"no room":      {ingest.Committed{Err: fmt.Errorf("submit: %w", archive.ErrAside)}, wire.CodeFork, true},
		"forged":       {ingest.Committed{Err: fmt.Errorf("submit: %w", chain.ErrSignature)}, wire.CodeKey, true},
		"no quorum":    {ingest.Committed{Err: errors.New("no leader")}, wire.CodeBusy, false},
		"another key":  {ingest.Committed{Err: fmt.Errorf("submit: %w", archive.ErrKey)}, wire.CodeKey, true},
		"a crowd":      {ingest.Committed{Err: fmt.Errorf("submit: %w", archive.ErrCrowd)}, wire.CodeCrowd, true},
		"bad records":  {ingest.Heard{Message: wire.Batch{}, Fault: chain.ErrBroken}, wire.CodeOrder, true}, // of no incarnation
		"replaced":     {ingest.Replaced{}, wire.CodeReplaced, false},
		"garbled":      {ingest.Garbled{Fault: wire.ErrKind}, wire.CodeMalformed, true},
		"not a box's":  {ingest.Heard{Message: wire.Landmark{}}, wire.CodeOrder, true},
		"second hello": {ingest.Heard{Message: hello(wiretest.New("ISB-01", 1))}, wire.CodeOrder, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTalk(t, 20)
			s.open(0)
			s.submit(1, 10)
			s.refused(c.event, c.code, c.fatal)
		})
	}
}

func TestNobodyMaySendMoreThanTheWindow(t *testing.T) {
	s := newTalk(t, 20)
	s.open(0)
	for i := range uint64(8) {
		s.submit(i+1, i+1)
	}
	s.refused(s.batch(9, 9), wire.CodeWindow, true)
}

func TestSilence(t *testing.T) {
	s := newTalk(t, 1)
	s.tell(ingest.Tick{}) // not yet
	s.now = s.Wake()
	s.refused(ingest.Tick{}, wire.CodeSilent, false)

	s = newTalk(t, 1)
	s.open(0)
	for range 3 {
		s.now = s.Wake().Add(-time.Second)
		s.tell(ingest.Heard{Message: wire.Beat{Head: s.c.Head()}}, ingest.Note{Head: s.c.Head(), Held: s.c.At(0)}, ingest.Pass{Beat: wire.Beat{Head: s.c.Head()}})
	}
	s.now = s.Wake()
	s.refused(ingest.Tick{}, wire.CodeSilent, false)
}

// TestIdleLinkLearnsOfASettlement: what is held is looked at again while a box has nothing to send.
func TestIdleLinkLearnsOfASettlement(t *testing.T) {
	s := newTalk(t, 20)
	s.open(20)
	beat := wire.Beat{Head: s.c.Head()}
	s.tell(ingest.Heard{Message: beat}, ingest.Note{Head: s.c.Head(), Held: s.c.Head()}, ingest.Pass{Beat: beat},
		ingest.Check{Incarnation: s.c.In})
	s.tell(ingest.Checked{Held: s.c.Head()})
	s.tell(ingest.Checked{Err: errors.New("no leader")})
	s.refused(ingest.Checked{Held: s.c.At(17)}, wire.CodeGap, false)
}

func TestProbes(t *testing.T) {
	s := newTalk(t, 20)
	s.open(10)
	mark := func(seq int) ingest.Mark {
		return ingest.Mark{Detail: fmt.Sprintf("the box compares histories at %d", seq)}
	}
	look := func(tip, seq uint64) ingest.Look { return ingest.Look{Tip: s.c.At(tip), Seq: seq} }
	s.tell(ingest.Heard{Message: wire.Probe{Seq: 5}}, mark(5), look(10, 5))
	s.tell(ingest.Looked{At: s.c.At(5), Begins: s.c.At(3)}, ingest.Say{Message: wire.Landmark{At: s.c.At(5), Begins: s.c.At(3)}})
	s.tell(ingest.Heard{Message: wire.Probe{Seq: 1 << 60}}, mark(10), look(10, 10)) // never past what is held
	s.refused(ingest.Looked{Err: ingest.ErrNoLandmarks}, wire.CodeFork, true)
}

// TestBranches: a batch that was set aside is answered with where its branch stands, and from then on probes are of that
// branch. A box of version 1 is refused.
func TestBranches(t *testing.T) {
	s := newTalk(t, 20)
	s.open(10)
	s.submit(5, 9)
	s.tell(ingest.Committed{Verdict: archive.Fork, Held: s.c.At(9)},
		ingest.Say{Message: wire.Shelved{At: s.c.At(9)}}, ingest.Note{Head: s.c.Head(), Held: s.c.At(10)})
	s.submit(10, 15)
	s.tell(ingest.Committed{Verdict: archive.Aside, Held: s.c.At(15)},
		ingest.Say{Message: wire.Shelved{At: s.c.At(15)}}, ingest.Note{Head: s.c.Head(), Held: s.c.At(10)})
	s.tell(ingest.Heard{Message: wire.Probe{Seq: 12}},
		ingest.Mark{Detail: "the box compares histories at 12"}, ingest.Look{Tip: s.c.At(15), Seq: 12})

	s = newTalk(t, 20)
	greeting := hello(s.c)
	greeting.Version = 1
	s.Step(s.now, ingest.Heard{Message: greeting})
	s.Step(s.now, ingest.Found{Held: s.c.At(10)})
	s.tell(ingest.Heard{Message: wire.Probe{Seq: 5}},
		ingest.Mark{Detail: "the box compares histories at 5"}, ingest.Look{Tip: s.c.At(10), Seq: 5})
	s.tell(ingest.Looked{At: s.c.At(5), Begins: s.c.At(3)}, ingest.Say{Message: wire.Landmark{At: s.c.At(5)}})
	s.submit(6, 9)
	s.refused(ingest.Committed{Verdict: archive.Fork, Held: s.c.At(9)}, wire.CodeFork, true)
}
