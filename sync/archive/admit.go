package archive

import (
	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// Verdict is what headquarters does with a batch.
type Verdict uint8

const (
	Append    Verdict = iota // it begins exactly where the chain ends
	Duplicate                // all of it is held already, byte for byte: acknowledged again, without effect
	Gap                      // something before it is missing, or it overlaps the end
	Fork                     // it contradicts what is held: it begins a branch of its own, never merged
	Aside                    // it goes on where a branch ends, or is on a branch already
	Settled                  // it is of a branch that a person has settled: no effect
)

func (v Verdict) String() string {
	return [...]string{"append", "duplicate", "gap", "fork", "aside", "settled"}[v]
}

// Admit decides about a chain alone. Held is the end of the archived chain; at gives the hash of any record up to
// there. It is the one rule for the exactly-once promise, used by the state machine and by the simulation.
func Admit(held chain.Position, at func(seq uint64) chain.Hash, s wire.Span) Verdict {
	prev, last := s.Prev, s.Last()
	switch {
	case prev.Seq > held.Seq:
		return Gap
	case at(prev.Seq) != prev.Hash:
		return Fork
	case prev.Seq == held.Seq:
		return Append
	case last.Seq > held.Seq:
		return Gap
	case at(last.Seq) != last.Hash:
		return Fork
	}
	return Duplicate
}

// Strand is a run of records as Place sees it: the chain from its start, or a branch from the position where it leaves
// another strand.
type Strand struct {
	Base, End chain.Position
	At        func(seq uint64) chain.Hash // of a record from Base to End, both included
	Settled   bool
}

// Place decides about a chain with its branches: strands[0] is the chain, and the number is of the strand that the batch
// belongs to. Passes tells whether the batch's own record in that place is this one; it is asked of places inside the
// batch only, and only where a strand ends in the middle of it.
//
// A batch that is no part of the chain is looked for on the branches. One that nothing leads to is a Gap: whoever sent
// it greets again, and shows where it left the chain.
func Place(strands []Strand, s wire.Span, passes func(chain.Position) bool) (Verdict, int) {
	trunk := strands[0]
	v := Admit(trunk.End, trunk.At, s)
	if v == Append || v == Duplicate {
		return v, 0
	}
	left := false // the batch begins on a strand and leaves it
	for i, b := range strands {
		switch b.meet(s, passes) {
		case with:
			if i == 0 {
				return Gap, 0
			}
			return b.verdict(), i
		case against:
			left = true
		}
	}
	if left {
		return Fork, 0
	}
	return Gap, 0
}

func (b Strand) verdict() Verdict {
	if b.Settled {
		return Settled
	}
	return Aside
}

// meeting is how a batch lies to a strand.
type meeting uint8

const (
	apart   meeting = iota // it does not begin on the strand
	with                   // as far as both go they are the same
	against                // it begins on the strand and contradicts it
)

func (b Strand) meet(s wire.Span, passes func(chain.Position) bool) meeting {
	prev, last := s.Prev, s.Last()
	switch {
	case prev.Seq < b.Base.Seq, prev.Seq > b.End.Seq, b.At(prev.Seq) != prev.Hash:
		return apart
	case prev.Seq == b.End.Seq:
		return with
	case last.Seq <= b.End.Seq && b.At(last.Seq) == last.Hash, last.Seq > b.End.Seq && passes(b.End):
		return with
	}
	return against
}
