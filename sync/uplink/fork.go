package uplink

import (
	"fmt"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// search is the bisection for the last record that both histories share. Low is common; high is not.
type search struct {
	low    chain.Position
	high   uint64
	held   uint64 // headquarters' end: evidence may not reach past it
	probes int
}

// diverged is entered with the lowest sequence known to differ, which may be the one after our head.
func (s *Sender) diverged(now time.Time, held, high uint64) []Act {
	s.forked, s.code = true, wire.CodeFork
	s.detail = "headquarters holds another history of this centre (a restored backup, a cloned disk); " +
		"this box serves on and keeps its own; headquarters' people must settle it"
	if s.shown {
		return s.settle(now, "forked")
	}
	s.phase, s.search = searching, search{low: s.start, high: high, held: held}
	return s.narrow(now)
}

// narrow asks for the middle, or ends the search.
func (s *Sender) narrow(now time.Time) []Act {
	if s.search.high-s.search.low.Seq > 1 {
		s.due = now.Add(answerMax)
		s.search.probes++
		return []Act{Ask{s.middle()}}
	}
	s.common = s.search.low
	upTo := min(s.head.Seq, s.search.held)
	if upTo <= s.common.Seq {
		return s.settle(now, "forked, with nothing to show yet")
	}
	s.phase, s.packing, s.due = showing, true, now.Add(answerMax)
	return []Act{Send{After: s.common, UpTo: upTo, LimitBytes: batchBytesFirst}}
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
		s.search.low = e.At
	} else {
		s.search.high = e.At.Seq
	}
	return s.narrow(now)
}
