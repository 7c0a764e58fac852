package mail

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"

	"markaz.example/edge/book/check"
	"markaz.example/edge/book/diagnosis"
	"markaz.example/edge/book/lease"
	"markaz.example/edge/book/pack"
	"markaz.example/edge/book/post"
	"markaz.example/edge/ledger"
	"markaz.example/edge/letter"
	packfile "markaz.example/edge/pack"
)

// Room takes letters. Any goroutine may call it.
type Room struct {
	Ledger *ledger.Ledger
	Key    ed25519.PublicKey // headquarters', for what letters enclose
	Log    *slog.Logger
}

// actor is who acts when a letter has its effect.
const actor = "headquarters"

// Taken is the newest letter whose effect is in the ledger; 0 before the first.
func (r *Room) Taken(ctx context.Context) (number uint64, err error) {
	err = r.Ledger.View(ctx, func(s ledger.Snapshot) error {
		number = post.Last(s).Number
		return nil
	})
	return number, err
}

// Take puts a letter's effect into the ledger. It answers nil when it is there, now or from before. It reports
// post.ErrGap for a letter that is not the next, and what the ledger reports.
func (r *Room) Take(ctx context.Context, l letter.Letter) error {
	var fate string
	err := r.Ledger.Update(ctx, actor, func(tx *ledger.Tx) (err error) {
		if err := post.Next(tx, l.Number); err != nil {
			return err
		}
		if fate, err = r.effect(tx, l); err != nil {
			return err
		}
		return tx.Append("", post.Received{Number: l.Number, Of: string(l.Kind), Fate: fate})
	})
	switch {
	case errors.Is(err, post.ErrHad):
		return nil
	case err != nil:
		return fmt.Errorf("take letter %d, %s: %w", l.Number, l.Kind, err)
	}
	r.Log.Info("a letter of headquarters was taken", "seq", l.Number, "kind", l.Kind, "fate", fate)
	return nil
}

// effect records what a letter says, or tells why it has none. An error is of the ledger.
func (r *Room) effect(tx *ledger.Tx, l letter.Letter) (fate string, err error) {
	c, err := letter.Open(l)
	switch {
	case errors.Is(err, letter.ErrKind):
		return post.FateUnknown, nil
	case err != nil:
		r.Log.Warn("a letter cannot be read", "seq", l.Number, "kind", l.Kind, "err", err)
		return post.FateUnreadable, nil
	}
	switch c := c.(type) {
	case letter.PackOffered:
		return r.offered(tx, c)
	case letter.PackRolledBack:
		return r.rolledBack(tx, c)
	case letter.LeaseGranted:
		return r.granted(tx, c)
	case letter.CheckAnswered:
		return r.answered(tx, c)
	case letter.DiagnosisAsked:
		return "", diagnosis.Ask(tx, c)
	}
	panic(fmt.Sprintf("BUG: letter %T has no effect", c))
}

func (r *Room) offered(tx *ledger.Tx, c letter.PackOffered) (string, error) {
	m, err := c.Signed().Open(r.Key)
	if errors.Is(err, packfile.ErrSignature) {
		return post.FateUnsigned, nil
	}
	return "", errors.Join(err, pack.Offer(tx, c, m))
}

func (r *Room) rolledBack(tx *ledger.Tx, c letter.PackRolledBack) (string, error) {
	m, err := c.Signed().Open(r.Key)
	if errors.Is(err, packfile.ErrSignature) {
		return post.FateUnsigned, nil
	}
	return "", errors.Join(err, pack.RollBack(tx, c, m))
}

// granted passes over a lease of another history of this centre: what was drawn there is not known here, and would be
// drawn twice.
func (r *Room) granted(tx *ledger.Tx, c letter.LeaseGranted) (string, error) {
	if nonce := r.Ledger.Incarnation().Nonce; string(c.Nonce) != string(nonce[:]) {
		return post.FateOtherChain, nil
	}
	return "", lease.Grant(tx, c)
}

func (r *Room) answered(tx *ledger.Tx, c letter.CheckAnswered) (string, error) {
	err := check.Finish(tx, c)
	if errors.Is(err, check.ErrQuestion) {
		return post.FateNoQuestion, nil
	}
	return "", err
}
