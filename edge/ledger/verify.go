package ledger

import (
	"context"
	"time"

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

// Odd is a record that stands in its place and does not decode: another program wrote it, headquarters kept it, and it came
// back with its chain. It is in no view.
type Odd struct {
	Seq    uint64
	Reason error // as chain.Decode says it
}

// Verify walks the whole chain, from the oldest record kept, and names the first that is not what it must be, or the
// block that holds it: chain.ErrBroken, ErrDamaged, or chain.ErrTooLarge. Then it adds up the views, as VerifyViews does.
// Odd records are named in the log.
func (l *Ledger) Verify(ctx context.Context, progress Progress) (chain.Position, error) {
	return l.VerifyOdd(ctx, progress, func(o Odd) {
		l.log.Warn("a record cannot be read by this version; it is kept, and in no view", "seq", o.Seq, "err", o.Reason)
	})
}

// VerifyOdd is Verify with somebody who is told of each odd record.
func (l *Ledger) VerifyOdd(ctx context.Context, progress Progress, odd func(Odd)) (chain.Position, error) {
	at, err := l.walk(ctx, 0, progress, func(f filed) error {
		if f.odd != nil {
			odd(Odd{f.at.Seq, f.odd})
		}
		return nil
	})
	if err != nil {
		return at, err
	}
	return at, l.VerifyViews(ctx)
}

// checkTail verifies the newest records, and gives the number of the last boot and the time that is past as far as they
// tell.
func (l *Ledger) checkTail(built time.Time) (boot uint64, floor clock.Floor, err error) {
	floor = clock.Past(built)
	after := max(l.head.Seq-min(l.head.Seq, tailCheck), l.base.Seq)
	_, err = l.walk(context.Background(), after, nil, func(f filed) error {
		if f.odd != nil {
			return nil
		}
		r, err := chain.Decode(f.stored)
		if err != nil {
			return err
		}
		boot = r.Stamp.Boot
		if told, ok := toldBy(r); ok {
			floor.Told(told.Wall, told.Grade)
		}
		floor.Seen(r.Stamp)
		return nil
	})
	return boot, floor, err
}
