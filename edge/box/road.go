package box

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"slices"
	"sync/atomic"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/health"
	"markaz.example/edge/ledger"
	"markaz.example/sync/enrol"
	"markaz.example/sync/link"
	"markaz.example/sync/roster"
	"markaz.example/sync/uplink"
	"markaz.example/sync/wire"
)

// road is the way to headquarters.
type road struct {
	ring     *link.Ring
	identity *roster.Identity
	door     enrol.Door        // for renewals
	postKey  ed25519.PublicKey // headquarters', for what it sends down; nil when the box was not told
	time     *belief
	linked   atomic.Pointer[link.Conn]    // the newest
	dialMax  time.Duration                // 0 for the uplink's own
	last     atomic.Pointer[uplink.State] // nil before the first report
}

func (b *Box) openRoad() (err error) {
	h := b.Headquarters
	if h == nil || b.Secrets.locked() { // no key, no link: the records wait
		return nil
	}
	r := &road{time: &b.time, dialMax: time.Duration(h.DialMax) * time.Second}
	if r.identity, err = b.Secrets.place(b.Config).Open(h.Name, b.time.now); err != nil {
		return fmt.Errorf("%w\nask headquarters for a code, and use it with: markaz enrol", err)
	}
	if r.postKey, err = roster.PostPublic(h.Identity); err != nil {
		return err
	}
	r.ring, r.door = h.ring(r.identity.TLS()), h.door(b.time.now)
	b.road = r
	return nil
}

func (r *road) dial(ctx context.Context) (uplink.Link, error) {
	l, err := r.ring.Dial(ctx)
	if err != nil {
		return nil, err
	}
	r.linked.Store(l)
	return l, nil
}

// told sets the clock, and looks again at the certificate that was believed before the time was known.
func (r *road) told(l *ledger.Ledger, t time.Time, board *health.Board, log *slog.Logger) {
	tell(l, t, board, log)
	now, trusted := r.time.now()
	if !trusted {
		return
	}
	if err := r.identity.Recheck(now); err != nil {
		log.Error("headquarters' certificate is not valid at the time that it told", "err", err)
		if l := r.linked.Load(); l != nil {
			l.Close("certificate not valid")
		}
	}
}

// renewal keeps the box's certificate from running out.
func (r *road) renewal(l *ledger.Ledger, key ed25519.PrivateKey, o Options, board *health.Board) part {
	renewer := &enrol.Renewer{
		Door: r.door, Identity: r.identity, Ledger: l, Key: key,
		Wall:   func() time.Time { return l.Clock().Now().Time() },
		Random: mathrand.New(mathrand.NewPCG(mathrand.Uint64(), mathrand.Uint64())), Log: o.Log,
		Report: func(err error) { r.reportRenewal(err, board) },
	}
	return renewer.Run
}

// reportRenewal is a condition when headquarters will not renew; that it cannot be reached is another's.
func (r *road) reportRenewal(err error, board *health.Board) {
	if errors.Is(err, enrol.ErrRefused) {
		board.Set(conditionCertificate, "", health.Warning, err.Error())
		return
	}
	if err == nil {
		board.Clear(conditionCertificate, "")
	}
}

// uplink is the box's end of the road on an open ledger.
func (r *road) uplink(l *ledger.Ledger, key ed25519.PrivateKey, o Options, board *health.Board, letters *letterbox) *uplink.Uplink {
	return &uplink.Uplink{
		Ledger: l, Sealed: l.Sealed, Key: key, Software: o.Software,
		Dial:   r.dial,
		Wall:   func() time.Time { return l.Clock().Now().Time() },
		Random: mathrand.New(mathrand.NewPCG(mathrand.Uint64(), mathrand.Uint64())),
		Log:    o.Log,
		Held:   l.Confirmed(), Ceiling: r.dialMax,
		Letterbox: letters, PostKey: r.postKey,
		Condition: func() []string { return codes(board.List()) },
		Packs:     letters.packs,
		Clock: func() (int64, uint8) {
			now := l.Clock().Now()
			return now.Wall, uint8(now.Grade)
		},
		Oldest: func() int64 { return oldest(l) },
		Told:   func(t time.Time) { r.told(l, t, board, o.Log) },
		Report: func(s uplink.State) { r.report(s, board) },
	}
}

// codes are the conditions that hold, each once.
func codes(list []health.Condition) (out []string) {
	for _, c := range list {
		if !slices.Contains(out, c.Code) {
			out = append(out, c.Code)
		}
	}
	return out
}

// oldest is when the oldest record was made that headquarters does not hold; 0 when it holds all, or when that cannot be
// read now.
func oldest(l *ledger.Ledger) int64 {
	records, err := l.Read(l.Confirmed().Seq, 1)
	if err != nil || len(records) == 0 {
		return 0
	}
	r, err := chain.Decode(records[0])
	if err != nil {
		return 0
	}
	return r.Stamp.Wall
}

// tell sets the box's clock by headquarters' and records that.
func tell(l *ledger.Ledger, t time.Time, board *health.Board, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(context.Background(), tellWait)
	defer cancel()
	if err := l.Tell(ctx, "headquarters", t, clock.Network); err != nil {
		log.Warn("headquarters' time was not recorded", "err", err)
	}
	showClock(l.Clock().Now(), board)
}

// showClock is a condition while nobody has told the box the time.
func showClock(now clock.Stamp, board *health.Board) {
	if now.Grade == clock.Unset {
		board.Set(conditionClock, "", health.Warning, "the clock stood before the newest record when the box started")
	} else {
		board.Clear(conditionClock, "")
	}
}

// The conditions that box sets by itself; devices and the spool have their own.
const (
	conditionClock       = "clock.unset"
	conditionNoPaper     = "printer.none"
	conditionDown        = "link.down"
	conditionForked      = "link.forked"
	conditionSettled     = "link.settled"
	conditionTime        = "link.time"
	conditionRefused     = "link.refused"
	conditionHeir        = "link.heir"
	conditionCertificate = "link.certificate"
)

func (r *road) report(s uplink.State, board *health.Board) {
	r.last.Store(&s)
	set := func(holds bool, code string, severity health.Severity, detail string) {
		if holds {
			board.Set(code, "", severity, detail)
		} else {
			board.Clear(code, "")
		}
	}
	set(!s.Up, conditionDown, health.Notice, s.Detail)
	settled, unsigned := s.Code == wire.CodeSettled, s.Code == uplink.CodeTime
	set(s.Forked && !settled, conditionForked, health.Critical, s.Detail)
	set(settled, conditionSettled, health.Critical, s.Detail)
	set(unsigned, conditionTime, health.Warning, s.Detail)
	heir := s.Code == wire.CodeHeir
	set(heir, conditionHeir, health.Critical, s.Detail)
	set(s.Code != "" && !s.Forked && !settled && !unsigned && !heir, conditionRefused, health.Warning, s.Code+": "+s.Detail)
}

// state is whether the road is up, for the pages.
func (r *road) state() (up, known bool) {
	s := r.last.Load()
	if s == nil {
		return false, false
	}
	return s.Up, true
}
