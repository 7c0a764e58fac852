package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/disk"
	"markaz.example/edge/ledger"
)

// painted and heard are events of two books besides the notes: one that is large, one that is small and no part of the queue.
type painted struct{ noted }

func (painted) Kind() chain.Kind { return "picture.painted/1" }

func (p painted) project(v ledger.View, h chain.Header) error { return p.noted.project(v, h) }

type heard struct{ noted }

func (heard) Kind() chain.Kind { return "word.heard/1" }

func (p heard) project(v ledger.View, h chain.Header) error { return p.noted.project(v, h) }

// small is a volume of a test: what is on it takes room, and somebody else may fill some.
type small struct {
	bytes  int64
	filled atomic.Int64
}

func (s *small) free(dir string) int64 {
	free := s.bytes - s.filled.Load()
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			free -= info.Size()
		}
	}
	return max(free, 0)
}

func rationed(s *small, ballast int64) ledger.Options {
	o := options()
	o.Books = append(o.Books,
		ledger.Book{Name: "pictures", Version: 1, Kinds: []ledger.Kind{ledger.Define(painted.project)}},
		ledger.Book{Name: "words", Version: 1, Kinds: []ledger.Kind{ledger.Define(heard.project)}})
	o.Room = ledger.Rationing{
		Ballast: ballast, Spare: 24 << 20, Queue: []string{"notes"}, Large: []string{"pictures"}, Free: s.free,
	}
	return o
}

// fill takes decisions of the queue until the disk is full, and gives how many there were.
func fill(t *testing.T, l *ledger.Ledger, text string) (n int) {
	t.Helper()
	for ; n < 4000; n++ {
		if err := l.Update(t.Context(), "test", note(fmt.Sprint("k", n), text)); err != nil {
			if !errors.Is(err, ledger.ErrFull) {
				t.Fatal(err)
			}
			return n
		}
		if n%20 == 0 {
			time.Sleep(2 * time.Second) // in the bubble: somebody looks at the volume meanwhile
		}
	}
	t.Fatal("the volume never filled")
	return n
}

// TestShortRoomIsRationed: what is large is refused first, then everything but the queue, which goes on on the ballast; then
// the store refuses, before the volume would, and reads; and with room again all of it goes on by itself, the ballast too.
func TestShortRoomIsRationed(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ledger.db")
	must(t, ledger.Create(path, testIncarnation()))
	volume := &small{bytes: 112 << 20}
	synctest.Test(t, func(t *testing.T) {
		l, stop := run(t, path, rationed(volume, disk.BallastBytes))
		ask := func() (large, other, queue error) {
			time.Sleep(3 * time.Second)
			picture := func(tx *ledger.Tx) error { return tx.Append("", painted{noted{"p", "x"}}) }
			word := func(tx *ledger.Tx) error { return tx.Append("", heard{noted{"w", "x"}}) }
			ctx := context.Background()
			return l.Update(ctx, "test", picture), l.Update(ctx, "test", word), l.Update(ctx, "test", note("q", "x"))
		}
		refused := func(what string, room disk.Room, large, other bool) {
			t.Helper()
			a, b, c := ask()
			if errors.Is(a, ledger.ErrFull) != large || errors.Is(b, ledger.ErrFull) != other || c != nil || l.Room() != room {
				t.Errorf("%s: %s, large %v, other %v, queue %v", what, l.Room(), a, b, c)
			}
		}
		refused("a wide volume", disk.Ample, false, false)
		volume.filled.Store(volume.free(dir) - 20<<20)
		refused("little is left", disk.Scarce, true, false)
		text := strings.Repeat("x", 30_000)
		n := fill(t, l, text)
		if got := volume.free(dir); got < 0 || l.Room() != disk.Spent || n < 600 { // the ballast alone is some 500
			t.Errorf("after %d decisions of the queue: %s, %d bytes free", n, l.Room(), got)
		}
		if got := get(t, l, "q"); got != "x" {
			t.Errorf("on a full disk reading gives %q", got)
		}
		volume.filled.Store(-256 << 20)
		refused("with room again", disk.Ample, false, false)
		if info, err := os.Stat(path + ".ballast"); err != nil || info.Size() != disk.BallastBytes {
			t.Errorf("the ballast is not back: %v %v", info, err)
		}
		must(t, stop())
	})
}

// TestWithoutBallastTheQueueStops is the control: the same volume, and nothing held back.
func TestWithoutBallastTheQueueStops(t *testing.T) {
	path := create(t)
	synctest.Test(t, func(t *testing.T) {
		l, stop := run(t, path, options())
		talk(t, l, 1)
		back := swap(t, path, "/dev/full", 2)
		err := l.Update(context.Background(), "test", note("q", "x"))
		back()
		if !errors.Is(err, ledger.ErrFull) {
			t.Errorf("control: got %v, want that nothing is left to give up", err)
		}
		must(t, stop())
	})
}
