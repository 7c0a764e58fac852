package enrol

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/roster"
)

// Ledger is what a renewal shows of the box's ledger. Any goroutine may call it.
type Ledger interface {
	Incarnation() chain.Incarnation
	Acknowledged() chain.Position
	// HashAt gives the hash of a record, the genesis hash for 0.
	HashAt(seq uint64) (chain.Hash, error)
}

// Renewer keeps a box's certificate from running out. All fields are needed but those that say otherwise.
type Renewer struct {
	Door     Door
	Identity *roster.Identity
	Ledger   Ledger
	Key      ed25519.PrivateKey // signs checkpoints
	Wall     func() time.Time   // the box's belief, for the checkpoint
	Random   *rand.Rand         // for the jitter of pauses; Run alone uses it
	Log      *slog.Logger

	Report func(error) // hears how each look ended, nil when all is well; may be nil
}

// Run looks at the certificate now and then until the context ends, and renews it from the half of its life on, or when
// it has expired. Nothing that happens is fatal: the box serves on, and the next look tries again.
func (r *Renewer) Run(ctx context.Context) error {
	for pause := renewFirst; r.wait(ctx, pause); {
		err := r.Look(ctx)
		if ctx.Err() != nil {
			return nil
		}
		pause = renewLook
		if err != nil {
			r.Log.Warn("the box's certificate was not renewed", "err", err)
			pause = renewAgain
		}
		if r.Report != nil {
			r.Report(err)
		}
	}
	return nil
}

// wait is false when the context ends.
func (r *Renewer) wait(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause/2 + time.Duration(r.Random.Int64N(int64(pause))))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// Look renews the certificate if it is time. When the node died whose challenge it was, another gives a new one.
func (r *Renewer) Look(ctx context.Context) error {
	err := r.look(ctx)
	if refusal, ok := errors.AsType[Refused](err); ok && refusal.Code == CodeStale {
		err = r.look(ctx)
	}
	return err
}

// look is Look with one challenge. A box that does not know the time asks headquarters for it first.
func (r *Renewer) look(ctx context.Context) error {
	now, trusted := r.Door.Clock()
	if trusted && !due(r.Identity.Pair(), now) {
		return nil
	}
	c, err := r.ask(ctx)
	if c.Wall > 0 && !trusted {
		if err := r.Identity.Recheck(time.UnixMilli(c.Wall)); err != nil {
			return err
		}
	}
	if c.Wall > 0 && !due(r.Identity.Pair(), time.UnixMilli(c.Wall)) {
		return nil // also when it was refused: there is time
	}
	if err != nil {
		return err
	}
	return r.renew(ctx, c)
}

func due(p roster.Pair, now time.Time) bool {
	half := p.Cert.NotAfter.Sub(p.Cert.NotBefore) / 2
	return now.After(p.Cert.NotBefore.Add(half))
}

func (r *Renewer) ask(ctx context.Context) (Challenge, error) {
	in := r.Ledger.Incarnation()
	q := Ask{Version: 1, Certs: r.Identity.Pair().Chain(), Nonce: in.Name()}
	return exchange[Ask, Challenge](ctx, r.Door, r.Identity.Anonymous(), PathChallenge, q)
}

func (r *Renewer) renew(ctx context.Context, c Challenge) error {
	q, err := r.answer(c)
	if err != nil {
		return err
	}
	a, err := exchange[Renewal, Answer](ctx, r.Door, r.Identity.Anonymous(), PathRenew, q)
	if err != nil {
		return err
	}
	chain, err := roster.ParseChain(a.Certs)
	if err != nil {
		return err
	}
	if err := r.Identity.Renewed(chain); err != nil {
		return fmt.Errorf("take the renewed certificate into use: %w", err)
	}
	r.Log.Info("the box's certificate is renewed", "until", chain.Cert.NotAfter.Format(time.DateOnly))
	return nil
}

// answer shows what only this box has: two keys and a ledger.
func (r *Renewer) answer(c Challenge) (Renewal, error) {
	in, head := r.Ledger.Incarnation(), r.Ledger.Acknowledged()
	if c.Seq > head.Seq {
		return Renewal{}, fmt.Errorf("headquarters asks for record %d, the newest here is %d", c.Seq, head.Seq)
	}
	shown, err := r.Ledger.HashAt(c.Seq)
	if err != nil {
		return Renewal{}, err
	}
	next, err := r.Identity.NextKey()
	if err != nil {
		return Renewal{}, err
	}
	csr, err := roster.Request(next)
	if err != nil {
		return Renewal{}, err
	}
	pair, at := r.Identity.Pair(), chain.Sign(r.Key, in, head, r.Wall().UnixMilli())
	return Renewal{
		Version: 1, Token: c.Token, Certs: pair.Chain(), CSR: csr, Nonce: in.Name(),
		Seq: head.Seq, Hash: head.Hash[:], Wall: at.Wall, Checkpoint: at.Signature[:], Shown: shown[:],
	}.Sign(r.Key, pair.Key)
}
