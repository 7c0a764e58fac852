package ledger

import (
	"context"
	"strconv"
	"time"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/edge/patrol"
)

// patrolSuffix names the file beside the ledger that says how far it was verified.
const patrolSuffix = ".verified"

// inspector walks the chain in the background.
func (l *Ledger) inspector() *patrol.Patrol {
	return &patrol.Patrol{
		Path: l.path + patrolSuffix, Step: l.stretch, Quiet: l.quiet, Log: l.log,
		Now: func() time.Time { return l.clock.Now().Time() },
	}
}

// quiet waits until nothing is being decided, and not for ever: a busy centre is verified too.
func (l *Ledger) quiet(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, quietMax)
	defer cancel()
	l.idle(ctx, quietFor)
}

// stretch verifies some records behind a place. Its error names the first that is not what it must be.
func (l *Ledger) stretch(ctx context.Context, place string) (next string, err error) {
	after, _ := strconv.ParseUint(place, 10, 64)
	var at chain.Position
	err = l.read(ctx, func(tx *bolt.Tx) error {
		if base, err := baseOf(tx, l.lineage); err != nil || after < base.Seq {
			after = 0 // pruned meanwhile: from the oldest kept
		}
		if at, err = l.from(tx, after); err != nil {
			return err
		}
		w, records := at.Walk(), 0
		return each(tx, at.Seq, func(f filed) error {
			w = l.lineage.step(w)
			if _, err := follows(w, f); err != nil {
				return err
			}
			if at, records = w.At(), records+1; records >= stretchRecords {
				return errEnough
			}
			return ctx.Err()
		})
	})
	switch {
	case err != nil:
		return "", err
	case at.Seq >= l.Acknowledged().Seq:
		return "", l.VerifyViews(ctx)
	}
	return strconv.FormatUint(at.Seq, 10), nil
}
