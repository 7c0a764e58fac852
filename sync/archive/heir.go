package archive

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// begins checks a chain's first batch: that the centre may have another chain, and of one that goes on after another's
// records that a person let it, and that headquarters has the record it names. It reports ErrCrowd, ErrHeir,
// ErrAncestor or chain.ErrSuccession.
func (s *staging) begins(c *Chain, key ed25519.PublicKey, b wire.Batch) error {
	in := c.Incarnation
	switch {
	case s.count(in.Centre) >= incarnationsMax:
		return fmt.Errorf("%w: %s, limit %d", ErrCrowd, in, incarnationsMax)
	case in.After == 0 || b.Prev != in.Start():
		return nil
	case !s.archive.succeeds(s.root.Tx(), in, key):
		return fmt.Errorf("%w: %s", ErrHeir, in)
	}
	of, at, err := succession(b)
	if err != nil {
		return err
	}
	ancestor, known := s.chain(of)
	look := lookout{root: s.root, chain: ancestor}
	if known {
		_, known = look.holding(at)
	}
	if look.damage != nil {
		return look.damage
	}
	if !known {
		return fmt.Errorf("%w: %s of %s", ErrAncestor, at, of)
	}
	c.Of, c.At = of, at
	return nil
}

// succession is what a successor's first batch says of whom it succeeds.
func succession(b wire.Batch) (of chain.Incarnation, at chain.Position, err error) {
	records, err := b.Open()
	if err != nil {
		return of, at, fmt.Errorf("%w: %w", ErrNotBatch, err)
	}
	s, err := chain.ReadSuccession(b.Incarnation(), records[0])
	if err != nil {
		return of, at, fmt.Errorf("%w: %w", ErrNotBatch, err)
	}
	return s.Follows()
}

// putOf files whom a chain succeeds.
func putOf(b *bolt.Bucket, c Chain) error {
	if c.Incarnation.After == 0 {
		return nil
	}
	return b.Put(ofKey, append(positionBytes(c.At), c.Of.String()...))
}

func loadOf(b *bolt.Bucket, c *Chain) error {
	v := b.Get(ofKey)
	if c.Incarnation.After == 0 && v == nil {
		return nil
	}
	const position = 8 + len(chain.Hash{})
	if len(v) < position {
		return fmt.Errorf("%w: whom it succeeds is filed in %d bytes", ErrDamaged, len(v))
	}
	at, err := parsePosition(v[:position])
	of, err2 := parseIncarnation(string(v[position:]))
	c.Of, c.At = of, at
	if err = errors.Join(err, err2); err == nil && (c.At.Seq != c.Incarnation.After || c.Of.Centre != c.Incarnation.Centre) {
		err = fmt.Errorf("%w: it goes on after %s of %s", ErrDamaged, c.At, c.Of)
	}
	return err
}

// Heirless are the chains that no other among them succeeds.
func Heirless(all []Chain) []Chain {
	succeeded := map[chain.Incarnation]bool{}
	for _, c := range all {
		succeeded[c.Of] = true
	}
	return slices.DeleteFunc(slices.Clone(all), func(c Chain) bool { return succeeded[c.Incarnation] })
}

// Lost is how many records headquarters has of the chain that one succeeds, which the successor's box does not: they came
// after the state from which it was put back.
func (c Chain) Lost(ancestor Chain) uint64 {
	if c.Of != ancestor.Incarnation || c.Incarnation.After == 0 {
		return 0
	}
	return ancestor.Held.Seq - min(ancestor.Held.Seq, c.At.Seq)
}

// inherits checks what Verify asks of a successor: its first record names whom it is filed under, and that record is here.
func (w *walker) inherits(root *bolt.Bucket, c Chain, ancestor func(chain.Incarnation) (Chain, bool)) error {
	if c.Incarnation.After == 0 {
		return nil
	}
	look := lookout{root: root, chain: c}
	b, err := look.batch(-1, c.Incarnation.After+1)
	if err != nil {
		return err
	}
	of, at, err := succession(b)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	case of != c.Of || at != c.At:
		return fmt.Errorf("%w: it says that it goes on after %s of %s, filed is %s of %s", ErrDamaged, at, of, c.At, c.Of)
	}
	a, known := ancestor(of)
	look = lookout{root: root, chain: a}
	if known {
		_, known = look.holding(at)
	}
	if !known {
		return fmt.Errorf("%w: nothing leads to %s of %s, which it goes on after", errors.Join(ErrDamaged, look.damage), at, of)
	}
	return look.damage
}
