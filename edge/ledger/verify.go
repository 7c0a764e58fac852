package ledger

import (
	"context"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
)

// Progress is told how far a long task has come, now and then. It may be nil.
type Progress func(done, total uint64)

// progressEvery is how many records pass between two calls of Progress: some 10 ms of work.
const progressEvery = 4096

func (p Progress) tell(done, total uint64) {
	if p != nil && done%progressEvery == 0 {
		p(done, total)
	}
}

// say is tell for tasks whose steps are large.
func (p Progress) say(done, total uint64) {
	if p != nil {
		p(done, total)
	}
}

// Verify walks the whole chain, from the oldest record kept, and names the first that is not what it must be, or the
// block that holds it: chain.ErrBroken, ErrDamaged, or what chain.Decode reports.
func (l *Ledger) Verify(ctx context.Context, progress Progress) (chain.Position, error) {
	return l.walk(ctx, 0, progress, func(filed) error { return nil })
}

// checkTail verifies the newest records and gives the last one's stamp.
func (l *Ledger) checkTail() (last clock.Stamp, err error) {
	after := max(l.head.Seq-min(l.head.Seq, tailCheck), l.base.Seq)
	_, err = l.walk(context.Background(), after, nil, func(f filed) error {
		r, err := chain.Decode(f.stored)
		last.Wall = max(last.Wall, r.Stamp.Wall)
		last.Boot = r.Stamp.Boot
		return err
	})
	return last, err
}
