package uplink

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/sync/wire"
)

var errDisk = errors.New("the disk is full")

// hauling is a Haul with a clock, whose acts are looked at one by one.
type hauling struct {
	*Haul
	t   *testing.T
	now time.Time
}

func (h *hauling) step(e HaulEvent) HaulAct {
	h.t.Helper()
	acts := h.Step(h.now, e)
	if len(acts) > 1 {
		h.t.Fatalf("%T gives %d acts", e, len(acts))
	}
	if len(acts) == 0 {
		return nil
	}
	return acts[0]
}

func (h *hauling) fetches(e HaulEvent, offset uint64, length uint32) {
	h.t.Helper()
	f, ok := h.step(e).(Fetch)
	if !ok || f.Fetch.Offset != offset || f.Fetch.Length != length {
		h.t.Fatalf("%T gives %+v, want a fetch of %d at %d", e, f, length, offset)
	}
}

func (h *hauling) nothing(e HaulEvent) {
	h.t.Helper()
	if a := h.step(e); a != nil {
		h.t.Fatalf("%T gives %+v, want nothing", e, a)
	}
}

func piece(offset uint64, n int) Arrived {
	return Arrived{wire.Piece{Digest: [32]byte{1}, Offset: offset, Total: 1 << 20, Bytes: make([]byte, n)}}
}

func want(offset uint64) Want { return Want{Digest: [32]byte{1}, Offset: offset, Total: 1 << 20} }

// One piece at a time, larger while the line is quick, smaller when it is slow, from where the file ends.
func TestHaulFitsTheLine(t *testing.T) {
	h := &hauling{NewHaul(), t, time.Unix(1_800_000_000, 0)}
	h.nothing(Wanted{want(100)})
	h.fetches(HaulUp{}, 100, pieceBytesFirst)
	h.nothing(Wanted{want(100)}) // one at a time
	h.nothing(piece(0, 10))      // not the one that was asked for
	h.now = h.now.Add(pieceQuick / 2)
	if _, ok := h.step(piece(100, pieceBytesFirst)).(Keep); !ok {
		t.Fatal("a piece is not kept")
	}
	h.nothing(piece(100, 10)) // twice
	h.fetches(Kept{Want: want(100 + pieceBytesFirst)}, 100+pieceBytesFirst, 2*pieceBytesFirst)
	h.now = h.now.Add(pieceSlow + time.Second)
	h.step(piece(100+pieceBytesFirst, 2*pieceBytesFirst))
	h.fetches(Kept{Want: want(9)}, 9, pieceBytesFirst)
	h.nothing(HaulDown{})
	h.nothing(piece(9, 10))
	h.fetches(HaulUp{}, 9, pieceBytesFirst/2) // the line fell under it
}

// What headquarters lacks, and what the disk does not take, is tried again later.
func TestHaulWaits(t *testing.T) {
	h := &hauling{NewHaul(), t, time.Unix(1_800_000_000, 0)}
	h.nothing(HaulUp{})
	h.fetches(Wanted{want(0)}, 0, pieceBytesFirst)
	h.nothing(piece(0, 0)) // headquarters does not have it
	h.nothing(Wanted{want(0)})
	h.nothing(HaulTick{})
	h.now = h.now.Add(absentPause)
	h.fetches(HaulTick{}, 0, pieceBytesFirst)
	h.step(piece(0, 10))
	h.nothing(Kept{want(0), errDisk})
	h.now = h.now.Add(keepPause)
	h.fetches(HaulTick{}, 0, 2*pieceBytesFirst)
	h.now = h.now.Add(pieceMax) // no answer at all
	h.fetches(HaulTick{}, 0, pieceBytesFirst)
	h.fetches(Wanted{Want{Digest: [32]byte{2}, Total: 5}}, 0, pieceBytesFirst) // something else is wanted now
	h.nothing(piece(0, 10))
	h.nothing(Wanted{Want{}})
}

// letters is a letterbox in memory whose disk can fail.
type letters struct {
	mu    sync.Mutex
	taken uint64 // guarded by mu
	full  bool   // guarded by mu
}

func (b *letters) Taken(context.Context) (uint64, error) { return b.taken, nil }
func (*letters) Want() Want                              { return Want{} }
func (*letters) Wanted() <-chan struct{}                 { return nil }
func (*letters) Keep(wire.Piece) error                   { return nil }

func (b *letters) Take(_ context.Context, l wire.Letter) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.full {
		return errDisk
	}
	b.taken = max(b.taken, l.Number)
	return nil
}

// said is a link that keeps what is said.
type said struct {
	Link
	out chan wire.Message
}

func (s said) Send(_ context.Context, m wire.Message) error {
	s.out <- m
	return nil
}

// A letter that the full disk does not take is asked for again, and taken when there is room.
func TestPostmanAsksAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &letters{taken: 6, full: true}
		p := newPostman(b, slog.New(slog.NewTextHandler(io.Discard, nil)))
		ctx, stop := context.WithCancel(t.Context())
		var parts sync.WaitGroup
		parts.Go(func() { p.run(ctx) })
		s := said{out: make(chan wire.Message, 8)}
		hears := func(number uint64) {
			t.Helper()
			if m := <-s.out; m != (wire.Received{Number: number}) {
				t.Fatalf("says %+v, want %d", m, number)
			}
		}
		p.tell(ctx, up{s})
		hears(6)
		p.tell(ctx, wire.Letter{Number: 7})
		begin := time.Now()
		hears(6)
		if waited := time.Since(begin); waited < takeAgain {
			t.Errorf("asked again after %v", waited)
		}
		p.tell(ctx, wire.Letter{Number: 7})
		begin = time.Now()
		hears(6)
		if waited := time.Since(begin); waited < 2*takeAgain {
			t.Errorf("asked again after %v, the second time", waited)
		}
		b.mu.Lock()
		b.full = false
		b.mu.Unlock()
		p.tell(ctx, wire.Letter{Number: 7})
		hears(7)
		p.tell(ctx, wire.Letter{Number: 7})
		p.tell(ctx, wire.Letter{Number: 9})
		p.tell(ctx, wire.Letter{Number: 8})
		hears(8)
		p.tell(ctx, up{})
		p.tell(ctx, wire.Letter{Number: 9}) // nobody is there to have sent it
		synctest.Wait()
		if len(s.out) > 0 || b.taken != 8 {
			t.Errorf("says %d more, has taken %d", len(s.out), b.taken)
		}
		stop()
		parts.Wait()
	})
}
