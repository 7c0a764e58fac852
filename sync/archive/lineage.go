package archive

import (
	"fmt"
	"slices"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// Leg is a stretch of one strand on the way to the end of a chain.
type Leg struct {
	In       chain.Incarnation
	Branch   string // by name; empty for the chain itself
	From, To chain.Position
	Keys     []wire.Signer // of the strand
}

// Lineage is the way from the first record of a centre's history to the end of a chain: ancestor after ancestor, each up
// to the record that the next goes on after, over its branches where that is on one. It reports ErrAbsent when nothing is
// held of the chain, or ErrDamaged.
func (a *Archive) Lineage(in chain.Incarnation) ([]Leg, error) {
	c, known := a.Chain(in)
	if !known {
		return nil, fmt.Errorf("%w: nothing is held of %s", ErrAbsent, in)
	}
	legs, err := a.legs(c, c.Held)
	for err == nil && c.Incarnation.After > 0 {
		ancestor, known := a.Chain(c.Of)
		if !known || ancestor.Incarnation.After >= c.At.Seq {
			return nil, fmt.Errorf("%w: %s goes on after %s of %s", ErrDamaged, c.Incarnation, c.At, c.Of)
		}
		var before []Leg
		before, err = a.legs(ancestor, c.At)
		legs, c = append(before, legs...), ancestor
	}
	return legs, err
}

// legs lead from the start of one chain to a record of it, or of a branch.
func (a *Archive) legs(c Chain, tip chain.Position) (legs []Leg, err error) {
	err = a.lookout(c, func(l *lookout) error {
		legs, err = l.legs(tip)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("the way to %s of %s: %w", tip, c.Incarnation, err)
	}
	return legs, nil
}

func (l *lookout) legs(tip chain.Position) (legs []Leg, err error) {
	for i := 0; i >= 0; {
		strand, ok := l.holding(tip)
		switch {
		case l.damage != nil:
			return nil, l.damage
		case !ok:
			return nil, fmt.Errorf("%w: nothing leads to it", ErrDamaged)
		}
		i = strand
		g := Leg{In: l.chain.Incarnation, To: tip, Keys: l.chain.Keys}
		if g.From, _ = l.bounds(i); i >= 0 {
			g.Branch, g.Keys = l.chain.Branches[i].Name, l.chain.Branches[i].Keys
		}
		if tip = g.From; g.From != g.To {
			legs = append(legs, g)
		}
	}
	slices.Reverse(legs)
	return legs, nil
}

// strand is which of a chain's a leg is on. It reports ErrAbsent when the branch is not there any more: a person has settled
// the fork meanwhile.
func (g Leg) strand(c Chain) (int, error) {
	i := slices.IndexFunc(c.Branches, func(b Branch) bool { return b.Name == g.Branch })
	if g.Branch != "" && i < 0 {
		return i, fmt.Errorf("branch %s of %s: %w", g.Branch, g.In, ErrAbsent)
	}
	return i, nil
}
