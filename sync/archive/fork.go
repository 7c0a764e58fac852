package archive

import (
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"time"

	"markaz.example/edge/chain"
)

// Branching is a fork as people look at it: a branch, where its history and the one it contradicts part, and what was
// settled. Ours is the history that the branch leaves: the chain, or another branch.
type Branching struct {
	Chain   string     `json:"chain"`
	Branch  string     `json:"branch"`
	After   uint64     `json:"after"`   // the last record that both have
	First   uint64     `json:"first"`   // the first that differs; 0 when one history only goes on where the other ends
	Ours    *Summary   `json:"ours"`    // that record of the history that is left; nil when it ends before
	Theirs  *Summary   `json:"theirs"`  // of the branch; nil when it ends before
	Records uint64     `json:"records"` // of the branch, that the other does not have
	End     uint64     `json:"end"`     // the branch's newest
	Bytes   uint64     `json:"bytes"`   // of the branch, as stored
	Of      string     `json:"of"`      // the branch that is left; empty for the chain
	Settled *Judgement `json:"settled"` // nil when nobody has
}

// Summary is a record as one reads it at a glance.
type Summary struct {
	Hash    string    `json:"hash"`
	Kind    string    `json:"kind"`
	Actor   string    `json:"actor"`
	Subject string    `json:"subject,omitempty"`
	Wall    time.Time `json:"wall"`
	Grade   string    `json:"grade"`
	Odd     string    `json:"odd,omitempty"` // why it cannot be decoded; then only Hash is known
}

// Judgement is how a person settled a fork.
type Judgement struct {
	Keep string    `json:"keep"` // "held" or "branch", as they stood then
	Who  string    `json:"who"`
	Why  string    `json:"why"`
	At   time.Time `json:"at"`
}

// Forks are the branches of a chain, compared record by record with what they contradict. It reports ErrDamaged.
func (a *Archive) Forks(in chain.Incarnation) (out []Branching, err error) {
	c, known := a.Chain(in)
	if !known {
		return nil, nil
	}
	past, err := a.Settlements(in)
	if err != nil {
		return nil, err
	}
	err = a.lookout(c, func(l *lookout) error {
		for i, b := range c.Branches {
			f, err := l.compare(i)
			if err != nil {
				return fmt.Errorf("branch %s of %s: %w", b.Name, in, err)
			}
			f.Settled = judgementOf(past, b)
			out = append(out, f)
		}
		return l.damage
	})
	return out, err
}

func judgementOf(past []Settlement, b Branch) *Judgement {
	for _, s := range past {
		if s.Index == b.Settled {
			return &Judgement{s.Keep.String(), s.Who, s.Why, s.At}
		}
	}
	return nil
}

// compare walks a branch and the strand that it leaves from the branch's base, until they differ.
func (l *lookout) compare(i int) (f Branching, err error) {
	b := l.chain.Branches[i]
	f = Branching{Chain: l.chain.Incarnation.String(), Branch: b.Name, End: b.End.Seq, Bytes: b.Bytes, After: b.Base.Seq}
	left, ok := l.under(i)
	if !ok {
		return f, errors.Join(l.damage, fmt.Errorf("%w: nothing leads to its base", ErrDamaged))
	}
	if left >= 0 {
		f.Of = l.chain.Branches[left].Name
	}
	ours, stop := iter.Pull2(l.records(left, b.Base.Seq))
	defer stop()
	for theirs, err := range l.records(i, b.Base.Seq) {
		o, oursErr, more := ours()
		if err = errors.Join(err, oursErr); err != nil {
			return f, err
		}
		if !more || o.At != theirs.At {
			f.differ(o, theirs, more)
			return f, nil
		}
		f.After = theirs.At.Seq
	}
	return f, nil
}

func (f *Branching) differ(ours, theirs Stored, both bool) {
	f.Records, f.Theirs = f.End-f.After, summarise(theirs)
	if both {
		f.First, f.Ours = theirs.At.Seq, summarise(ours)
	}
}

func summarise(s Stored) *Summary {
	out := Summary{Hash: hex.EncodeToString(s.At.Hash[:])}
	r, err := chain.Decode(s.Bytes)
	if err != nil {
		out.Odd = err.Error()
		return &out
	}
	out.Kind, out.Actor, out.Subject = string(r.Kind), r.Actor, r.Subject
	out.Wall, out.Grade = r.Stamp.Time(), r.Stamp.Grade.String()
	return &out
}

// records are those of a strand behind a sequence.
func (l *lookout) records(i int, after uint64) iter.Seq2[Stored, error] {
	return func(yield func(Stored, error) bool) {
		for _, end := l.bounds(i); after < end.Seq; {
			b, err := l.batch(i, after+1)
			if err != nil {
				yield(Stored{}, err)
				return
			}
			if !yieldRecords(b, after, yield) {
				return
			}
			after = b.Last().Seq
		}
	}
}

// BranchRecords gives the records of a branch, in order: first those that it shares with what it leaves. It ends at the
// first error: ErrAbsent or ErrDamaged. The file is held in one state while the caller works.
func (a *Archive) BranchRecords(in chain.Incarnation, name string) iter.Seq2[Stored, error] {
	return func(yield func(Stored, error) bool) {
		c, _ := a.Chain(in)
		for i, b := range c.Branches {
			if b.Name != name {
				continue
			}
			err := a.lookout(c, func(l *lookout) error {
				l.records(i, b.Base.Seq)(yield)
				return nil
			})
			if err != nil {
				yield(Stored{}, err)
			}
			return
		}
		yield(Stored{}, fmt.Errorf("branch %q of %s: %w", name, in, ErrAbsent))
	}
}
