package archive

import (
	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// Verdict is what headquarters does with a batch.
type Verdict uint8

const (
	Append    Verdict = iota // it begins exactly where the archive ends
	Duplicate                // all of it is held already, byte for byte: acknowledged again, without effect
	Gap                      // something between the archive's end and its beginning is missing, or it overlaps the end
	Fork                     // it contradicts what is held: set aside, never merged
)

func (v Verdict) String() string {
	return [...]string{"append", "duplicate", "gap", "fork"}[v]
}

// Admit decides. Held is the end of the archived chain; at gives the hash of any record up to there.
// It is the one rule for the exactly-once promise, used by the state machine and by the simulation.
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
