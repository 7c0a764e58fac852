package parcel

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"iter"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// What taking an answer at a box reports, besides what reading one does.
var (
	ErrOther = errors.New("the parcel is the answer to another box, or to a ledger that this box no longer has")
	ErrPost  = errors.New("the parcel is not signed by the headquarters that enrolled this box")
)

// Mail is what headquarters has to say to one centre.
type Mail struct {
	Letters iter.Seq2[wire.Letter, error] // behind the newest that had its effect, in order
	Pieces  iter.Seq2[wire.Piece, error]  // of packs that the letters speak of; may be nil
}

// Answer seals what headquarters holds and has to say to the box whose parcel was taken. It reports what mail and w do.
func (h Headquarters) Answer(ctx context.Context, w io.Writer, to Report, mail Mail) error {
	r, err := recipient(to.Head.Reply)
	if err != nil {
		return err
	}
	p, err := newPacker(w, r, Head{
		Direction: Down, Incarnation: to.Head.Incarnation, Made: h.Now(), Key: h.Key.Public().(ed25519.PublicKey),
	})
	if err != nil {
		return err
	}
	if err := p.message(wire.Ack{Held: to.Held}); err != nil {
		return err
	}
	if err := mail.pack(ctx, p); err != nil {
		return err
	}
	return p.close(h.Key)
}

func (m Mail) pack(ctx context.Context, p *packer) error {
	for l, err := range m.Letters {
		if err = errors.Join(err, ctx.Err()); err != nil {
			return fmt.Errorf("pack letters: %w", err)
		}
		if err := p.message(l); err != nil {
			return err
		}
	}
	if m.Pieces == nil {
		return nil
	}
	n := 0
	for piece, err := range m.Pieces {
		if err = errors.Join(err, ctx.Err()); err != nil {
			return fmt.Errorf("pack pieces: %w", err)
		}
		if n++; n > piecesMax {
			return nil
		}
		if err := p.message(piece); err != nil {
			return err
		}
	}
	return nil
}

// Desk is what a box does with what it is told. It is the same for a line and for a stick.
type Desk interface {
	// Confirm says that headquarters holds the chain up to here.
	Confirm(held chain.Position) error
	// Letter gives a letter its effect, once; a letter that had it already is no error.
	Letter(ctx context.Context, l wire.Letter) error
	// Piece keeps a piece of a pack that is wanted; another is no error.
	Piece(ctx context.Context, p wire.Piece) error
}

// Taken is what an answer brought.
type Taken struct {
	Head    Head
	Held    chain.Position // at headquarters when it was written
	Letters int
	Pieces  int
}

// TakeAnswer looks at the whole answer, and then does what it says. Post is the key of the headquarters that enrolled
// this box. It reports what reading does, ErrOther, ErrPost, wire.ErrWord, and what the desk does.
func (b Box) TakeAnswer(ctx context.Context, open Opened, own Identity, post ed25519.PublicKey, d Desk) (Taken, error) {
	in := b.Ledger.Incarnation()
	check := func(h Head) error {
		switch {
		case h.Direction != Down:
			return ErrDirection
		case h.Incarnation != in:
			return fmt.Errorf("%w: it is for %s", ErrOther, h.Incarnation)
		case string(h.Key) != string(post):
			return ErrPost
		}
		return nil
	}
	look := func(m wire.Message) error { return lookAtAnswer(m, in, post) }
	if _, err := pass(open, own, check, look); err != nil {
		return Taken{}, err
	}
	var got Taken
	head, err := pass(open, own, check, func(m wire.Message) error { return got.take(ctx, m, d) })
	got.Head = head
	return got, err
}

func pass(open Opened, own Identity, check func(Head) error, visit func(wire.Message) error) (Head, error) {
	f, err := open()
	if err != nil {
		return Head{}, err
	}
	h, err := each(f, own, check, visit)
	return h, errors.Join(err, f.Close())
}

func lookAtAnswer(m wire.Message, in chain.Incarnation, post ed25519.PublicKey) error {
	switch m := m.(type) {
	case wire.Ack, wire.Piece:
		return nil
	case wire.Letter:
		return m.Verify(post, in.Centre)
	}
	return fmt.Errorf("%w: %T has no place here", ErrMalformed, m)
}

func (t *Taken) take(ctx context.Context, m wire.Message, d Desk) error {
	switch m := m.(type) {
	case wire.Ack:
		t.Held = m.Held
		return d.Confirm(m.Held)
	case wire.Letter:
		t.Letters++
		return d.Letter(ctx, m)
	case wire.Piece:
		t.Pieces++
		return d.Piece(ctx, m)
	}
	return nil
}
