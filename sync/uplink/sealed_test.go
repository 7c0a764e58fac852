package uplink_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/edge/block"
	"markaz.example/edge/chain"
	"markaz.example/sync/uplink"
	"markaz.example/sync/wire"
)

// sealing is a ledger whose records up to a point are in blocks.
type sealing struct {
	*ledger
	every, upTo uint64 // records of a block; sealed up to here
	wrong       bool   // its hashes are not what its rows give
	err         error  // of a block that cannot be read
}

func (l *sealing) Sealed(after uint64) (s block.Sealed, ok bool, err error) {
	if after%l.every > 0 || after+l.every > l.upTo || l.err != nil {
		return s, false, l.err
	}
	s, err = block.Seal(l.At(after), l.Records(after+1, after+l.every))
	return s, err == nil, err
}

func (l *sealing) Read(after uint64, limitBytes int) (out [][]byte, err error) {
	end := l.visible
	if after < l.upTo {
		end = (after/l.every + 1) * l.every
	}
	for _, r := range l.Records(after+1, end) {
		if limitBytes -= len(r); limitBytes < 0 && len(out) > 0 {
			break
		}
		out = append(out, r)
	}
	return out, nil
}

func (l *sealing) HashAt(seq uint64) (chain.Hash, error) {
	h := l.At(seq).Hash
	if l.wrong && seq > 0 {
		h[0] ^= 1
	}
	return h, nil
}

// drain runs an uplink until headquarters, which speaks a version, was sent everything or gave up, and gives the batches.
func drain(t *testing.T, l *sealing, version uint) (sent []wire.Batch, last uplink.State) {
	t.Helper()
	f := newFake()
	u := &uplink.Uplink{
		Ledger: l, Sealed: l.Sealed, Key: l.Key, Software: "test", Wall: time.Now, Random: rand.New(rand.NewPCG(1, 1)),
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Report: func(s uplink.State) { last = s },
		Dial: func(context.Context) (uplink.Link, error) { return f, nil },
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ended := make(chan error)
	go func() { ended <- u.Run(ctx) }()
	f.say <- wire.Welcome{Version: version, Held: l.At(0), Window: 1}
	for at := l.At(0); at.Seq < l.visible; {
		select {
		case m := <-f.sent:
			b, ok := m.(wire.Batch)
			if !ok {
				continue
			}
			if err := b.Verify(l.Public()); err != nil || b.Prev != at {
				t.Errorf("batch after %s: %v, want it after %s", b.Prev, err, at)
			}
			sent, at = append(sent, b), b.Last()
			f.say <- wire.Ack{Held: at}
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
			return sent, last
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	return sent, last
}

// spans is how the batches of a drain went: the records of each, negative for a sealed block.
func spans(sent []wire.Batch) (out []int) {
	for _, b := range sent {
		n := int(b.Count())
		if b.Codec == wire.CodecColumns {
			n = -n
		}
		out = append(out, n)
	}
	return out
}

func TestBlocksGoOutAsTheyAreKept(t *testing.T) {
	for version, want := range map[uint][]int{2: {-30, -30, -30, 15}, 1: {30, 30, 30, 15}} {
		synctest.Test(t, func(t *testing.T) {
			sent, _ := drain(t, &sealing{ledger: box(105), every: 30, upTo: 90}, version)
			if got := spans(sent); !slices.Equal(got, want) {
				t.Errorf("to version %d went %v, want %v", version, got, want)
			}
		})
	}
}

// A block that a slow line could not carry in time is opened; once the line has shown what it can, blocks go whole.
func TestALargeBlockIsOpenedForASlowLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent, _ := drain(t, &sealing{ledger: box(3000), every: 1500, upTo: 3000}, 2)
		if got := spans(sent); got[0] < 0 || got[len(got)-1] != -1500 {
			t.Errorf("went %v, want rows first, and the second block whole", got)
		}
	})
}

// Nothing that was not answered for leaves the box, also when it stands in a block already.
func TestABlockPastTheHeadIsOpened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &sealing{ledger: box(90), every: 30, upTo: 90}
		l.visible = 75
		sent, _ := drain(t, l, 2)
		if got := spans(sent); !slices.Equal(got, []int{-30, -30, 15}) {
			t.Errorf("went %v", got)
		}
	})
}

// What the disk made of the records since they were committed does not leave the box.
func TestRecordsThatChangedOnTheDiskAreNotSent(t *testing.T) {
	for name, l := range map[string]sealing{
		"rows lead to another hash":       {every: 100, wrong: true},
		"a block that is not what it was": {every: 100, upTo: 300, err: errors.New("damaged")},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l.ledger = box(300)
				sent, last := drain(t, &l, 2)
				if len(sent) > 0 || last.Code != uplink.CodeUnreadable {
					t.Errorf("sent %v, state %+v", spans(sent), last)
				}
			})
		})
	}
}
