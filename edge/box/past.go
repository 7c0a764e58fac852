package box

import (
	"context"
	"crypto/ed25519"
	mathrand "math/rand/v2"
	"time"

	"markaz.example/edge/health"
	"markaz.example/edge/ledger"
	"markaz.example/sync/uplink"
	"markaz.example/sync/wire"
)

// travel is the box's end of the road: first what headquarters may lack of the incarnations before this one, for it takes a
// successor only where it has the record that this goes on after; then the box's own.
func (r *road) travel(l *ledger.Ledger, key ed25519.PrivateKey, o Options, board *health.Board, own *uplink.Uplink) part {
	return func(ctx context.Context) error {
		for _, p := range l.Unsent() {
			r.sendPast(ctx, p, r.past(l, p, key, o), board)
		}
		return own.Run(ctx)
	}
}

// past is the road for an incarnation that has ended. Nothing comes down on it.
func (r *road) past(l *ledger.Ledger, p *ledger.Past, key ed25519.PrivateKey, o Options) *uplink.Uplink {
	return &uplink.Uplink{
		Ledger: p, Sealed: p.Sealed, Key: key, Software: o.Software, Dial: r.dial,
		Wall:   func() time.Time { return l.Clock().Now().Time() },
		Random: mathrand.New(mathrand.NewPCG(mathrand.Uint64(), mathrand.Uint64())),
		Log:    o.Log, Ceiling: r.dialMax, PostKey: r.postKey,
	}
}

// sendPast goes on until headquarters has the whole of it: in the chain, or on a branch.
func (r *road) sendPast(ctx context.Context, p *ledger.Past, up *uplink.Uplink, board *health.Board) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	end := p.Acknowledged()
	up.Report = func(s uplink.State) {
		common := s.Forked && s.Common == end // headquarters has more of it than this box
		if common {
			if err := p.Confirm(end); err != nil {
				up.Log.Error("remember what headquarters holds", "seq", end.Seq, "err", err)
			}
		}
		if common || s.Held == end || s.Kept == end.Seq || s.Code == wire.CodeSettled {
			up.Log.Info("headquarters has what this ledger goes on after", "chain", p.Incarnation().String(), "seq", end.Seq)
			stop()
			return
		}
		s.Forked = false // it is being found out how the two lie to each other; a person settles it later, if at all
		r.report(s, board)
	}
	_ = up.Run(ctx) // it never fails
}
