package parcel

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
	"markaz.example/sync/wire"
)

// What taking a parcel at headquarters reports, besides what reading one does.
var (
	ErrStranger = errors.New("the parcel's centre may not speak here")
	ErrOld      = errors.New("the parcel is old: headquarters holds all of it already")
	ErrGap      = errors.New("records before the parcel are missing at headquarters: bring the parcel that was made before it, " +
		"or let the box make a new one")
	ErrFork = errors.New("the parcel contradicts the history that headquarters holds: it was set aside, and a person must settle it")
)

// Group commits batches, as it does for links. Any goroutine may call it.
type Group interface {
	Held(in chain.Incarnation) (chain.Position, error)
	Submit(ctx context.Context, key ed25519.PublicKey, b wire.Batch) (archive.Verdict, chain.Position, error)
}

// Landmarks gives the hash of any record held.
type Landmarks interface {
	HashAt(in chain.Incarnation, seq uint64) (chain.Hash, error)
}

// Headquarters takes parcels of boxes. All fields are needed.
type Headquarters struct {
	Identity  Identity
	Group     Group
	Landmarks Landmarks
	Known     func(id.Centre) error // nil for a centre that may speak
	Now       func() time.Time
	Key       ed25519.PrivateKey // signs what goes down
}

// Opened gives a parcel from its beginning. It is called twice: once to look, once to take.
type Opened func() (io.ReadCloser, error)

// Report is what came of a parcel.
type Report struct {
	Head     Head
	Software string
	Box      chain.Position // the box's newest record when the parcel was made
	Records  uint64         // in the parcel
	New      uint64         // of them, not held before
	Aside    uint64         // of them, contradicting what is held: kept beside the chain
	Held     chain.Position // of the chain now
	Letters  uint64         // the newest that had its effect at the box
	Want     *wire.Fetch    // what of a pack the box lacks; nil when nothing
}

// Take looks at the whole parcel, and takes it when all of it is in order: every record, signature and hash. What the
// line brought meanwhile is passed over. It reports what reading does, ErrStranger, ErrOld, ErrGap, ErrFork, and what
// the group does; after ErrOld, ErrGap and ErrFork the report is whole and an answer may be made.
func (h Headquarters) Take(ctx context.Context, open Opened, progress Progress) (Report, error) {
	look := looker{known: h.Known}
	if _, err := pass(open, h.Identity, look.head, look.message); err != nil {
		return Report{Head: look.report.Head}, err
	}
	if !look.done {
		return Report{Head: look.report.Head}, fmt.Errorf("%w: it ends too soon", ErrMalformed)
	}
	r := look.report
	before, err := h.Group.Held(r.Head.Incarnation)
	if err != nil {
		return r, err
	}
	r.Held = before
	done := uint64(0)
	_, err = pass(open, h.Identity, func(Head) error { return nil }, func(m wire.Message) error {
		b, ok := m.(wire.Batch)
		if !ok {
			return nil
		}
		done += b.Count()
		progress.tell(done, r.Records)
		return h.submit(ctx, &r, b)
	})
	if err != nil {
		return r, err
	}
	r.New = r.Held.Seq - before.Seq
	switch {
	case r.Aside > 0:
		return r, ErrFork
	case r.New == 0 && r.Records > 0:
		return r, ErrOld
	}
	return r, nil
}

// looker checks everything that can be checked without changing anything.
type looker struct {
	known   func(id.Centre) error
	report  Report
	last    chain.Position
	greeted bool
	done    bool
}

func (l *looker) head(h Head) error {
	l.report.Head = h
	if h.Direction != Up {
		return ErrDirection
	}
	if err := l.known(h.Incarnation.Centre); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrStranger, h.Incarnation.Centre, err)
	}
	return CheckRecipient(h.Reply)
}

func (l *looker) message(m wire.Message) error {
	switch m := m.(type) {
	case wire.Hello:
		if !l.greeted && m.Incarnation == l.report.Head.Incarnation && string(m.Key) == string(l.report.Head.Key) {
			l.greeted, l.report.Box, l.report.Software = true, m.Head, m.Software
			return nil
		}
	case wire.Batch:
		if l.greeted && !l.done {
			return l.batch(m)
		}
	case wire.Received:
		if l.greeted && !l.done {
			l.done, l.report.Letters = true, m.Number
			return nil
		}
	case wire.Fetch:
		if l.done && l.report.Want == nil {
			l.report.Want = &m
			return nil
		}
	}
	return fmt.Errorf("%w: %T has no place here", ErrMalformed, m)
}

func (l *looker) batch(b wire.Batch) error {
	if b.Incarnation() != l.report.Head.Incarnation || l.report.Records > 0 && b.Prev != l.last {
		return fmt.Errorf("%w: records %d to %d do not follow what is before them", ErrMalformed, b.Prev.Seq+1, b.Last().Seq)
	}
	if err := b.Verify(l.report.Head.Key); err != nil {
		return fmt.Errorf("%w: records %d to %d: %w", ErrForged, b.Prev.Seq+1, b.Last().Seq, err)
	}
	l.last, l.report.Records = b.Last(), l.report.Records+b.Count()
	return nil
}

// submit brings in what is new of a batch. A batch that contradicts is set aside by the group, and so is what follows it.
func (h Headquarters) submit(ctx context.Context, r *Report, b wire.Batch) error {
	fresh, err := h.fresh(r, b)
	if err != nil || fresh.Count() == 0 {
		return err
	}
	verdict, held, err := h.Group.Submit(ctx, r.Head.Key, fresh)
	switch {
	case err != nil:
		return err
	case verdict == archive.Gap:
		return fmt.Errorf("%w: headquarters stands at %d, the parcel goes on after %d", ErrGap, held.Seq, b.Prev.Seq)
	case verdict == archive.Fork, verdict == archive.Aside, verdict == archive.Settled:
		r.Aside += fresh.Count()
	default:
		r.Held = held
	}
	return nil
}

// fresh is the part of a batch behind what is held: nothing, when all of it is held already. What contradicts is given
// as it is, for the group to judge.
func (h Headquarters) fresh(r *Report, b wire.Batch) (wire.Batch, error) {
	in, held := b.Incarnation(), r.Held
	switch {
	case b.Prev.Seq >= held.Seq:
		return b, nil
	case b.Last().Seq > held.Seq:
		tail, err := b.Tail(held)
		if errors.Is(err, chain.ErrBroken) {
			return b, nil
		}
		return tail, err
	}
	ours, err := h.Landmarks.HashAt(in, b.Last().Seq)
	if err != nil {
		return b, err
	}
	if ours == b.Last().Hash {
		return wire.Batch{Span: wire.Span{Prev: b.Last(), Checkpoint: b.Checkpoint}}, nil
	}
	return b, nil
}
