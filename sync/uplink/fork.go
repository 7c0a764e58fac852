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

	forgot bool // low is common by that alone
	behind bool // there is nothing to compare: what is common was forgotten
}

// shelf is what headquarters keeps of our branch.
type shelf struct {
	at   chain.Position // kept up to here
	next chain.Position // sent up to here
	told time.Time      // when headquarters last said so
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

// behind is for a headquarters that stands before the first record we keep. Either it lost what it had confirmed, or a
// person has made another history, a shorter one, the chain. Where ours was confirmed to it tells which: it is shown
// what follows.
func (s *Sender) behind(now time.Time, held uint64) []Act {
	if s.version < shelvesSince || s.confirmed.Seq <= held || s.head.Seq <= s.confirmed.Seq {
		return s.lost(now, held)
	}
	return s.showConfirmed(now)
}

// showConfirmed shows what follows the newest record that was ever confirmed: headquarters has that on some branch.
func (s *Sender) showConfirmed(now time.Time) []Act {
	s.search = search{low: s.confirmed, begins: s.confirmed, held: s.head.Seq, behind: true}
	return s.show(now)
}

func (s *Sender) lost(now time.Time, held uint64) []Act {
	return s.giveUp(now, CodeBehind, fmt.Sprintf(
		"headquarters stands at %d and this box no longer keeps what follows; headquarters must be restored", held))
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
	if s.search.forgot && s.search.low.Seq < s.confirmed.Seq && s.confirmed.Seq < s.head.Seq {
		return s.showConfirmed(now)
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
	// What the box has forgotten, headquarters had confirmed: it is common, unless a fork was settled since.
	if !e.Ours.Known || e.Ours.Is(e.At.Hash) {
		s.search.low, s.search.begins, s.search.forgot = e.At, e.At, !e.Ours.Known
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
	case Refused:
		return s.turnedAway(now, e)
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

// turnedAway takes the refusals that have to do with other boxes of our name.
func (s *Sender) turnedAway(now time.Time, e Refused) ([]Act, bool) {
	switch {
	case s.phase == waiting || s.phase == dialling:
		return nil, false
	case e.Code == wire.CodeReplaced:
		// An older link of our own would have heard it, not this one. Two boxes that took turns at once would keep each
		// other from their work.
		s.code, s.detail = e.Code, e.Detail
		s.wait(now, s.jitter(s.ceiling))
		return []Act{Hang{"refused: " + e.Code}}, true
	case e.Code == wire.CodeSettled:
		s.forked = true
	case e.Code == wire.CodeGap && s.phase == showing && s.search.behind:
		return s.lost(now, e.Held.Seq), true
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
		s.shelf = shelf{at: e.At, next: e.At, told: now}
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

// idle beats, or gives up waiting for an answer. What a person has settled meanwhile only a greeting tells.
func (s *Sender) idle(now time.Time) []Act {
	switch {
	case now.Before(s.due) || s.phase != branching:
		return nil
	case s.shelf.next == s.shelf.at && now.Sub(s.shelf.told) > settleEvery:
		return s.hang(now, "to hear whether the fork was settled")
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
