package archive

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	bolt "go.etcd.io/bbolt"
)

// Stretch verifies some batches of one chain or branch behind a place, "" for the beginning of all, and gives the place it came
// to; "" at the end of all. It reports ErrDamaged and names the first record or batch that is not what it must be. It is a
// step of package patrol: each is a read transaction of its own, since a long one keeps freed pages from being used again.
func (a *Archive) Stretch(ctx context.Context, place string) (next string, err error) {
	at, after := parsePlace(place)
	strands := a.strands()
	i, found := slices.BinarySearchFunc(strands, at, compareNames)
	if i == len(strands) {
		return "", nil
	}
	if !found {
		after = 0
	}
	end := false
	err = a.view(func(tx *bolt.Tx) error {
		after, end, err = a.stretch(ctx, tx, strands[i], after)
		return err
	})
	switch {
	case err != nil:
		return "", fmt.Errorf("chain %s %s: %w", strands[i].chain, strands[i].branch, err)
	case !end:
		return strands[i].place(after), nil
	case i+1 == len(strands):
		return "", nil
	}
	return strands[i+1].place(0), nil
}

// named is a chain, or a branch of it.
type named struct{ chain, branch string }

func (n named) place(after uint64) string {
	return n.chain + "@" + n.branch + "@" + strconv.FormatUint(after, 10)
}

// parsePlace reads a place; what is none is the beginning.
func parsePlace(place string) (n named, after uint64) {
	parts := strings.Split(place, "@")
	last := len(parts) - 1
	if last < 2 {
		return n, 0
	}
	after, _ = strconv.ParseUint(parts[last], 10, 64)
	return named{strings.Join(parts[:last-1], "@"), parts[last-1]}, after // a successor's name has one of its own
}

func compareNames(x, y named) int {
	return cmp.Or(cmp.Compare(x.chain, y.chain), cmp.Compare(x.branch, y.branch))
}

// strands are all chains and branches, in order.
func (a *Archive) strands() (out []named) {
	for _, c := range a.Chains() {
		out = append(out, named{c.Incarnation.String(), ""})
		for _, b := range c.Branches {
			out = append(out, named{c.Incarnation.String(), b.Name})
		}
	}
	slices.SortFunc(out, compareNames)
	return out
}

// stretch looks at the chain as the transaction has it: what was committed meanwhile is another's.
func (a *Archive) stretch(ctx context.Context, tx *bolt.Tx, n named, after uint64) (uint64, bool, error) {
	bucket := tx.Bucket(chainsName).Bucket([]byte(n.chain))
	if bucket == nil {
		return 0, true, fmt.Errorf("%w: it has no bucket", ErrDamaged)
	}
	c, err := loadChain(n.chain, bucket)
	if err != nil {
		return 0, true, err
	}
	s := strand{in: c.Incarnation, base: c.Incarnation.Start(), end: c.Held, keys: c.Keys}
	batches := bucket.Bucket(batchesName)
	if n.branch != "" {
		i := slices.IndexFunc(c.Branches, func(b Branch) bool { return b.Name == n.branch })
		if i < 0 {
			return 0, true, nil // settled meanwhile
		}
		b := c.Branches[i]
		s.base, s.end, s.keys = b.Base, b.End, b.Keys
		batches = bucket.Bucket(branchesName).Bucket([]byte(b.Name)).Bucket(batchesName)
	}
	w := walker{ctx: ctx}
	at, end, err := w.stretch(s, batches, after, stretchBatches)
	return at.Seq, end, err
}
