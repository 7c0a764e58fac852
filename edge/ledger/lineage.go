package ledger

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
)

// lineage is whose records a file has: those of incarnations that were succeeded, eldest first, and its own behind them.
// It changes only while the file is closed.
type lineage struct {
	own       chain.Incarnation
	ancestors []ancestor
}

// ancestor is one that was succeeded.
type ancestor struct {
	In  chain.Incarnation
	End chain.Position // its last record here, which its successor goes on after
	Why string         // a person's words for it

	held uint64 // headquarters is known to hold it up to this record; under the ledger's lock
}

// eldest is the incarnation of the file's first record.
func (g lineage) eldest() chain.Incarnation {
	if len(g.ancestors) > 0 {
		return g.ancestors[0].In
	}
	return g.own
}

// enter is what the next record's hash follows: the record itself, or, where an incarnation ends, the start of the next.
func (g lineage) enter(at chain.Position) chain.Position {
	if i := g.ending(at.Seq); i >= 0 {
		return g.incarnation(i + 1).Start()
	}
	return at
}

// ending is which ancestor ends with a record; negative for none.
func (g lineage) ending(seq uint64) int {
	return slices.IndexFunc(g.ancestors, func(a ancestor) bool { return a.End.Seq == seq })
}

func (g lineage) incarnation(i int) chain.Incarnation {
	if i < len(g.ancestors) {
		return g.ancestors[i].In
	}
	return g.own
}

// room is how many records behind one are of the same incarnation: no block has two's.
func (g lineage) room(after uint64) uint64 {
	for _, a := range g.ancestors {
		if after < a.End.Seq {
			return a.End.Seq - after
		}
	}
	return math.MaxUint64
}

// of is whose record one is.
func (g lineage) of(seq uint64) chain.Incarnation {
	for _, a := range g.ancestors {
		if seq <= a.End.Seq {
			return a.In
		}
	}
	return g.own
}

// step moves a walk past the end of an incarnation, where it stands on one.
func (g lineage) step(w *chain.Walk) *chain.Walk {
	if at := w.At(); len(g.ancestors) > 0 && g.ending(at.Seq) >= 0 {
		return g.enter(at).Walk()
	}
	return w
}

// readLineage reads whose records a file has.
func readLineage(tx *bolt.Tx, own chain.Incarnation) (g lineage, err error) {
	g.own = own
	b := tx.Bucket(ancestorsName)
	if b == nil {
		return g, g.check()
	}
	err = b.ForEach(func(k, v []byte) error {
		a, err := parseAncestor(own.Centre, k, v)
		g.ancestors = append(g.ancestors, a)
		return err
	})
	if err != nil {
		return g, err
	}
	return g, g.check()
}

// check holds that each incarnation goes on where the one before it ends.
func (g lineage) check() error {
	after := uint64(0)
	for i := range len(g.ancestors) + 1 {
		in := g.incarnation(i)
		if in.After != after {
			return fmt.Errorf("%w: %s stands after record %d", ErrDamaged, in, after)
		}
		if i < len(g.ancestors) {
			after = g.ancestors[i].End.Seq
		}
	}
	return nil
}

// An ancestor's row: the hash of its last record, what headquarters holds of it, the length of its name, the name, and
// why it was succeeded. Its key is the sequence of the record.
func (a ancestor) row() []byte {
	name := a.In.Name()
	b := append(append(make([]byte, 0, 256), a.End.Hash[:]...), seqKey(a.held)...)
	b = append(append(b, byte(len(name))), name...)
	return append(b, a.Why...)
}

func parseAncestor(centre id.Centre, k, v []byte) (a ancestor, err error) {
	fixed := len(a.End.Hash) + 8 + 1
	if len(k) != 8 || len(v) < fixed || len(v)-fixed < int(v[fixed-1]) || len(v)-fixed-int(v[fixed-1]) > chain.ReasonBytesMax {
		return a, fmt.Errorf("%w: ancestor row with %d and %d bytes", ErrDamaged, len(k), len(v))
	}
	a.End.Seq = binary.BigEndian.Uint64(k)
	copy(a.End.Hash[:], v)
	a.held = binary.BigEndian.Uint64(v[len(a.End.Hash):])
	name := v[fixed : fixed+int(v[fixed-1])]
	a.Why = string(v[fixed+len(name):])
	if a.In, err = chain.Named(centre, name); err != nil {
		return a, fmt.Errorf("%w: the ancestor up to record %d: %w", ErrDamaged, a.End.Seq, err)
	}
	if a.End.Seq <= a.In.After {
		return a, fmt.Errorf("%w: the ancestor up to record %d has none", ErrDamaged, a.End.Seq)
	}
	return a, nil
}
