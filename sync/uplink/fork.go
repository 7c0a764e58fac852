package uplink

import (
	"fmt"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// search is the bisection for the last record that our history shares with another: headquarters' chain, or a branch
// that it keeps. Low is common; high is not.
type search struct {
	low    chain.Position
	begins chain.Position // where headquarters' batch that holds what follows low begins
	high   uint64
	held   uint64 // the other history's end: evidence may not reach past it
	probes int
	nested int // branches compared with before this one, on this link
}

// shelf is what headquarters keeps of our branch.
type shelf struct {
	at   chain.Position // kept up to here
	next chain.Position // sent up to here
}

// diverged is entered with the lowest sequence known to differ, which may be the one after our head.
func (s *Sender) diverged(now time.Time, held, high uint64) []Act {
	s.forked = true
	if s.code != wire.CodeSettled {
		s.code = wire.CodeFork
		s.detail = "headquarters holds another history of this centre (a restored backup, a cloned disk); " +
			"this box serves on and keeps its own; headquarters' people must settle it"
	}
	if s.shown && s.version < shelvesSince {
		return s.settle(now, "forked")
	}
	s.search = search{low: s.start, begins: s.start, high: high, held: held}
	return s.narrow(now)
}

// narrow asks for the middle, or ends the search and shows evidence: from where a batch of the other history begins, so
// that ours can take its place, to somewhat past the first record that differs.
func (s *Sender) narrow(now time.Time) []Act {
	s.phase, s.due = searching, now.Add(answerMax)
	if s.search.high-s.search.low.Seq > 1 {
		s.search.probes++
		return []Act{Ask{s.middle()}}
	}
	if s.search.nested == 0 {
		s.common = s.search.low
	}
	if min(s.head.Seq, s.search.held) <= s.search.low.Seq {
		return s.settle(now, "forked, with nothing to show yet")
	}
	return s.show(now)
}

func (s *Sender) show(now time.Time) []Act {
	s.phase, s.packing, s.due = showing, true, now.Add(answerMax)
	upTo := min(s.head.Seq, s.search.held, s.search.low.Seq+evidenceRecords)
	return []Act{Send{After: s.search.begins, UpTo: upTo, LimitBytes: wire.RawBytesMax}}
}

func (s *Sender) middle() uint64 { return s.search.low.Seq + (s.search.high-s.search.low.Seq)/2 }

func (s *Sender) landmarked(now time.Time, e Landmarked) []Act {
	switch {
	case s.phase != searching:
		return nil
	case e.At.Seq != s.middle() || s.search.probes >= probesMax:
		return s.hang(now, fmt.Sprintf("landmark at %d, asked for %d", e.At.Seq, s.middle()))
	}
	// What the box has forgotten, headquarters had confirmed: it is common.
	if !e.Ours.Known || e.Ours.Is(e.At.Hash) {
		s.search.low, s.search.begins = e.At, e.At
		if e.Base.Is(e.Begins.Hash) {
			s.search.begins = e.Begins
		}
	} else {
		s.search.high = e.At.Seq
	}
	return s.narrow(now)
}

// aside takes the events of a link on which our history is shown as a branch. It is false for all others.
func (s *Sender) aside(now time.Time, e Event) ([]Act, bool) {
	switch e := e.(type) {
	case Welcomed:
		s.version = e.Version
		return nil, false
	case Shelved:
		return s.shelved(now, e), true
	case Acked:
		if s.phase == showing || s.phase == branching {
			return s.joined(now), true
		}
	}
	if s.phase != branching && s.phase != showing {
		return nil, false
	}
	switch e := e.(type) {
	case Advanced:
		s.head = later(s.head, e.Head)
		return s.branch(), true
	case Packed:
		s.packing, s.shelf.next, s.due = false, e.Last, now.Add(ackMax)
		return nil, true
	case Tick:
		return s.idle(now), s.phase == branching || now.Before(s.due)
	}
	return nil, false
}

// shelved learns where headquarters' copy of our branch ends, or that it took us for another branch that begins alike.
func (s *Sender) shelved(now time.Time, e Shelved) []Act {
	switch {
	case s.phase != showing && s.phase != branching:
		return nil
	case e.Ours.Is(e.At.Hash):
		s.phase, s.failures, s.due = branching, 0, now.Add(beatEvery)
		s.shelf = shelf{at: e.At, next: e.At}
		s.code = wire.CodeFork
		s.detail = fmt.Sprintf("headquarters holds another history of this centre (a restored backup, a cloned disk) "+
			"and keeps this box's beside it, up to record %d; this box serves on; headquarters' people must settle it", e.At.Seq)
		return s.branch()
	case s.search.nested >= strandsMax:
		return s.settle(now, "headquarters has too many histories to compare with")
	}
	s.search = search{
		low: s.search.begins, begins: s.search.begins, high: min(e.At.Seq, s.head.Seq+1), held: e.At.Seq, nested: s.search.nested + 1,
	}
	return s.narrow(now)
}

// joined is for evidence that was acknowledged. It ended with the last common record, so large are the ones in it: then
// what follows that record is shown. Or a person has made our branch the chain: the next greeting finds that.
func (s *Sender) joined(now time.Time) []Act {
	if s.phase == showing && s.search.begins != s.search.low {
		s.search.begins = s.search.low
		return s.show(now)
	}
	return s.hang(now, "headquarters acknowledged what it held as a branch")
}

// branch sends what follows on our branch, one batch at a time: nobody waits for it.
func (s *Sender) branch() []Act {
	if s.phase != branching || s.packing || s.shelf.next != s.shelf.at || s.head.Seq <= s.shelf.at.Seq {
		return nil
	}
	s.packing = true
	return []Act{Send{After: s.shelf.at, UpTo: s.head.Seq, LimitBytes: branchBytes}}
}

// idle beats, or gives up waiting for an answer.
func (s *Sender) idle(now time.Time) []Act {
	switch {
	case now.Before(s.due) || s.phase != branching:
		return nil
	case s.shelf.next == s.shelf.at:
		s.due = now.Add(beatEvery)
		return []Act{Beat{s.head}}
	}
	return s.hang(now, "no answer")
}

func later(a, b chain.Position) chain.Position {
	if b.Seq > a.Seq {
		return b
	}
	return a
}
