package recall

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// What Run reports when trying again is of no use.
var (
	// ErrAltered: what came is not what the chain's keys signed. Nothing of that batch was kept.
	ErrAltered = errors.New("a batch was altered on its way or at headquarters")
	// ErrRefused has headquarters' words behind it.
	ErrRefused = errors.New("headquarters refused")
)

// Store keeps what comes.
type Store interface {
	// Begin opens the copy of a chain, or goes on with it, and tells where it stands.
	Begin(in chain.Incarnation) (chain.Position, error)
	// Take keeps so many records of a verified batch, behind its first ones, which the copy has: they follow where it stands.
	// A batch of another incarnation than the copy's newest record is the first of a successor, whose first record was
	// compared with that. It may keep them in memory until later.
	Take(b wire.Batch, over, records int) error
}

// Link is one connection to headquarters. Run moves it and reports why it ended; one goroutine receives.
type Link interface {
	Run(ctx context.Context) error
	Send(ctx context.Context, m wire.Message) error
	Receive() (wire.Message, error)
	Close(reason string) // after what was sent before; does not wait
}

// Progress is how far the copy has come.
type Progress struct {
	Done, Total uint64 // records
	Bytes       uint64 // decompressed, in this run
}

// Recall reads a chain back. All fields are needed but those that say otherwise.
type Recall struct {
	Dial   func(ctx context.Context) (Link, error) // must give up by itself; ErrRefused ends it
	Store  Store
	Random *rand.Rand // for the jitter of pauses; Run alone uses it
	Log    *slog.Logger

	// Begun is the chain of an unfinished copy; the zero value when there is none.
	Begun chain.Incarnation

	Tell func(Progress) // may be nil

	at    chain.Position
	in    chain.Incarnation
	bytes uint64
	more  bool // the history goes on behind what the last link gave
}

// Run works until the copy stands where headquarters does, and gives that: of the chain that goes on, with all that it goes
// on after. It reports ErrAltered, ErrRefused, an error of
// the Store, or the context's; a line that fails is dialled again.
func (r *Recall) Run(ctx context.Context) (chain.Incarnation, chain.Position, error) {
	if r.Begun != (chain.Incarnation{}) {
		if err := r.begin(r.Begun); err != nil {
			return r.in, r.at, err
		}
	}
	for pause := pauseMin; ; pause = min(2*pause, pauseMax) {
		before := r.at
		err := r.once(ctx)
		if err == nil && r.more {
			continue // another link brings the next stretch
		}
		var lost lineError
		if !errors.As(err, &lost) {
			return r.in, r.at, err
		}
		if r.at != before {
			pause = pauseMin
		}
		r.Log.Warn("reading the chain back was interrupted; it goes on", "seq", r.at.Seq, "err", err)
		wait := time.NewTimer(pause/2 + time.Duration(r.Random.Int64N(int64(pause))))
		select {
		case <-ctx.Done():
			wait.Stop()
			return r.in, r.at, context.Cause(ctx)
		case <-wait.C:
		}
	}
}

// lineError is one after which dialling again may help.
type lineError struct{ error }

func (l lineError) Unwrap() error { return l.error }

func (r *Recall) begin(in chain.Incarnation) (err error) {
	r.in = in
	r.at, err = r.Store.Begin(in)
	return err
}

// once reads over one link, to the end of the chain or of the link.
func (r *Recall) once(ctx context.Context) error {
	l, err := r.Dial(ctx)
	switch {
	case errors.Is(err, ErrRefused):
		return err
	case err != nil:
		return lineError{err}
	}
	ctx, stop := context.WithCancel(ctx)
	var parts sync.WaitGroup
	parts.Go(func() { _ = l.Run(ctx) }) // Receive reports the same end
	defer parts.Wait()
	defer stop()
	err = r.over(ctx, l)
	l.Close("the box ends the link")
	drain(l)
	return err
}

// drain reads what is left, so that the last words of this end arrive.
func drain(l Link) {
	for {
		if _, err := l.Receive(); err != nil {
			return
		}
	}
}

func (r *Recall) over(ctx context.Context, l Link) error {
	if err := l.Send(ctx, wire.Recall{Version: wire.Version, After: r.at, Incarnation: r.in, Lineage: true}); err != nil {
		return lineError{err}
	}
	past, err := r.past(l)
	if err != nil {
		return err
	}
	began := r.at
	for r.at.Seq < past.Held.Seq {
		b, err := receive[wire.Batch](l)
		if err != nil {
			return err
		}
		if err := r.take(past, b); err != nil {
			return err
		}
		if err := l.Send(ctx, wire.Ack{Held: r.at}); err != nil {
			return lineError{err}
		}
	}
	if r.at != past.Held || r.in != past.Incarnation {
		return fmt.Errorf("%w: the copy ends at %s of %s, headquarters at %s of %s", ErrAltered, r.at, r.in, past.Held, past.Incarnation)
	}
	if r.more = past.More(); r.more && r.at == began {
		return lineError{errors.New("headquarters has more, and gave none of it")}
	}
	return nil
}

// past hears what is to come.
func (r *Recall) past(l Link) (wire.Past, error) {
	past, err := receive[wire.Past](l)
	if err != nil {
		return past, err
	}
	if r.in == (chain.Incarnation{}) {
		if err := r.begin(past.Incarnation); err != nil {
			return past, err
		}
	}
	heir := past.Incarnation.After > 0 && past.Incarnation.After == r.at.Seq
	if past.Incarnation != r.in && !heir || past.Held.Seq < r.at.Seq {
		return past, fmt.Errorf("%w: it offers %s up to %d, the copy is of %s up to %d", ErrRefused, past.Incarnation, past.Held.Seq, r.in, r.at.Seq)
	}
	r.tell(past)
	return past, nil
}

// receive waits for one kind of message.
func receive[M wire.Message](l Link) (M, error) {
	var none M
	m, err := l.Receive()
	if err != nil {
		return none, lineError{err}
	}
	switch m := m.(type) {
	case M:
		return m, nil
	case wire.Refusal:
		if m.Fatal {
			return none, fmt.Errorf("%w: %s: %s", ErrRefused, m.Code, m.Detail)
		}
		return none, lineError{fmt.Errorf("headquarters: %s: %s", m.Code, m.Detail)}
	}
	return none, lineError{fmt.Errorf("headquarters sent %T in the place of %T", m, none)}
}

func (r *Recall) take(past wire.Past, b wire.Batch) error {
	over, n, err := r.check(past, b)
	if err != nil {
		return fmt.Errorf("%w: records %d to %d of %s: %w; nothing of it was kept", ErrAltered, b.Prev.Seq+1, b.Last().Seq, past.Incarnation, err)
	}
	if err := r.Store.Take(b, over, n); err != nil {
		return fmt.Errorf("keep records %d to %d: %w", r.at.Seq+1, b.Last().Seq, err)
	}
	r.in, r.at, r.bytes = past.Incarnation, b.Last(), r.bytes+uint64(b.RawBytes)
	if r.at.Seq > past.Held.Seq {
		r.at = past.Held
	}
	r.tell(past)
	return nil
}

// check verifies a batch to its last record: where it stands, who signed it, and that each record follows. It gives how many
// of its records are passed over, and how many are then taken. The first of a link may begin before the copy ends, which a
// process that was killed leaves inside a batch, and the last may go on behind what is part of the history.
func (r *Recall) check(past wire.Past, b wire.Batch) (over, n int, err error) {
	at := r.at
	if r.in != past.Incarnation {
		at = past.Incarnation.Start()
	}
	switch {
	case b.Incarnation() != past.Incarnation:
		return 0, 0, fmt.Errorf("it is of %s", b.Incarnation())
	case b.Prev.Seq > at.Seq || b.Last().Seq <= at.Seq || b.Prev.Seq == at.Seq && b.Prev != at:
		return 0, 0, fmt.Errorf("%w: it follows %s, the copy ends at %s", chain.ErrBroken, b.Prev, at)
	}
	if err := b.Verify(keyAt(past.Keys, b.Last().Seq)); err != nil {
		return 0, 0, err
	}
	over, n = int(at.Seq-b.Prev.Seq), int(min(b.Last().Seq, past.Held.Seq)-at.Seq)
	if over > 0 {
		err = passes(b, at)
	}
	if b.Last().Seq >= past.Held.Seq {
		err = errors.Join(err, passes(b, past.Held))
	}
	if r.in != past.Incarnation {
		err = errors.Join(err, r.succeeds(b))
	}
	return over, n, err
}

// succeeds checks that the first batch of a successor names the copy's newest record as the one that it goes on after.
func (r *Recall) succeeds(b wire.Batch) error {
	records, err := b.Open()
	if err != nil {
		return err
	}
	s, err := chain.ReadSuccession(b.Incarnation(), records[0])
	if err != nil {
		return err
	}
	if of, at, err := s.Follows(); err != nil || of != r.in || at != r.at {
		return fmt.Errorf("%w: it goes on after %s of %s, the copy ends at %s of %s", chain.ErrSuccession, at, of, r.at, r.in)
	}
	return nil
}

// passes checks that a verified batch has a position inside, or at its end.
func passes(b wire.Batch, at chain.Position) error {
	if b.Last() == at {
		return nil
	}
	records, err := b.Open()
	if err != nil {
		return err
	}
	h := b.Prev.Hash
	for _, stored := range records[:at.Seq-b.Prev.Seq] {
		h = chain.Link(h, stored)
	}
	if h != at.Hash {
		return fmt.Errorf("%w: the history has %s, the batch has %s there", chain.ErrBroken, at, h)
	}
	return nil
}

// keyAt is the key that signs what ends at a sequence.
func keyAt(keys []wire.Signer, seq uint64) ed25519.PublicKey {
	for _, k := range slices.Backward(keys) {
		if k.From <= seq {
			return k.Key
		}
	}
	return nil // verifies nothing
}

func (r *Recall) tell(past wire.Past) {
	if r.Tell != nil {
		r.Tell(Progress{Done: r.at.Seq, Total: max(past.Held.Seq, past.End), Bytes: r.bytes})
	}
}
