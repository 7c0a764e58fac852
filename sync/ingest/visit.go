package ingest

import (
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"sync"
	"time"

	"markaz.example/edge/id"
	"markaz.example/sync/link"
	"markaz.example/sync/wire"
)

// visit is one link while it lasts. Its handler's goroutine owns every field; the others reach it through channels.
type visit struct {
	*Server
	centre  id.Centre
	ctx     context.Context // ends with the visit; its cause says why
	stop    context.CancelCauseFunc
	log     *slog.Logger
	session Session
	round   Round           // of letters
	mail    <-chan struct{} // closed when somebody has post; nil while nothing may be sent anyway

	link    *link.Conn
	frames  chan frame
	batches chan proposal
	commits chan Committed
}

type frame struct {
	message wire.Message
	err     error
}

type proposal struct {
	key   ed25519.PublicKey
	batch wire.Batch
}

// run holds the link to its end and has ended all its goroutines when it returns.
func (v *visit) run(l *link.Conn) {
	v.link, v.session = l, *NewSession(time.Now(), v.centre)
	l.Share(v.shared())
	defer l.Release()
	v.frames, v.batches, v.commits = make(chan frame, inboxFrames), make(chan proposal, window), make(chan Committed, window)
	var parts sync.WaitGroup
	parts.Go(v.listen)
	parts.Go(v.commit)
	parts.Go(func() {
		// The link outlives the visit by the last words and the time it takes to read them.
		err := l.Run(context.WithoutCancel(v.ctx))
		v.log.Info("link ended", "err", err)
	})
	for v.ctx.Err() == nil {
		v.next()
	}
	if errors.Is(context.Cause(v.ctx), errReplaced) {
		v.step(Replaced{})
	}
	l.Close("headquarters ends the link")
	parts.Wait()
}

func (v *visit) next() {
	timer := time.NewTimer(time.Until(v.session.Wake()))
	defer timer.Stop()
	select {
	case <-v.ctx.Done():
	case <-timer.C:
		v.step(Tick{})
	case c := <-v.commits:
		v.step(c)
	case f := <-v.frames:
		v.take(f)
	case <-v.mail:
		v.deliver()
	}
}

func (v *visit) take(f frame) {
	switch {
	case errors.Is(f.err, link.ErrFrame):
		v.step(Garbled{f.err})
	case f.err != nil:
		v.stop(f.err)
	default:
		v.step(Heard{f.message, v.fault(f.message)})
	}
}

// fault verifies a batch: every record of it, before the group hears of it.
func (v *visit) fault(m wire.Message) error {
	b, ok := m.(wire.Batch)
	if !ok {
		return nil
	}
	h, _ := v.session.Hello()
	return b.Verify(h.Key)
}

func (v *visit) step(e Event) {
	for e != nil {
		acts := v.session.Step(time.Now(), e)
		e = nil
		for _, a := range acts {
			if came := v.do(a); came != nil {
				e = came // Find and Look are always the last act
			}
		}
	}
}

func (v *visit) do(a Act) Event {
	switch a := a.(type) {
	case Find:
		v.greet(v, a.Incarnation)
		held, err := v.Group.Held(a.Incarnation)
		return Found{held, err}
	case Look:
		return v.look(a.Seq)
	case Greet:
		a.Wall = v.Now().UnixMilli()
		v.signTime(&a.Welcome)
		v.say(a.Welcome)
	case Say:
		v.say(a.Message)
	case Deliver:
		v.heardDown(a.Message)
	case Submit:
		h, _ := v.session.Hello()
		v.batches <- proposal{h.Key, a.Batch} // has room: Session keeps to the window
	case Refuse:
		v.refuse(a.Refusal)
	case Note:
		h, _ := v.session.Hello()
		v.Watcher.Heard(h.Incarnation, a.Head, a.Held, v.Now())
	case Mark:
		v.Watcher.Refused(v.centre, wire.CodeFork, a.Detail, v.Now())
	}
	return nil
}

func (v *visit) look(seq uint64) Event {
	if v.Landmarks == nil {
		return Looked{Err: ErrNoLandmarks}
	}
	h, _ := v.session.Hello()
	hash, err := v.Landmarks.HashAt(h.Incarnation, seq)
	return Looked{hash, err}
}

// say fails only when the link does, and then the link says so itself.
func (v *visit) say(m wire.Message) {
	if err := v.link.Send(v.ctx, m); err != nil {
		v.log.Debug("send", "err", err)
	}
}

func (v *visit) refuse(r wire.Refusal) {
	v.log.Warn("link refused", "code", r.Code, "detail", r.Detail, "seq", r.Held.Seq)
	v.Watcher.Refused(v.centre, r.Code, r.Detail, v.Now())
	if err := v.link.Send(context.WithoutCancel(v.ctx), r); err != nil {
		v.log.Debug("send", "err", err)
	}
	v.link.Close("refused: " + r.Code)
	v.stop(nil)
}

// listen reads to the end of the link, also when nobody takes what it reads any more: a socket that is closed with
// unread bytes is reset, and the refusal would be lost on its way.
func (v *visit) listen() {
	for {
		m, err := v.link.Receive()
		select {
		case v.frames <- frame{m, err}:
		case <-v.ctx.Done():
		}
		if err != nil && !errors.Is(err, link.ErrFrame) {
			return
		}
	}
}

// commit proposes batches in their order, one at a time: the next is being verified meanwhile.
func (v *visit) commit() {
	for {
		select {
		case <-v.ctx.Done():
			return
		case p := <-v.batches:
			v.commits <- v.submit(p) // has room: Session keeps to the window
		}
	}
}

func (v *visit) submit(p proposal) Committed {
	ctx, cancel := context.WithTimeout(v.ctx, commitMax)
	defer cancel()
	defer v.link.Done(p.batch)
	verdict, held, err := v.Group.Submit(ctx, p.key, p.batch)
	return Committed{verdict, held, err}
}
