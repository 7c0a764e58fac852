package ingest

import (
	"errors"
	"fmt"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
	"markaz.example/sync/wire"
)

// Session decides what headquarters does on one link. It is a value with one method that matters: Step takes an event
// and the time, and gives what is to be done. It is not for several goroutines.
type Session struct {
	centre id.Centre // that the certificate speaks for

	phase  phase
	hello  wire.Hello
	head   chain.Position // the box's, as it last said
	held   chain.Position // headquarters', as last known here
	strand chain.Position // the end of the branch that the box is on, once a batch was set aside; else held
	asked  uint64         // of the landmark under way
	queued int            // batches submitted, not answered
	due    time.Time      // when the link has been silent too long
}

type phase uint8

const (
	fresh    phase = iota // nothing was heard
	finding               // Hello was heard; what is held of that chain is being found
	open                  // batches may come
	looking               // a landmark is being found
	finished              // nothing more is said
)

// NewSession begins a link of the box that a certificate admitted.
func NewSession(now time.Time, centre id.Centre) *Session {
	return &Session{centre: centre, due: now.Add(helloMax)}
}

// Event is what Session is told: one of the types below.
type Event interface{ event() }

type (
	// Heard is a message from the box. Odd and Fault are what Inspect said of a batch.
	Heard struct {
		Message wire.Message
		Odd     []wire.Odd
		Fault   error
	}
	// Garbled says that a frame was not a message.
	Garbled struct{ Fault error }
	// Found answers Find. Settled: the box's head is on a branch that a person has settled. Err: it cannot be known now.
	Found struct {
		Held    chain.Position
		Settled bool
		Err     error
	}
	// Checked answers Check. Err: it cannot be known now.
	Checked struct {
		Held chain.Position
		Err  error
	}
	// Looked answers Look. Err: it cannot be known now.
	Looked struct {
		At, Begins chain.Position
		Err        error
	}
	// Committed answers a Submit, in the order of the Submits. Err: it is not known whether it was committed.
	Committed struct {
		Verdict archive.Verdict
		Held    chain.Position // after it, of the chain or of the branch that the verdict is about
		Err     error
	}
	// Replaced says that the box has a newer link.
	Replaced struct{}
	// Tick says that Wake has come.
	Tick struct{}
)

func (Heard) event()     {}
func (Garbled) event()   {}
func (Found) event()     {}
func (Checked) event()   {}
func (Looked) event()    {}
func (Committed) event() {}
func (Replaced) event()  {}
func (Tick) event()      {}

// Act is what Session wants done: one of the types below, in the order given.
type Act interface{ act() }

type (
	// Find wants what is held of the box's chain, and how its head lies to that. Found answers.
	Find struct {
		Incarnation chain.Incarnation
		Head        chain.Position
	}
	// Check wants once more what is held of the box's chain. Checked answers.
	Check struct{ Incarnation chain.Incarnation }
	// Greet sends a Welcome; the Server adds the time.
	Greet struct{ wire.Welcome }
	// Submit wants a batch committed by the group, and its odd records named. Committed answers.
	Submit struct {
		Batch wire.Batch
		Odd   []wire.Odd
	}
	// Look wants the archive's landmark on the way to a position that it holds. Looked answers.
	Look struct {
		Tip chain.Position
		Seq uint64
	}
	// Say sends an Ack, a Shelved or a Landmark.
	Say struct{ Message wire.Message }
	// Refuse sends a refusal and ends the link. Events may still come, and come to nothing.
	Refuse struct{ wire.Refusal }
	// Deliver hands on what the box says about what goes down: letters it received, a piece it fetches.
	Deliver struct{ Message wire.Message }
	// Note tells the fleet page how the chain stands.
	Note struct{ Head, Held chain.Position }
	// Pass passes on how the box says that it is.
	Pass struct{ Beat wire.Beat }
	// Mark tells the fleet page that the box compares histories: they differ.
	Mark struct{ Detail string }
)

func (Find) act()    {}
func (Check) act()   {}
func (Greet) act()   {}
func (Submit) act()  {}
func (Look) act()    {}
func (Say) act()     {}
func (Refuse) act()  {}
func (Deliver) act() {}
func (Note) act()    {}
func (Pass) act()    {}
func (Mark) act()    {}

// Wake is when Tick is next wanted.
func (s *Session) Wake() time.Time { return s.due }

// Hello is the box's greeting, once heard.
func (s *Session) Hello() (wire.Hello, bool) { return s.hello, len(s.hello.Key) > 0 }

// Step takes one event at a time that never goes back, and gives what is to be done, in order.
func (s *Session) Step(now time.Time, e Event) []Act {
	if s.phase == finished {
		return nil
	}
	switch e := e.(type) {
	case Heard:
		s.due = now.Add(silenceMax)
		return s.heard(e)
	case Garbled:
		return s.refuse(wire.CodeMalformed, e.Fault.Error(), true)
	case Found:
		return s.found(e)
	case Checked:
		return s.checked(e)
	case Looked:
		return s.looked(e)
	case Committed:
		return s.committed(e)
	case Replaced:
		return s.refuse(wire.CodeReplaced, "this box has opened a newer link", false)
	case Tick:
		return s.tick(now)
	}
	panic(fmt.Sprintf("BUG: event %T", e))
}

func (s *Session) tick(now time.Time) []Act {
	if now.Before(s.due) {
		return nil
	}
	return s.refuse(wire.CodeSilent, "nothing was heard for too long", false)
}

func (s *Session) heard(e Heard) []Act {
	switch m := e.Message.(type) {
	case wire.Hello:
		if s.phase == fresh {
			return s.greeted(m)
		}
	case wire.Batch:
		if s.phase == open {
			return s.offered(m, e)
		}
	case wire.Probe:
		if s.phase == open {
			return s.probed(m)
		}
	case wire.Beat:
		if s.phase == open || s.phase == looking {
			return s.beat(m)
		}
	case wire.Received, wire.Fetch:
		if s.phase == open || s.phase == looking {
			return []Act{Deliver{m}}
		}
	}
	return s.refuse(wire.CodeOrder, fmt.Sprintf("%T has no place here", e.Message), true)
}

func (s *Session) greeted(h wire.Hello) []Act {
	if h.Centre() != s.centre {
		return s.refuse(wire.CodeCentre, fmt.Sprintf("the certificate speaks for %s, the chain is of %s", s.centre, h.Centre()), true)
	}
	s.phase, s.hello, s.head = finding, h, h.Head
	return []Act{Find{h.Incarnation, h.Head}}
}

func (s *Session) found(e Found) []Act {
	switch {
	case s.phase != finding:
		return nil
	case e.Err != nil:
		return s.refuse(wire.CodeBusy, e.Err.Error(), false)
	case e.Settled:
		s.held = e.Held
		return s.lost()
	}
	s.phase, s.held, s.strand = open, e.Held, e.Held
	welcome := wire.Welcome{Version: min(s.hello.Version, wire.Version), Held: s.held, Window: window}
	welcome.Dictionary = wire.NewestDictionary(s.hello.Dictionaries)
	return []Act{Note{s.head, s.held}, Greet{welcome}}
}

// beat looks, while nothing is under way, whether what is held is still what this link knows.
func (s *Session) beat(b wire.Beat) []Act {
	s.head = b.Head
	acts := []Act{Note{s.head, s.held}, Pass{b}}
	if s.phase == open && s.queued == 0 && s.strand == s.held && s.head.Seq <= s.held.Seq {
		acts = append(acts, Check{s.hello.Incarnation})
	}
	return acts
}

// checked ends a link under which the chain has changed: a person has settled a fork, or another link brought more.
func (s *Session) checked(e Checked) []Act {
	if e.Err != nil || s.phase != open || s.queued > 0 || e.Held == s.held && e.Held.Seq <= s.head.Seq {
		return nil
	}
	s.held = e.Held
	return s.refuse(wire.CodeGap, fmt.Sprintf("headquarters stands at %d by now; greet again", e.Held.Seq), false)
}

func (s *Session) offered(b wire.Batch, e Heard) []Act {
	switch fault := e.Fault; {
	case s.queued >= window:
		return s.refuse(wire.CodeWindow, fmt.Sprintf("more than %d batches under way", window), true)
	case b.Incarnation() != s.hello.Incarnation:
		return s.refuse(wire.CodeOrder, fmt.Sprintf("batch of %s on a link of %s", b.Incarnation(), s.hello.Incarnation), true)
	case errors.Is(fault, chain.ErrSignature):
		return s.refuse(wire.CodeKey, fault.Error(), true)
	case fault != nil:
		return s.refuse(wire.CodeMalformed, fault.Error(), true)
	}
	if last := b.Last(); last.Seq > s.head.Seq {
		s.head = last
	}
	s.queued++
	return []Act{Submit{b, e.Odd}}
}

// committed answers the box, and never before the group has.
func (s *Session) committed(e Committed) []Act {
	s.queued--
	switch {
	case errors.Is(e.Err, archive.ErrKey), errors.Is(e.Err, chain.ErrSignature):
		return s.refuse(wire.CodeKey, e.Err.Error(), true)
	case errors.Is(e.Err, archive.ErrHeir):
		return s.refuse(wire.CodeHeir, e.Err.Error(), true)
	case errors.Is(e.Err, archive.ErrAncestor):
		return s.refuse(wire.CodeAncestor, e.Err.Error(), false)
	case errors.Is(e.Err, archive.ErrCrowd):
		return s.refuse(wire.CodeCrowd, e.Err.Error(), true)
	case errors.Is(e.Err, archive.ErrAside):
		return s.refuse(wire.CodeFork, e.Err.Error(), true)
	case e.Err != nil:
		return s.refuse(wire.CodeBusy, e.Err.Error(), false)
	}
	switch e.Verdict {
	case archive.Append, archive.Duplicate:
		s.held, s.strand = e.Held, e.Held
		return []Act{Say{wire.Ack{Held: e.Held}}, Note{s.head, s.held}}
	case archive.Gap:
		s.held = e.Held
		return s.refuse(wire.CodeGap, fmt.Sprintf("headquarters stands at %d; greet again and go on from there", e.Held.Seq), false)
	case archive.Fork, archive.Aside:
		return s.shelved(e.Held)
	case archive.Settled:
		return s.lost()
	}
	panic("BUG: verdict " + e.Verdict.String())
}

func (s *Session) lost() []Act {
	return s.refuse(wire.CodeSettled, "headquarters' people have taken another history of this centre for the right one; "+
		"this box's is kept beside it; make this box anew: enrol it again and let it fetch the centre's chain", true)
}

// shelved tells the box how far its branch is kept. To a box of version 1 that is a refusal.
func (s *Session) shelved(end chain.Position) []Act {
	if s.strand = end; s.hello.Version < shelvesSince {
		return s.refuse(wire.CodeFork, fmt.Sprintf("the batch contradicts the history held up to %d; it was set aside", s.held.Seq), true)
	}
	return []Act{Say{wire.Shelved{At: end}}, Note{s.head, s.held}}
}

func (s *Session) probed(p wire.Probe) []Act {
	s.phase, s.asked = looking, min(p.Seq, s.strand.Seq)
	return []Act{Mark{fmt.Sprintf("the box compares histories at %d", s.asked)}, Look{s.strand, s.asked}}
}

func (s *Session) looked(e Looked) []Act {
	switch {
	case s.phase != looking:
		return nil
	case errors.Is(e.Err, ErrNoLandmarks):
		return s.refuse(wire.CodeFork, e.Err.Error(), true)
	case e.Err != nil:
		return s.refuse(wire.CodeBusy, e.Err.Error(), false)
	}
	s.phase = open
	mark := wire.Landmark{At: e.At}
	if s.hello.Version >= shelvesSince {
		mark.Begins = e.Begins
	}
	return []Act{Say{mark}}
}

func (s *Session) refuse(code, detail string, fatal bool) []Act {
	s.phase = finished
	return []Act{Refuse{wire.NewRefusal(code, detail, s.held, fatal)}}
}
