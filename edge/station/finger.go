package station

import (
	"context"

	"markaz.example/edge/book/identity"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
)

// Waiting is the finger that a desk waits for; empty when it waits for none.
func (s *Station) Waiting(d id.Desk) (finger string) {
	b, ok := s.bays[d]
	if !ok {
		return ""
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.now == nil {
		return ""
	}
	return b.now.finger
}

// Take begins to wait for the finger that the desk is offered, and returns. What comes of it is recorded, and shown by the
// desk's check. A desk that waits already goes on waiting.
// Refusals: those of Floor.Identity, CheckSettled, TooManyTries, NoInstrument, BoxStopped.
func (s *Station) Take(ctx context.Context, d id.Desk) error {
	b, ok := s.bays[d]
	if !ok || b.Fingers == nil {
		return desk.Refuse(desk.NoInstrument)
	}
	who, err := s.floor.Identity(ctx, d)
	switch {
	case err != nil:
		return err
	case who.Check.State != identity.StateOpen:
		return desk.Refuse(desk.CheckSettled)
	case who.Finger == "":
		return desk.Refuse(desk.TooManyTries)
	}
	t := taking{visit: who.Visit, finger: who.Finger}
	t.ctx, t.stop = context.WithTimeout(context.WithoutCancel(ctx), fingerWait)
	if !b.begin(&t) {
		t.stop()
		return nil
	}
	select {
	case b.asked <- t:
		return nil
	case <-ctx.Done():
		t.stop()
		b.end()
		return desk.Refuse(desk.BoxStopped)
	}
}

// Stop gives up the finger that a desk waits for. What is being recorded is recorded.
func (s *Station) Stop(d id.Desk) {
	b, ok := s.bays[d]
	if !ok {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.now != nil {
		b.now.stop()
	}
}

// begin reports whether the desk was free.
func (b *bay) begin(t *taking) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.now != nil {
		return false
	}
	b.now = t
	b.tell()
	return true
}

func (b *bay) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = nil
	b.tell()
}

// tell wakes whoever watches the desk. The caller holds mu.
func (b *bay) tell() {
	close(b.changed)
	b.changed = make(chan struct{})
}

// serve takes the fingers of one desk, one after the other.
func (s *Station) serve(ctx context.Context, d id.Desk, b *bay) {
	for {
		select {
		case <-ctx.Done():
			return
		case t := <-b.asked:
			s.take(ctx, d, b, t)
		}
	}
}

// take waits for one finger and records what came of it. A finger that was given up before it came is no try.
func (s *Station) take(ctx context.Context, d id.Desk, b *bay, t taking) {
	defer b.end()
	defer t.stop()
	stop := context.AfterFunc(ctx, t.stop)
	defer stop()
	result, quality := b.Fingers.Take(t.ctx, t.finger)
	givenUp := context.Cause(t.ctx) == context.Canceled
	if givenUp && result != identity.Taken {
		return
	}
	late, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), recordWait) // whoever asked for it is who did it
	defer cancel()
	err := s.floor.Tried(late, d, t.visit, identity.Tried{
		Device: b.Fingers.Name(), Finger: t.finger, Result: result, Quality: uint8(min(max(quality, 0), 100)),
	})
	if err != nil {
		s.log.Warn("a finger was not recorded", "desk", d, "dev", b.Fingers.Name(), "err", err)
	}
}
