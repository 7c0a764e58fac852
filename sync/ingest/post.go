package ingest

import (
	"markaz.example/edge/id"
	"markaz.example/sync/wire"
)

// Post gives what headquarters has to say to centres. Any goroutine may call it.
type Post interface {
	// Letters are the letters to a centre after a number, in order, at most limit.
	Letters(centre id.Centre, after uint64, limit int) ([]wire.Letter, error)
	// Posted is closed when somebody has new post.
	Posted() <-chan struct{}
	// Piece answers a box that fetches.
	Piece(f wire.Fetch) (wire.Piece, error)
	// SignTime is headquarters' word for the time, for the greeting with this nonce; nil when it has no key for that.
	SignTime(n wire.Nonce, wall int64) []byte
}

// Round decides which letters go down one link. It is a value without I/O; the box says first how far it has come, so a
// new link, a new node and a box from an old backup all begin at the right one.
type Round struct {
	heard    bool   // the box has said how far it has come
	received uint64 // every letter up to here had its effect at the box
	sent     uint64 // every letter up to here is on its way on this link
}

// Received is the box's word. Told the same once more, what follows is sent again: the box wants it.
func (r *Round) Received(number uint64) {
	if r.heard && number <= r.received {
		r.sent = r.received
		return
	}
	r.heard, r.received, r.sent = true, number, max(r.sent, number)
}

// Wants says which letters may be sent now: those after a number, at most so many.
func (r *Round) Wants() (after uint64, limit int) {
	if !r.heard {
		return 0, 0
	}
	return r.sent, lettersMax - int(r.sent-r.received)
}

// Sent notes a letter that is on its way; false for one that is not the next, which must not be sent.
func (r *Round) Sent(number uint64) bool {
	if number != r.sent+1 {
		return false
	}
	r.sent = number
	return true
}

// deliver sends what may be sent. It is called when there may be something: after a word of the box, and when somebody
// has post.
func (v *visit) deliver() {
	after, limit := v.round.Wants()
	if v.mail = nil; v.Post == nil || limit <= 0 {
		return
	}
	v.mail = v.Post.Posted() // before the letters are read, so that none falls between the two
	letters, err := v.Post.Letters(v.centre, after, limit)
	if err != nil {
		v.log.Error("read letters", "seq", after, "err", err)
		return
	}
	for _, l := range letters {
		if !v.round.Sent(l.Number) {
			v.log.Error("letters are not in order", "seq", l.Number)
			return
		}
		v.say(l)
	}
}

// heardDown takes what a box says about what goes down.
func (v *visit) heardDown(m wire.Message) {
	switch m := m.(type) {
	case wire.Received:
		v.round.Received(m.Number)
		v.deliver()
	case wire.Fetch:
		v.piece(m)
	}
}

// piece answers also when there is nothing: the box asks again later.
func (v *visit) piece(f wire.Fetch) {
	if v.Post == nil {
		return
	}
	p, err := v.Post.Piece(f)
	if err != nil {
		v.log.Error("read a piece of a pack", "err", err)
		return
	}
	v.say(p)
}

// signTime puts headquarters' word under the time, for boxes that can check it.
func (v *visit) signTime(w *wire.Welcome) {
	h, _ := v.session.Hello()
	if v.Post != nil && w.Version >= downVersion && h.Nonce != (wire.Nonce{}) {
		w.TimeSignature = v.Post.SignTime(h.Nonce, w.Wall)
	}
}
